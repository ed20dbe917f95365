package mail

import (
	"strings"
	"testing"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/filetest"
)

const mailFile = "From: =?euc-kr?B?sei8scij?= <kim@example.org>\r\nTo: all@example.org\r\nDate: Mon, 3 Mar 2025 09:00:00 +0900\r\n" +
	"Subject: =?UTF-8?B?7J287KCVIOuzgOqyvQ==?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=outer\r\n\r\nignored\r\n" +
	"--outer\r\nContent-Type: multipart/alternative; boundary=inner\r\n\r\n" +
	"--inner\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n7ZqM7J2Y64qUIDPsi5zsnbTri6Qu\r\n" +
	"--inner\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>not this</p>\r\n--inner--\r\n" +
	"--outer\r\nContent-Type: application/pdf; name=\"plan.pdf\"\r\nContent-Disposition: attachment; filename*=UTF-8''%EA%B3%84%ED%9A%8D.pdf\r\n\r\n%PDF\r\n" +
	"--outer\r\nContent-Type: message/rfc822\r\n\r\nFrom: a@example.org\r\nSubject: Inner\r\nContent-Type: text/html\r\n\r\n<table><tr><th>City<th>Fee<tr><td>Jeju<td>5</table>\r\n" +
	"--outer--\r\n"

func TestMails(t *testing.T) {
	c, err := EML(t.Context(), []byte(mailFile), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	const want = "From: 김선호 <kim@example.org>\nTo: all@example.org\nDate: Mon, 3 Mar 2025 09:00:00 +0900\nSubject: 일정 변경\n\n회의는 3시이다.\n\n" +
		"From: a@example.org\nSubject: Inner\n\nCity | Fee\nJeju | 5\n\nAttachments: 계획.pdf"
	if c.Text != want || c.Title != "일정 변경" {
		t.Errorf("got %q, %q", c.Title, c.Text)
	}
	if m := c.Metadata; m[retrieval.Modified] != "2025-03-03T00:00:00Z" || m["attachments"] != "계획.pdf" {
		t.Errorf("got %v", m)
	}
	if len(c.Warnings) > 0 {
		t.Errorf("it is told that %q", c.Warnings)
	}
	nested := "Subject: x\r\n"
	for range 30 {
		nested += "Content-Type: message/rfc822\r\n\r\nSubject: x\r\n"
	}
	for name, tc := range map[string]struct{ raw, want string }{
		"encrypted by PGP":    {"Subject: x\r\nContent-Type: multipart/encrypted; boundary=b\r\n\r\n--b--\r\n", "encrypted"},
		"encrypted by S/MIME": {"Subject: x\r\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n\r\nx", "encrypted"},
		"no mail":             {"just a text\n", "damaged"},
		"mails without end":   {nested + "\r\ntext", "deeper"},
	} {
		t.Run(name, func(t *testing.T) { filetest.CheckRefused(t, EML, []byte(tc.raw), nil, tc.want) })
	}
	// A mail that breaks off goes in as far as it goes.
	c, err = EML(t.Context(), []byte(mailFile[:strings.Index(mailFile, "<p>not this")]), 1<<20)
	if err != nil || !strings.Contains(c.Text, "회의는 3시이다.") || len(c.Warnings) == 0 {
		t.Errorf("got %q, %v, %q", c.Text, err, c.Warnings)
	}
	c, err = EML(t.Context(), []byte(filetest.CP949(t, "Subject: 점심 안내\nContent-Type: text/plain; charset=ks_c_5601-1987\n\n식대는 9,000원이다.\n")), 1<<20)
	if err != nil || c.Title != "점심 안내" || !strings.Contains(c.Text, "식대는 9,000원이다.") {
		t.Errorf("got %q, %q, %v", c.Title, c.Text, err)
	}
}

// Who stops a run waits for no file.
func TestReadingStopsWithTheContext(t *testing.T) { filetest.CheckStops(t, EML, []byte(mailFile)) }

func FuzzLoadMail(f *testing.F) {
	f.Add(mailFile)
	f.Add("Subject: =?iso-2022-kr?B?GyQpQw4=?=\nContent-Type: text/html; charset=x\nContent-Transfer-Encoding: quoted-printable\n\n<p>=ED=95\n")
	f.Fuzz(func(t *testing.T, mail string) { filetest.CheckContent(t, EML, []byte(mail)) })
}
