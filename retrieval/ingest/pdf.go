package ingest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/pdf"
)

var (
	errScanned = retrieval.Because(retrieval.CauseScanned, "a PDF without text, such as a scan: recognise its text first (OCR)")
	errNoCodes = retrieval.Because(retrieval.CauseNoCharacters, "a PDF whose fonts do not say which characters they show: recognise its text (OCR), or export it again")
)

// pdfFile is the loader for PDF files. All files of a run share one reader.
func pdfFile(ctx context.Context, f file, maxBytes int64, yield func(loaded) error) (err error) {
	reader := f.pdfs
	if reader == nil {
		reader = pdf.New(pdf.Config{})
		defer func() { err = errors.Join(err, reader.Close()) }()
	}
	return single(pdfBy(reader))(ctx, f, maxBytes, yield)
}

// pdfBy returns a content.Reader that reads PDF files with reader. An empty line
// separates pages, unless a sentence continues on the next page. Each row of a table
// is a line with " | " between its cells.
func pdfBy(reader *pdf.Reader) content.Reader {
	return func(ctx context.Context, raw []byte, maxBytes int64) (content.Content, error) {
		doc, err := reader.Read(ctx, raw, maxBytes)
		if err != nil {
			return content.Content{}, pdfError(err, maxBytes)
		}
		c := content.Content{Title: pdfTitle(doc.Title), Text: doc.Text, Warnings: doc.Warnings}
		for _, p := range doc.Pages {
			c.Pages = append(c.Pages, content.Page{Start: p.Start, Number: p.Number})
		}
		for _, h := range doc.Hidden {
			c.Hidden = append(c.Hidden, content.Span{Start: h.Start, End: h.End})
		}
		for _, t := range doc.Tables {
			c.Leads = append(c.Leads, content.Lead{Span: content.Span{Start: t.Start, End: t.End}, Text: t.Head})
		}
		return c, nil
	}
}

// pdfError replaces an error of package pdf with the error that this package uses
// for all types of files.
func pdfError(err error, maxBytes int64) error {
	switch {
	case errors.Is(err, pdf.ErrEncrypted):
		return content.ErrEncrypted
	case errors.Is(err, pdf.ErrScanned):
		return errScanned
	case errors.Is(err, pdf.ErrNoCodes):
		return errNoCodes
	case errors.Is(err, pdf.ErrTooLarge):
		return content.TooLarge(maxBytes)
	case errors.Is(err, pdf.ErrDamaged):
		return fmt.Errorf("%w (%w)", content.ErrDamaged, err)
	}
	return err
}

// pdfTitle returns the title of a file, or "" if a program wrote it in place of a
// missing one, such as "untitled".
func pdfTitle(title string) string {
	title = content.Name(title)
	if lower := strings.ToLower(title); lower == "untitled" || lower == "(untitled)" || strings.HasPrefix(lower, "microsoft word - ") {
		return ""
	}
	return title
}
