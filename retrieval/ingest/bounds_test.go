package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"selfrag/retrieval/ingest/filetest"
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
	filetest.CheckStops(t, readPDF, onePage("BT /F 12 Tf (ABC) Tj ET", pdfPlain))
	reason := errors.New("stopped by the test")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(reason)
	r := reader{cfg: Config{}, out: nil}
	if err := r.take(ctx, file{}, loaded{err: reason}); !errors.Is(err, reason) {
		t.Errorf("a file that was being read counts as failed: %v", err)
	}
}
