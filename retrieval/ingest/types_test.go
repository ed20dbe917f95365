package ingest

import (
	"archive/zip"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/korean"

	"selfrag/retrieval"
)

// zipped makes an archive of parts, in the order given: name, content, ...
func zipped(tb testing.TB, parts ...string) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		f, err := w.Create(parts[i])
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := f.Write([]byte(parts[i+1])); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

const wordDocument = `<w:document xmlns:w="w"><w:body>
<w:p><w:pPr><w:pStyle w:val="1"/></w:pPr><w:r><w:t>휴가 규정</w:t></w:r></w:p>
<w:p><w:r><w:t xml:space="preserve">연차는 </w:t></w:r><w:r><w:t>5일까지 이월된다.</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>
<w:p><w:pPr><w:pStyle w:val="own"/></w:pPr><w:r><w:t>Parental leave</w:t></w:r></w:p>
<w:p><w:r><w:t>One year.</w:t><w:br/><w:t>Paid.</w:t></w:r></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>City</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Per day</w:t></w:r></w:p></w:tc></w:tr>
<w:tr><w:tc><w:p><w:r><w:t>부산</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>5만원</w:t></w:r></w:p><w:p><w:r><w:t>net</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
<w:p><w:r><w:t>After.</w:t></w:r></w:p></w:body></w:document>`

const wordStyles = `<w:styles xmlns:w="w"><w:style w:styleId="1"><w:name w:val="heading 1"/></w:style>
<w:style w:styleId="2"><w:name w:val="heading 2"/></w:style><w:style w:styleId="own"><w:name w:val="Chapter"/><w:basedOn w:val="2"/></w:style></w:styles>`

func wordFile(tb testing.TB) []byte {
	return zipped(tb, "word/document.xml", wordDocument, "word/styles.xml", wordStyles)
}

func bookFile(tb testing.TB, more ...string) []byte {
	return zipped(tb, append([]string{
		"mimetype", "application/epub+zip",
		"META-INF/container.xml", `<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>`,
		"OEBPS/book.opf", `<package xmlns:dc="dc"><metadata><dc:title>등대지기</dc:title></metadata><manifest>
<item id="b" href="text/two%20b.xhtml" media-type="application/xhtml+xml"/><item id="a" href="one.xhtml" media-type="application/xhtml+xml"/>
<item id="i" href="i.png" media-type="image/png"/></manifest><spine><itemref idref="a"/><itemref idref="i"/><itemref idref="b"/></spine></package>`,
		"OEBPS/one.xhtml", `<html><body><h1>첫째 장</h1><p>문이 열린다.</p></body></html>`,
		"OEBPS/text/two b.xhtml", `<html><body><h1>Second</h1><p>The tide.</p></body></html>`,
	}, more...)...)
}

func testdata(tb testing.TB, elem ...string) []byte {
	tb.Helper()
	raw, err := os.ReadFile(filepath.Join(append([]string{"testdata"}, elem...)...))
	if err != nil {
		tb.Fatal(err)
	}
	return raw
}

// rowsAt are the places of the rows of a table that begin there.
func rowsAt(starts ...int) []place {
	var places []place
	for i, at := range starts {
		places = append(places, place{at, map[string]any{retrieval.Row: float64(i + 1)}})
	}
	return places
}

