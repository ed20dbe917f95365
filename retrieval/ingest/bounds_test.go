package ingest

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"selfrag/internal/onnx"
	"selfrag/retrieval/ingest/pdf"
)

// pdfOf makes a PDF file of objects, the first of which is the catalog.
func pdfOf(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, xref)
	return b.Bytes()
}

func pdfStream(content string) string {
	return fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content)
}

func packedStream(tb testing.TB, content string) string {
	tb.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write([]byte(content)); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return fmt.Sprintf("<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream", b.Len(), b.String())
}

const (
	pdfCatalog = "<< /Type /Catalog /Pages 2 0 R >>"
	pdfPages   = "<< /Type /Pages /Count 1 /Kids [3 0 R] >>"
	pdfLeaf    = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> /XObject << /X 7 0 R >> >> >>"
	pdfPlain   = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
)

// onePage is a file with one page: what draws it, its font F, and more
// objects, the first of which is number 6.
func onePage(content, font string, more ...string) []byte {
	return pdfOf(append([]string{pdfCatalog, pdfPages, pdfLeaf, pdfStream(content), font}, more...)...)
}

func mappedFont(tb testing.TB, ranges string) []byte {
	return onePage("BT /F 12 Tf 10 100 Td (!\"#) Tj ET",
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>", packedStream(tb, ranges))
}

func wideFont(tb testing.TB, widths string, more ...string) []byte {
	return onePage("BT /F 12 Tf 10 100 Td <0041> Tj ET",
		"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /ToUnicode 6 0 R /DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /W ["+widths+"] >>] >>",
		append([]string{packedStream(tb, "1 beginbfchar <0041> <0041> endbfchar")}, more...)...)
}

// endlessPDFs are small files that name much: they must be read, or refused,
// by what they hold.
func endlessPDFs(tb testing.TB) map[string][]byte {
	tb.Helper()
	ranges := func(r string, n int) string {
		return fmt.Sprintf("%d beginbfrange\n", n) + strings.Repeat(r+"\n", n) + " endbfrange"
	}
	tree := []string{pdfCatalog}
	for n := 3; n < 60; n++ { // each node is named twice by the one above it
		tree = append(tree, fmt.Sprintf("<< /Type /Pages /Count 1 /Kids [%d 0 R %d 0 R] >>", n, n))
	}
	tree = append(tree, "<< /Type /Pages /Count 1 /Kids [] >>")
	return map[string][]byte{
		"ranges of codes that there are not": mappedFont(tb, ranges("<00> <FFFFFFFF> <0041>", 8000)),
		"ranges of long codes":               mappedFont(tb, ranges("<00000000> <FFFFFFFF> <0041>", 8000)),
		"long texts of codes":                mappedFont(tb, ranges("<00> <FF> <"+strings.Repeat("0041", 10000)+">", 20)),
		"widths, again and again":            wideFont(tb, strings.Repeat("0 65535 500 ", 15000)),
		"one list of widths, again and again": wideFont(tb, strings.Repeat("0 7 0 R ", 10000),
			"["+strings.Repeat("500 ", 30000)+"]"),
		"pages that name each other twice": pdfOf(tree...),
		"more pages than there are":        pdfOf(pdfCatalog, "<< /Type /Pages /Count 2147483647 /Kids [3 0 R] >>", pdfLeaf, pdfStream("BT /F 12 Tf (ABC) Tj ET"), pdfPlain),
		"a page drawn by one stream, again and again": pdfOf(pdfCatalog, pdfPages,
			strings.Replace(pdfLeaf, "4 0 R", "["+strings.Repeat("4 0 R ", 30000)+"]", 1), packedStream(tb, strings.Repeat(" ", 1<<19)), pdfPlain),
		"a form that shows itself": onePage("/X Do BT /F 12 Tf (ABC) Tj ET", pdfPlain, "null",
			"<< /Type /XObject /Subtype /Form /Length 12 /Resources << /XObject << /X 7 0 R >> >> >>\nstream\n/X Do /X Do \nendstream"),
	}
}

// Small files that name much cost no more than a file may.
func TestSmallPDFsThatNameMuchAreBounded(t *testing.T) {
	dir, _ := onnx.CacheDir()
	reader := pdf.New(pdf.Config{CacheDir: filepath.Join(dir, "pdfium"), Memory: 256 << 20, PageTime: time.Second, FileTime: 2 * time.Second})
	defer func() {
		if err := reader.Close(); err != nil {
			t.Error(err)
		}
	}()
	for name, raw := range endlessPDFs(t) {
		t.Run(name, func(t *testing.T) {
			begin := time.Now()
			c, err := pdfBy(reader)(t.Context(), raw, 1<<20)
			if took := time.Since(begin); took > 20*time.Second {
				t.Errorf("it took %v", took)
			}
			if err == nil && len(c.text) > 1<<20 {
				t.Errorf("a text of %d bytes", len(c.text))
			}
			t.Logf("%.60q, %v", c.text, err)
		})
	}
	// The reader still works.
	if c, err := pdfBy(reader)(t.Context(), testdata(t, "pdf", "korean.pdf"), 1<<20); err != nil || !strings.Contains(c.text, "재택근무") {
		t.Errorf("got %q, %v", c.text, err)
	}
}

// Who stops a run waits for no file.
func TestReadingStopsWithTheContext(t *testing.T) {
	reason := errors.New("stopped by the test")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(reason)
	for name, tc := range map[string]struct {
		of  extract
		raw []byte
	}{
		"PDF":        {readPDF, mappedFont(t, "<00> <FF> <0041> endbfrange")},
		"Word":       {docx, wordFile(t)},
		"EPUB":       {epub, bookFile(t)},
		"HTML":       {html, []byte("<p>text")},
		"Excel":      {xlsx, []byte(workbookOf(t, [][]any{{"a", "b"}, {1, 2}}))},
		"PowerPoint": {pptx, slidesFile(t, "<sld/>")},
		"HWPX":       {hwpx, openHangul(t, openHeader, strings.Repeat("<t/>", 5000))},
		"HWP":        {hwp, hangulFile(t, 1, hangulBody())},
		"mail":       {eml, []byte(mailFile)},
		"CSV":        {csvTable, []byte("a,b\n1,2\n")},
	} {
		if c, err := tc.of(ctx, tc.raw, 1<<20); !errors.Is(err, reason) {
			t.Errorf("%s: got %q, %v", name, c.text, err)
		}
	}
	r := reader{cfg: Config{}, out: nil}
	if err := r.take(ctx, loaded{err: reason}); !errors.Is(err, reason) {
		t.Errorf("a file that was being read counts as failed: %v", err)
	}
}

// A document's names go with each of its passages, so they must be names.
func TestWhatPassagesCarryIsBounded(t *testing.T) {
	long := strings.Repeat("가나 ", 1000)
	for name, tc := range map[string]struct {
		of  extract
		raw []byte
	}{
		"HTML":         {html, []byte("<title>" + long + "</title><h1>" + long + "</h1><p>text")},
		"Markdown":     {markdown, []byte("# " + long + "\n\ntext")},
		"front matter": {markdown, []byte("---\ntitle: " + long + "\n---\ntext")},
		"Word": {docx, zipped(t, "word/styles.xml", wordStyles, "word/document.xml",
			`<w:document xmlns:w="w"><w:body><w:p><w:pPr><w:pStyle w:val="1"/></w:pPr><w:r><w:t>`+long+`</w:t></w:r></w:p></w:body></w:document>`)},
	} {
		c, err := tc.of(t.Context(), tc.raw, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range append(c.headings, heading{text: c.title}) {
			if n := len([]rune(h.text)); n != maxName && n != maxName+1 || !strings.HasPrefix(h.text, "가나 가나") {
				t.Errorf("%s: a name of %d runes", name, n)
			}
		}
	}
	c := content{headings: []heading{{0, 1, "A"}}}
	for i := 1; i <= 200_000; i++ { // looked up from each to the first, this would not end
		c.headings = append(c.headings, heading{i, 3, "c"})
	}
	o := c.outline()
	for i := range c.headings {
		if got := o.path(i); i > 0 && got != "A > c" {
			t.Fatalf("at %d: %q", i, got)
		}
	}
}
