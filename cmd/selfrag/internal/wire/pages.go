package wire

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"image/png"
	"sync"
	"time"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/retrieval/ingest"
	"selfrag/retrieval/ingest/pdf"
	"selfrag/serve"
)

// The limits of reading and drawing a page for a person who waits for it. A page of
// text takes 0.1 s, and 0.1 GB with PDFium itself.
const (
	pageMemory = 512 << 20
	pageTime   = 15 * time.Second
)

// pages implements serve.Pages for documents whose PDF files this machine can read.
type pages struct {
	settings config.Settings
	reader   *pdf.Reader
	maxBytes int64

	// open is held for reading while a page is read, because the reader must not be
	// closed then.
	open sync.RWMutex
}

// newPages returns the pages of the documents that are read with the settings. It starts
// nothing. The caller closes it.
func newPages(s config.Settings) *pages {
	cfg := reading(s)
	return &pages{
		settings: s,
		reader:   pdf.New(pdf.Config{CacheDir: cfg.CacheDir, Memory: pageMemory, PageTime: pageTime, FileTime: pageTime}),
		maxBytes: cmp.Or(cfg.MaxBytes, 64<<20),
	}
}

func (p *pages) close() error {
	p.open.Lock()
	defer p.open.Unlock()
	return p.reader.Close()
}

// Draw implements serve.Pages.
func (p *pages) Draw(ctx context.Context, of serve.PagesOf, page, width int) ([]byte, error) {
	var out bytes.Buffer
	err := p.with(of, func(raw []byte) error {
		picture, err := p.reader.Draw(ctx, raw, page, width)
		if err != nil {
			return err
		}
		return (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, picture)
	})
	return out.Bytes(), err
}

// Find implements serve.Pages.
func (p *pages) Find(ctx context.Context, of serve.PagesOf, page int, q serve.PageQuote) (serve.FoundOnPage, error) {
	var out serve.FoundOnPage
	err := p.with(of, func(raw []byte) error {
		found, err := p.reader.Find(ctx, raw, page, pdf.Quote(q))
		if err != nil {
			return err
		}
		out = serve.FoundOnPage{Pages: found.Pages, Width: found.Width, Height: found.Height, Start: found.Start, End: found.End, Undrawn: found.Undrawn}
		for _, m := range found.Marks {
			out.Marks = append(out.Marks, serve.PageMark(m))
		}
		return nil
	})
	return out, err
}

// with calls work with the content of the PDF file of a document.
func (p *pages) with(of serve.PagesOf, work func(raw []byte) error) error {
	if !ingest.IsPDF(of.Document.Source) {
		return &serve.Error{Kind: serve.Unsupported, Message: "the document is not a PDF file: only its text can be shown"}
	}
	raw, err := p.original(of)
	switch {
	case errors.Is(err, ingest.ErrNoOriginal):
		return &serve.Error{Kind: serve.NotFound, Message: "the server has only the text of this document, because it came from elsewhere"}
	case errors.Is(err, ingest.ErrChanged):
		return &serve.Error{Kind: serve.Conflict, Message: "the file of this document has changed since it was ingested: ingest it again"}
	case err != nil:
		return &serve.Error{Kind: serve.NotFound, Message: "the file of this document cannot be read here any more", Err: err}
	}
	p.open.RLock()
	defer p.open.RUnlock()
	return pageError(work(raw))
}

// original returns the file that a document came from: one of this machine, or one that
// was uploaded and kept.
func (p *pages) original(of serve.PagesOf) ([]byte, error) {
	raw, err := ingest.Original(of.Document, p.maxBytes)
	if err == nil {
		return raw, nil
	}
	kept, failed := OriginalsOf(p.settings, of.Tenant)
	if failed != nil {
		return nil, failed
	}
	raw, failed = kept.Read(of.Collection, of.Document, p.maxBytes)
	if errors.Is(failed, ingest.ErrNoOriginal) {
		return nil, err
	}
	return raw, failed
}

// OriginalsOf returns the kept files of a tenant's uploads.
func OriginalsOf(s config.Settings, t serve.Tenant) (ingest.Originals, error) {
	s, err := SettingsOf(s, t)
	if err != nil {
		return ingest.Originals{}, err
	}
	return ingest.OriginalsIn(s.OriginalsDir()), nil
}

// SettingsOf returns the settings for a tenant of a server, which name the tenant's
// folders.
func SettingsOf(s config.Settings, t serve.Tenant) (config.Settings, error) {
	name, err := t.Name()
	if err != nil {
		return config.Settings{}, err
	}
	s.Tenant = name
	return s, nil
}

// pageError returns an error of package pdf as the error for a caller.
func pageError(err error) error {
	switch {
	case errors.Is(err, pdf.ErrNoPage):
		return &serve.Error{Kind: serve.NotFound, Message: "the file has no such page", Err: err}
	case errors.Is(err, pdf.ErrSlow):
		return &serve.Error{Kind: serve.TimedOut, Message: "the page takes too long to read", Err: err}
	case errors.Is(err, pdf.ErrMemory):
		return &serve.Error{Kind: serve.TooLarge, Message: "the page takes too much memory", Err: err}
	case errors.Is(err, pdf.ErrDamaged), errors.Is(err, pdf.ErrEncrypted):
		return &serve.Error{Kind: serve.Unsupported, Message: "the page cannot be read", Err: err}
	}
	return err
}
