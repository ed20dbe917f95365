package pdf

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"selfrag/internal/onnx"
)

// shared is the reader of the tests: a start costs 0.1 s with what is in the
// cache, and 4 s without.
var shared = sync.OnceValue(func() *Reader { return New(Config{CacheDir: cacheDir()}) })

func cacheDir() string {
	dir, err := onnx.CacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "pdfium")
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// made is a PDF file that a test makes.
type made struct {
	objects []string // the first three are the catalog, the page tree and the resources
	pages   []string // references
}

const resources = `<< /Font << /F 4 0 R /B 5 0 R /S 6 0 R /K 7 0 R /N 9 0 R >> >>`

func newPDF() *made {
	return &made{objects: []string{
		"", "", resources,
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding << /Type /Encoding /Differences [1 /fi /ffi /fl] >> >>",
		"<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>",
		"<< /Type /Font /Subtype /Type0 /BaseFont /HYSMyeongJo-Medium /Encoding /Identity-H /DescendantFonts [8 0 R] >>",
		"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /HYSMyeongJo-Medium /CIDSystemInfo << /Registry (Adobe) /Ordering (Korea1) /Supplement 1 >> /DW 1000 >>",
		"<< /Type /Font /Subtype /Type0 /BaseFont /Unknown /Encoding /Identity-H /DescendantFonts [10 0 R] >>",
		"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Unknown /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 1000 >>",
	}}
}

func (m *made) add(object string) int {
	m.objects = append(m.objects, object)
	return len(m.objects)
}

// codesAreUnicode lets the codes of the font N be UTF-16.
func (m *made) codesAreUnicode() {
	cmap := m.add(stream("", "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def 1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap end end"))
	m.objects[8] = strings.Replace(m.objects[8], ">>", fmt.Sprintf("/ToUnicode %d 0 R >>", cmap), 1)
}

func stream(dictionary, content string) string {
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dictionary, len(content), content)
}

// page adds a page of A4 that content draws. more goes into its dictionary.
func (m *made) page(content, more string) {
	n := m.add(stream("", content))
	if !strings.Contains(more, "/MediaBox") {
		more += " /MediaBox [0 0 595 842]"
	}
	m.pages = append(m.pages, fmt.Sprintf("%d 0 R", m.add(fmt.Sprintf("<< /Type /Page /Parent 2 0 R /Resources 3 0 R /Contents %d 0 R %s >>", n, more))))
}

// bytes is the file. more goes into its catalog.
func (m *made) bytes(more string) []byte {
	m.objects[0] = "<< /Type /Catalog /Pages 2 0 R " + more + " >>"
	m.objects[1] = fmt.Sprintf("<< /Type /Pages /Count %d /Kids [%s] >>", len(m.pages), strings.Join(m.pages, " "))
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var at []int
	for i, o := range m.objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(m.objects)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(m.objects)+1, xref)
	return b.Bytes()
}

// at draws a text in Helvetica of 10 points.
func at(x, y float64, text string) string {
	return fmt.Sprintf("BT /F 10 Tf 1 0 0 1 %g %g Tm (%s) Tj ET\n", x, y, text)
}

// lines draws lines of text from a place down.
func lines(x, y float64, texts ...string) string {
	var b strings.Builder
	for i, t := range texts {
		b.WriteString(at(x, y-12*float64(i), t))
	}
	return b.String()
}

// one is a file of one page.
func one(content string) []byte {
	m := newPDF()
	m.page(content, "")
	return m.bytes("")
}

func read(tb testing.TB, raw []byte) Document {
	tb.Helper()
	doc, err := shared().Read(context.Background(), raw, 1<<20)
	if err != nil {
		tb.Fatal(err)
	}
	return doc
}

// hiddenIn is what of a text is marked.
func hiddenIn(d Document) string {
	runes := []rune(d.Text)
	var out []string
	for _, h := range d.Hidden {
		out = append(out, string(runes[h.Start:h.End]))
	}
	return strings.Join(out, "\n")
}
