package ingest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/filetest"
)

func testdata(tb testing.TB, elem ...string) []byte {
	tb.Helper()
	raw, err := os.ReadFile(filepath.Join(append([]string{"testdata"}, elem...)...))
	if err != nil {
		tb.Fatal(err)
	}
	return raw
}

func TestExtract(t *testing.T) {
	const policy = "휴가 규정\n\n남은 연차는 다음 해로 5일까지 이월됩니다.\nLeave carries over until 31 March.\n\n" +
		"재택근무\n\n재택근무는 주 2일까지 할 수 있습니다.\nTwo days a week may be worked at home."
	tests := []struct {
		name string
		of   content.Reader
		raw  []byte
		want content.Content
	}{
		{"PDF", readPDF, testdata(t, "pdf", "korean.pdf"), content.Content{Title: "휴가와 재택근무", Text: policy, Pages: []content.Page{{Start: 0, Number: 1}, {Start: 68, Number: 2}}}},
		{"PDF, font not embedded", readPDF, testdata(t, "pdf", "cid-ksc.pdf"), content.Content{Title: "휴가와 재택근무", Text: policy, Pages: []content.Page{{Start: 0, Number: 1}, {Start: 68, Number: 2}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { filetest.CheckRead(t, tt.of, tt.raw, tt.want) })
	}
}

func TestExtractRefuses(t *testing.T) {
	tests := []struct {
		name string
		of   content.Reader
		raw  []byte
		want error
		text string
	}{
		{"encrypted PDF", readPDF, testdata(t, "pdf", "encrypted.pdf"), content.ErrEncrypted, ""},
		{"scanned PDF", readPDF, testdata(t, "pdf", "scanned.pdf"), errScanned, "OCR"},
		{"no PDF", readPDF, []byte("%PDF-1.7\nnothing"), content.ErrDamaged, ""},
		{"empty PDF", readPDF, nil, content.ErrDamaged, ""},
		{"half a PDF", readPDF, testdata(t, "pdf", "korean.pdf")[:9000], content.ErrDamaged, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { filetest.CheckRefused(t, tt.of, tt.raw, tt.want, tt.text) })
	}
}

// FuzzLoad reads anything as any type: no crash, only valid texts, and each
// passage where it says it is.
func FuzzLoad(f *testing.F) {
	types := fileTypes()
	seeds := map[string][][]byte{
		".pdf":  {testdata(f, "pdf", "korean.pdf"), testdata(f, "pdf", "cid-ksc.pdf"), testdata(f, "pdf", "encrypted.pdf"), testdata(f, "pdf", "scanned.pdf")},
		".docx": {filetest.Zip(f, "word/document.xml", `<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>휴가</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>`)},
		".epub": {filetest.Zip(f, "META-INF/container.xml", `<container><rootfiles><rootfile full-path="b.opf"/></rootfiles></container>`,
			"b.opf", `<package><manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/></spine></package>`, "a.xhtml", `<html><body><h1>장</h1><p>x</p></body></html>`)},
		".eml": {[]byte("Subject: x\nContent-Type: text/html\n\n<table><tr><td>a<td>b</table>")},
		".csv": {[]byte("a,b\n1,\"2\n3\"\n"), []byte("\"")}, ".tsv": {[]byte("a\tb\n1\t2\n")},
		".md":    {[]byte("# A\n\ntext\n\nB\n---\n```\n#"), []byte("---\ntitle: x\n---\n")},
		".html":  {[]byte("<table><tr><td>a<td>b"), []byte("<pre>\n\na\n"), []byte("<main><nav>x"), []byte("<h1><td>a<pre>b\nc</pre>"), []byte(strings.Repeat("<div>", 1000))},
		".txt":   {[]byte("\xff\xfea\x00"), []byte("\xb0\xa1\xb0\xa2")},
		".jsonl": {[]byte(`{"_id":1e999,"text":"x"}`), []byte(`{"text":"a"}`)},
	}
	for i, t := range types {
		for _, raw := range seeds[t.extension] {
			f.Add(uint8(i), raw)
		}
	}
	const most = 1 << 20
	f.Fuzz(func(t *testing.T, kind uint8, raw []byte) {
		of := types[int(kind)%len(types)]
		for _, l := range loadAll(t, "f"+of.extension, string(raw), most) {
			if l.err != nil {
				continue
			}
			text := l.doc.Text
			if !utf8.ValidString(l.doc.Title+text) || strings.ContainsAny(text, "\r") || strings.TrimSpace(text) == "" || len(text) > 4*most {
				t.Fatalf("%s: title %q, text %q", of.extension, l.doc.Title, text)
			}
			for _, way := range Splits() {
				cfg, err := Config{Split: way, ChunkSize: 40}.withDefaults()
				if err != nil {
					t.Fatal(err)
				}
				l := l
				l.layOut(cfg)
				runes := []rune(l.doc.Text)
				for _, p := range passages(l.doc, l.content, cfg) {
					if string(runes[p.Start:p.End]) != p.Text || !utf8.ValidString(p.Text) {
						t.Fatalf("%s, %s: passage %q is not at [%d:%d]", of.extension, way, p.Text, p.Start, p.End)
					}
				}
			}
		}
	})
}
