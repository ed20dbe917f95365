package ingest

import (
	"strings"
	"testing"

	"selfrag/retrieval"
)

func slideShape(kind string, paragraphs ...string) string {
	out := `<p:sp><p:nvSpPr><p:nvPr><p:ph type="` + kind + `"/></p:nvPr></p:nvSpPr><p:txBody>`
	for _, p := range paragraphs {
		out += `<a:p><a:r><a:t>` + p + `</a:t></a:r></a:p>`
	}
	return out + `</p:txBody></p:sp>`
}

// slidesFile is a presentation of slides, shown in the order last to first.
func slidesFile(tb testing.TB, slides ...string) []byte {
	tb.Helper()
	const kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	parts := []string{"_rels/.rels", `<Relationships><Relationship Id="r" Type="` + kinds + `officeDocument" Target="ppt/presentation.xml"/></Relationships>`}
	order, rels := "", ""
	for i, s := range slides {
		name := string(rune('a' + i))
		order = `<p:sldId id="25` + name + `" r:id="` + name + `"/>` + order
		rels += `<Relationship Id="` + name + `" Type="` + kinds + `slide" Target="slides/` + name + `.xml"/>`
		parts = append(parts, "ppt/slides/"+name+".xml", s)
	}
	return zipped(tb, append(parts,
		"ppt/presentation.xml", `<p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst>`+order+`</p:sldIdLst></p:presentation>`,
		"ppt/_rels/presentation.xml.rels", `<Relationships>`+rels+`</Relationships>`,
		"ppt/slides/_rels/b.xml.rels", `<Relationships><Relationship Id="n" Type="`+kinds+`notesSlide" Target="../notesSlides/n.xml"/></Relationships>`,
		"ppt/notesSlides/n.xml", `<p:notes xmlns:p="p" xmlns:a="a">`+slideShape("sldNum", "2")+slideShape("body", "말로 덧붙인다.")+`</p:notes>`)...)
}

func TestSlides(t *testing.T) {
	cell := func(attributes, text string) string {
		return `<a:tc ` + attributes + `><a:txBody><a:p><a:r><a:t>` + text + `</a:t></a:r></a:p></a:txBody></a:tc>`
	}
	slide := func(attributes, inner string) string {
		return `<p:sld xmlns:p="p" xmlns:a="a" ` + attributes + `>` + inner + `</p:sld>`
	}
	raw := string(slidesFile(t,
		slide(`show="0"`, slideShape("title", "숨은 쪽")+slideShape("body", "not shown")),
		slide("", slideShape("body", "Extension 6150", "내선 6150")+slideShape("title", "연락처")+slideShape("ftr", "Company")+`<p:graphicFrame><c:chart xmlns:c="c"/></p:graphicFrame>`),
		slide("", slideShape("ctrTitle", "2025 계획")+`<p:graphicFrame><a:tbl><a:tblPr firstRow="1"/><a:tr>`+cell("", "Grade")+cell("", "Item")+`</a:tr><a:tr>`+
			cell(`rowSpan="2"`, "Manager")+cell("", "Hotel")+`</a:tr><a:tr>`+cell(`vMerge="1"`, "")+cell("", "Meal")+`</a:tr></a:tbl></p:graphicFrame>`),
	))
	l := loadAll(t, "a.pptx", raw, 1<<20)[0]
	if l.err != nil {
		t.Fatal(l.err)
	}
	const want = "2025 계획\n\nGrade | Item\nManager | Hotel\nManager | Meal\n\n연락처\n\nExtension 6150\n내선 6150\n\n말로 덧붙인다.\n\n숨은 쪽\n\nnot shown"
	if l.doc.Text != want || l.doc.Title != "2025 계획" {
		t.Errorf("got %q, %q", l.doc.Title, l.doc.Text)
	}
	if got := shownHidden(l.content); strings.Join(got, "|") != "숨은 쪽\n\nnot shown" {
		t.Errorf("hidden is %q", got)
	}
	if got := strings.Join(l.content.warnings, "|"); got != "left out: 1 chart" {
		t.Errorf("it is told that %q", got)
	}
	found := false
	for _, p := range passagesOf(t, "a.pptx", raw, Config{ChunkSize: 40, Overlap: NoOverlap}) {
		if strings.Contains(p.Text, "6150") {
			found = true
			if p.Metadata[retrieval.Slide] != 2.0 || p.Metadata[retrieval.Heading] != "연락처" {
				t.Errorf("got %v of %q", p.Metadata, p.Text)
			}
		}
	}
	if !found {
		t.Error("the passage is not there")
	}
	for name, tc := range map[string]struct{ raw, want string }{
		"unpacks to much": {string(slidesFile(t, "<sld>"+strings.Repeat(" ", 2<<20)+"</sld>")), "larger than"},
		"broken":          {string(slidesFile(t, "<sld>")), "damaged"},
		"no slides":       {string(zipped(t, "ppt/presentation.xml", "<presentation/>")), "empty"},
	} {
		if l := loadAll(t, "a.pptx", tc.raw, 1<<20)[0]; l.err == nil || !strings.Contains(l.err.Error(), tc.want) {
			t.Errorf("%s: got %q, %v", name, l.doc.Text, l.err)
		}
	}
	// One slide that is broken is told.
	l = loadAll(t, "a.pptx", string(slidesFile(t, "<sld>", slide("", slideShape("title", "연락처")))), 1<<20)[0]
	if l.err != nil || !strings.Contains(l.doc.Text, "연락처") || len(l.content.warnings) != 1 || !strings.Contains(l.content.warnings[0], "slide 2") {
		t.Errorf("got %q, %v, %q", l.doc.Text, l.err, l.content.warnings)
	}
}