func TestExtract(t *testing.T) {
	const policy = "휴가 규정\n\n남은 연차는 다음 해로 5일까지 이월됩니다.\nLeave carries over until 31 March.\n\n" +
		"재택근무\n\n재택근무는 주 2일까지 할 수 있습니다.\nTwo days a week may be worked at home."
	cp949 := encoded(t, korean.EUCKR.NewEncoder().String, "도시,일비\n부산,5만원\n")
	tests := []struct {
		name string
		of   extract
		raw  []byte
		want content
	}{
		{"PDF", readPDF, testdata(t, "pdf", "korean.pdf"), content{title: "휴가와 재택근무", text: policy, pages: []page{{0, 1}, {68, 2}}}},
		{"PDF, font not embedded", readPDF, testdata(t, "pdf", "cid-ksc.pdf"), content{title: "휴가와 재택근무", text: policy, pages: []page{{0, 1}, {68, 2}}}},
		{"Word", docx, wordFile(t), content{
			title:    "휴가 규정",
			text:     "휴가 규정\n\n연차는 5일까지 이월된다.\n\nParental leave\n\nOne year.\nPaid.\n\nCity | Per day\n부산 | 5만원 net\n\nAfter.\n\n",
			headings: []heading{{0, 1, "휴가 규정"}, {23, 2, "Parental leave"}}, leads: []lead{{span{56, 83}, "City | Per day"}},
		}},
		{"EPUB", epub, bookFile(t), content{
			title: "등대지기", text: "첫째 장\n\n문이 열린다.\n\nSecond\n\nThe tide.",
			headings: []heading{{0, 1, "첫째 장"}, {15, 1, "Second"}},
		}},
		{"CSV", csvTable, []byte("City,\"Per\nday\",\nBusan,5,x\n\n,,\n\"Seoul, \"\"S\"\"\",,\n"), content{
			text: "City: Busan\nPer day: 5\nx\n\nCity: Seoul, \"S\"", units: []span{{0, 24}, {26, 42}}, places: rowsAt(0, 26), leads: []lead{{span{0, 24}, "City: Busan"}, {span{26, 42}, `City: Seoul, "S"`}},
		}},
		{"CSV with semicolons", csvTable, []byte("a;b;c,d\n1;2\n"), content{text: "a: 1\nb: 2", units: []span{{0, 9}}, places: rowsAt(0), leads: []lead{{span{0, 9}, "a: 1"}}}},
		{"CSV in CP949", csvTable, []byte(cp949), content{text: "도시: 부산\n일비: 5만원", units: []span{{0, 14}}, places: rowsAt(0), leads: []lead{{span{0, 14}, "도시: 부산"}}}},
		{"TSV", tsvTable, []byte("a,x\tb\n1\t2\t3\n"), content{text: "a,x: 1\nb: 2\n3", units: []span{{0, 13}}, places: rowsAt(0), leads: []lead{{span{0, 13}, "a,x: 1"}}}},
		{"Markdown headings", markdown, []byte("# A\n\n```\n# not\n```\n\nB\n---\n"), content{
			title: "A", text: "# A\n\n```\n# not\n```\n\nB\n---\n", headings: []heading{{0, 1, "A"}, {20, 2, "B"}},
		}},
		{"HTML headings", html, []byte("<h1>가 <b>나</b></h1><p>t</p><form><label>Search</label><input></form><h3>B</h3>u"), content{
			title: "가 나", text: "가 나\n\nt\n\nB\n\nu", headings: []heading{{0, 1, "가 나"}, {8, 3, "B"}},
			warnings: []string{"55 % of the page was left out as menus, forms and what is beside its main part"},
		}},
		{"a page in a form", html, []byte("<form><h1>A</h1><p>t</p></form>"), content{title: "A", text: "A\n\nt", headings: []heading{{0, 1, "A"}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := tt.of(t.Context(), tt.raw, 64<<20); err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got  %+v, %v\nwant %+v", got, err, tt.want)
			}
		})
	}
}

func TestExtractRefuses(t *testing.T) {
	drm := bookFile(t, "META-INF/encryption.xml",
		`<encryption><EncryptedData><CipherData><CipherReference URI="OEBPS/one.xhtml"/></CipherData></EncryptedData></encryption>`)
	bomb := zipped(t, "word/document.xml", "<w>"+strings.Repeat(" ", 10<<20)+"</w>")
	tests := []struct {
		name string
		of   extract
		raw  []byte
		want error
		text string
	}{
		{"encrypted PDF", readPDF, testdata(t, "pdf", "encrypted.pdf"), errEncrypted, ""},
		{"scanned PDF", readPDF, testdata(t, "pdf", "scanned.pdf"), errScanned, "OCR"},
		{"no PDF", readPDF, []byte("%PDF-1.7\nnothing"), errDamaged, ""},
		{"empty PDF", readPDF, nil, errDamaged, ""},
		{"half a PDF", readPDF, testdata(t, "pdf", "korean.pdf")[:9000], errDamaged, ""},
		{"encrypted Word", docx, []byte(compoundMagic + utf16Bytes(littleEndian, "EncryptedPackage")), errEncrypted, ""},
		{"old Word", docx, []byte(compoundMagic + "..."), errOldOffice, "save it as"},
		{"no Word", docx, []byte("PK"), errDamaged, ""},
		{"Word without a body", docx, zipped(t, "x", "y"), errDamaged, "word/document.xml"},
		{"a small file that unpacks to a large one", docx, bomb, nil, "larger than 1048576 bytes"},
		{"EPUB under rights management", epub, drm, errEncrypted, ""},
		{"empty CSV", csvTable, nil, errEmpty, ""},
		{"CSV that grows", csvTable, []byte(strings.Repeat("h", 1000) + "\n" + strings.Repeat("x\n", 2000)), nil, "larger than"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.of(t.Context(), tt.raw, 1<<20)
			if err == nil || tt.want != nil && !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("got %q, %v; want %v %q", got.text, err, tt.want, tt.text)
			}
		})
	}
}

// FuzzLoad reads anything as any type: no crash, only valid texts, and each
// passage where it says it is.
func FuzzLoad(f *testing.F) {
	types := fileTypes()
	seeds := map[string][][]byte{
		".pdf":  {testdata(f, "pdf", "korean.pdf"), testdata(f, "pdf", "cid-ksc.pdf"), testdata(f, "pdf", "encrypted.pdf"), testdata(f, "pdf", "scanned.pdf")},
		".docx": {wordFile(f)}, ".epub": {bookFile(f)},
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
				runes := []rune(text)
				for _, p := range passages(l.doc, l.content, cfg) {
					if string(runes[p.Start:p.End]) != p.Text || !utf8.ValidString(p.Text) {
						t.Fatalf("%s, %s: passage %q is not at [%d:%d]", of.extension, way, p.Text, p.Start, p.End)
					}
				}
			}
		}
	})
}
