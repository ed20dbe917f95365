package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
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

// Who stops a run waits for no file.
func TestReadingStopsWithTheContext(t *testing.T) {
	reason := errors.New("stopped by the test")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(reason)
	for name, tc := range map[string]struct {
		of  extract
		raw []byte
	}{
		"PDF":        {readPDF, onePage("BT /F 12 Tf (ABC) Tj ET", pdfPlain)},
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