const mailFile = "From: =?euc-kr?B?sei8scij?= <kim@example.org>\r\nTo: all@example.org\r\nDate: Mon, 3 Mar 2025 09:00:00 +0900\r\n" +
	"Subject: =?UTF-8?B?7J287KCVIOuzgOqyvQ==?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=outer\r\n\r\nignored\r\n" +
	"--outer\r\nContent-Type: multipart/alternative; boundary=inner\r\n\r\n" +
	"--inner\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n7ZqM7J2Y64qUIDPsi5zsnbTri6Qu\r\n" +
	"--inner\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>not this</p>\r\n--inner--\r\n" +
	"--outer\r\nContent-Type: application/pdf; name=\"plan.pdf\"\r\nContent-Disposition: attachment; filename*=UTF-8''%EA%B3%84%ED%9A%8D.pdf\r\n\r\n%PDF\r\n" +
	"--outer\r\nContent-Type: message/rfc822\r\n\r\nFrom: a@example.org\r\nSubject: Inner\r\nContent-Type: text/html\r\n\r\n<table><tr><th>City<th>Fee<tr><td>Jeju<td>5</table>\r\n" +
	"--outer--\r\n"

func TestMails(t *testing.T) {
	l := loadAll(t, "a.eml", mailFile, 1<<20)[0]
	if l.err != nil {
		t.Fatal(l.err)
	}
	const want = "From: 김선호 <kim@example.org>\nTo: all@example.org\nDate: Mon, 3 Mar 2025 09:00:00 +0900\nSubject: 일정 변경\n\n회의는 3시이다.\n\n" +
		"From: a@example.org\nSubject: Inner\n\nCity | Fee\nJeju | 5\n\nAttachments: 계획.pdf"
	if l.doc.Text != want || l.doc.Title != "일정 변경" {
		t.Errorf("got %q, %q", l.doc.Title, l.doc.Text)
	}
	if m := l.doc.Metadata; m[retrieval.Modified] != "2025-03-03T00:00:00Z" || m["attachments"] != "계획.pdf" {
		t.Errorf("got %v", m)
	}
	if len(l.content.warnings) > 0 {
		t.Errorf("it is told that %q", l.content.warnings)
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
		if l := loadAll(t, "a.eml", tc.raw, 1<<20)[0]; l.err == nil || !strings.Contains(l.err.Error(), tc.want) {
			t.Errorf("%s: got %q, %v", name, l.doc.Text, l.err)
		}
	}
	// A mail that breaks off goes in as far as it goes.
	l = loadAll(t, "a.eml", mailFile[:strings.Index(mailFile, "<p>not this")], 1<<20)[0]
	if l.err != nil || !strings.Contains(l.doc.Text, "회의는 3시이다.") || len(l.content.warnings) == 0 {
		t.Errorf("got %q, %v, %q", l.doc.Text, l.err, l.content.warnings)
	}
	l = loadAll(t, "b.eml", encoded(t, koreanOf, "Subject: 점심 안내\nContent-Type: text/plain; charset=ks_c_5601-1987\n\n식대는 9,000원이다.\n"), 1<<20)[0]
	if l.err != nil || l.doc.Title != "점심 안내" || !strings.Contains(l.doc.Text, "식대는 9,000원이다.") {
		t.Errorf("got %q, %q, %v", l.doc.Title, l.doc.Text, l.err)
	}
}
