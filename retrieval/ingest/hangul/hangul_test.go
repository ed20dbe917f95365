package hangul

import (
	"slices"
	"strings"
	"testing"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/filetest"
)

// What both formats of the document of the tests say.
const hangulWant = `출장 규정

제1조 (목적) 이 규정은

제2조 (일비) 다음과 같다.

1) 계약직은 3일만 준다.

가. 국내

나. 국외

• 알림

표는 다음과 같다. 끝

직급 | 항목 | 한도
부장 | 숙박 | 20만 원
부장 | 식비 | 4만 원

보이는 숨은 글

글상자

끝.`

func TestHangulDocuments(t *testing.T) {
	open := string(openHangul(t, openHeader, openSection))
	for name, tc := range map[string]struct {
		of    content.Reader
		raw   string
		title string
	}{
		"HWP, packed":                {HWP, string(hangulFile(t, 1, hangulBody())), "여비 규정"},
		"HWP":                        {HWP, string(hangulFile(t, 0, hangulBody())), "출장 규정"},
		"HWPX":                       {HWPX, open, "출장 규정"},
		"HWPX under the name of HWP": {HWP, open, "출장 규정"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := tc.of(t.Context(), []byte(tc.raw), 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			if c.Text != hangulWant {
				t.Errorf("got %s", c.Text)
			}
			if got := filetest.Hidden(c); !slices.Equal(got, []string{"숨은 글"}) {
				t.Errorf("hidden is %q", got)
			}
			if got := strings.Join(c.Warnings, "|"); got != "left out: 1 comment" {
				t.Errorf("it is told that %q", got)
			}
			if c.Title != tc.title || len(c.Headings) != 1 || len(c.Leads) != 1 || c.Leads[0].Text != "직급 | 항목 | 한도" {
				t.Errorf("got %q, %v, %v", c.Title, c.Headings, c.Leads)
			}
			at := c.Leads[0].Start
			if where, path := c.PlaceAt(at), c.Outline().Path(at); where[retrieval.Paragraph] != 7.0 || path != "출장 규정" {
				t.Errorf("the table is at %v, below %q", where, path)
			}
		})
	}
}

func TestHangulDocumentsThatAreRefused(t *testing.T) {
	long := strings.Repeat(hangulPara(0, 0, strings.Repeat("가", 1000)), 600)
	for name, tc := range map[string]struct {
		of        content.Reader
		raw, want string
		is        error
	}{
		"with a password":         {HWP, string(hangulFile(t, 1|1<<1, hangulBody())), "encrypted", content.ErrEncrypted},
		"for distribution":        {HWP, string(hangulFile(t, 1|1<<2, hangulBody())), "for distribution", errDistribution},
		"under rights management": {HWP, string(hangulFile(t, 1|1<<4, hangulBody())), "encrypted", content.ErrEncrypted},
		"of Hangul 97":            {HWP, "HWP Document File V3.00 \x1a\x01\x02\x03\x04\x05", "Hangul 97", nil},
		"no compound file":        {HWP, "something", "damaged", nil},
		"a directory without end": {HWP, endlessDirectory(), "directory", nil},
		"of another program":      {HWP, string(compoundFile("WordDocument", "x")), "another program", nil},
		"cut":                     {HWP, string(hangulFile(t, 1, hangulBody())[:1600]), "damaged", nil},
		"unpacks to much":         {HWP, string(hangulFile(t, 1, long)), "larger than 1048576 bytes", nil},
		"records without end":     {HWP, string(hangulFile(t, 1, strings.Repeat("\x00\x00\x00\x00", 200_000)+long)), "larger than", nil},
		"HWPX, encrypted": {HWPX, string(filetest.Zip(t, "Contents/content.hpf", "<x/>",
			"META-INF/manifest.xml", `<m><file-entry full-path="x"><encryption-data/></file-entry></m>`)), "encrypted", content.ErrEncrypted},
		"HWPX without a section":    {HWPX, string(filetest.Zip(t, "Contents/content.hpf", "<package/>")), "no section", nil},
		"HWPX that unpacks to much": {HWPX, string(openHangul(t, openHeader, "<sec>"+strings.Repeat(" ", 3<<20)+"</sec>")), "larger than", nil},
	} {
		t.Run(name, func(t *testing.T) {
			filetest.CheckRefused(t, tc.of, []byte(tc.raw), tc.is, tc.want)
		})
	}
	// What comes before the damage goes in.
	c, err := HWP(t.Context(), hangulFile(t, 0, hangulPara(0, 0, "앞부분")+"\x42\x00\xf0\xff\xff\xff\xff\x7f"), 1<<20)
	if err != nil || c.Text != "앞부분" || len(c.Warnings) != 1 {
		t.Errorf("got %q, %v, %q", c.Text, err, c.Warnings)
	}
}

// Who stops a run waits for no file.
func TestReadingStopsWithTheContext(t *testing.T) {
	for name, tc := range map[string]struct {
		of  content.Reader
		raw []byte
	}{
		"HWPX": {HWPX, openHangul(t, openHeader, strings.Repeat("<t/>", 5000))},
		"HWP":  {HWP, hangulFile(t, 1, hangulBody())},
	} {
		t.Run(name, func(t *testing.T) { filetest.CheckStops(t, tc.of, tc.raw) })
	}
}

// A small file that unpacks to much, or names much, is refused.
func TestBombsAreRefused(t *testing.T) {
	hangul := openHangul(t, openHeader, strings.Replace(openSection, "</hp:t>", "MARK</hp:t>", 1))
	for name, tc := range map[string]struct {
		of  content.Reader
		raw []byte
	}{
		"HWPX": {HWPX, filetest.BombIn(t, hangul, "Contents/section0.xml", "MARK", "글 ", filetest.BombUnpacked)},
	} {
		t.Run(name, func(t *testing.T) { filetest.CheckBomb(t, tc.of, tc.raw) })
	}
}

func FuzzLoadHWPX(f *testing.F) {
	f.Add(openHeader, openSection)
	f.Fuzz(func(t *testing.T, header, section string) {
		filetest.CheckContent(t, HWPX, openHangul(t, header, section))
	})
}

func FuzzLoadHWP(f *testing.F) {
	f.Add([]byte(hangulInfo()), []byte(hangulBody()), false)
	f.Add([]byte{}, hangulFile(f, 1, hangulBody()), true)
	f.Fuzz(func(t *testing.T, info, body []byte, isFile bool) {
		raw := body
		if !isFile && len(info)+len(body) < 40_000 { // what one sector of the table holds
			header := "HWP Document File" + strings.Repeat("\x00", 23)
			raw = compoundFile("FileHeader", header, "DocInfo", string(info), "BodyText/Section0", string(body))
		}
		filetest.CheckContent(t, HWP, raw)
	})
}
