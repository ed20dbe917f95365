package web

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/korean"

	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/filetest"
)

func BookFile(tb testing.TB, more ...string) []byte {
	return filetest.Zip(tb, append([]string{
		"mimetype", "application/epub+zip",
		"META-INF/container.xml", `<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>`,
		"OEBPS/book.opf", `<package xmlns:dc="dc"><metadata><dc:title>등대지기</dc:title></metadata><manifest>
<item id="b" href="text/two%20b.xhtml" media-type="application/xhtml+xml"/><item id="a" href="one.xhtml" media-type="application/xhtml+xml"/>
<item id="i" href="i.png" media-type="image/png"/></manifest><spine><itemref idref="a"/><itemref idref="i"/><itemref idref="b"/></spine></package>`,
		"OEBPS/one.xhtml", `<html><body><h1>첫째 장</h1><p>문이 열린다.</p></body></html>`,
		"OEBPS/text/two b.xhtml", `<html><body><h1>Second</h1><p>The tide.</p></body></html>`,
	}, more...)...)
}

// bookOfPages is an EPUB of pages whose package file names one more.
func bookOfPages(tb testing.TB, missing string, pages ...string) string {
	tb.Helper()
	items, spine, parts := "", "", []string{}
	add := func(name string) {
		items += `<item id="` + name + `" href="` + name + `" media-type="application/xhtml+xml"/>`
		spine += `<itemref idref="` + name + `"/>`
	}
	for i, p := range pages {
		name := string(rune('a'+i)) + ".xhtml"
		add(name)
		parts = append(parts, "OPS/"+name, p)
	}
	if missing != "" {
		add(missing)
	}
	return string(filetest.Zip(tb, append(parts,
		"META-INF/container.xml", `<container><rootfiles><rootfile full-path="OPS/p.opf"/></rootfiles></container>`,
		"OPS/p.opf", filetest.CP949(tb, `<?xml version="1.0" encoding="euc-kr"?><package><metadata><title>등대지기</title></metadata><manifest>`+items+`</manifest><spine>`+spine+`</spine></package>`))...))
}

func TestExtractEPUB(t *testing.T) {
	tests := []struct {
		name string
		of   content.Reader
		raw  []byte
		want content.Content
	}{
		{"EPUB", EPUB, BookFile(t), content.Content{
			Title: "등대지기", Text: "첫째 장\n\n문이 열린다.\n\nSecond\n\nThe tide.",
			Headings: []content.Heading{{Start: 0, Level: 1, Text: "첫째 장"}, {Start: 15, Level: 1, Text: "Second"}},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { filetest.CheckRead(t, tt.of, tt.raw, tt.want) })
	}
}

func TestExtractRefusesEPUB(t *testing.T) {
	drm := BookFile(t, "META-INF/encryption.xml",
		`<encryption><EncryptedData><CipherData><CipherReference URI="OEBPS/one.xhtml"/></CipherData></EncryptedData></encryption>`)
	tests := []struct {
		name string
		of   content.Reader
		raw  []byte
		want error
		text string
	}{
		{"EPUB under rights management", EPUB, drm, content.ErrEncrypted, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { filetest.CheckRefused(t, tt.of, tt.raw, tt.want, tt.text) })
	}
}

// Archives of old Windows programs name their parts in CP949.
func TestPartsAreNamedInCP949(t *testing.T) {
	page := "<html><body><p>등대는 해 질 녘에 켜진다.</p></body></html>"
	raw := string(filetest.Zip(t, "META-INF/container.xml", `<container><rootfiles><rootfile full-path="책자.opf"/></rootfiles></container>`,
		filetest.CP949(t, "책자.opf"), `<package><metadata><title>등대</title></metadata><manifest><item id="a" href="%EC%9E%A5.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/></spine></package>`,
		filetest.CP949(t, "장.xhtml"), page))
	c, err := EPUB(t.Context(), []byte(raw), 1<<20)
	if err != nil || !strings.Contains(c.Text, "등대는 해") {
		t.Errorf("got %q, %v, %q", c.Text, err, c.Warnings)
	}
}

func TestHiddenTextInBooksIsTold(t *testing.T) {
	raw := filetest.Zip(t,
		"META-INF/container.xml", `<container><rootfiles><rootfile full-path="book.opf"/></rootfiles></container>`,
		"book.opf", `<package><manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/><item id="b" href="b.xhtml" media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="a"/><itemref idref="b"/><itemref idref="a"/></spine></package>`,
		"a.xhtml", `<html><body><p>문이 열린다. <font color="white">first</font> seen</p></body></html>`,
		"b.xhtml", `<html><body><p>seen <span style="display:none">둘째</span></p></body></html>`)
	c, err := EPUB(t.Context(), raw, 1<<20)
	filetest.CheckHidden(t, c, err, " first", " 둘째", " first")
}

func FuzzLoadEPUB(f *testing.F) {
	f.Add(`<html><head><title/></head><body><p>x</p></body></html>`, "gone.xhtml")
	f.Add("\xff\xfe<\x00p\x00>\x00", "")
	f.Fuzz(func(t *testing.T, page, missing string) {
		if _, err := korean.EUCKR.NewEncoder().String(missing); err != nil {
			t.Skip("the book's package file is in EUC-KR, which cannot write the name")
		}
		filetest.CheckContent(t, EPUB, []byte(bookOfPages(t, missing, page)))
	})
}
