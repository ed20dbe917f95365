package wire

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"time"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/fault"
	"selfrag/internal/onnx"
	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
	"selfrag/serve"
)

// ErrReported is the error of a command whose failures have already been
// printed.
var ErrReported = errors.New("failed")

// Ingestion holds the options of ingesting into the collection of the settings.
type Ingestion struct {
	Paths []string
	// Prune removes a document below one of the paths if its file no longer
	// exists.
	Prune bool
	// DryRun reports what would be done. It stores and removes nothing.
	DryRun bool
	// StdinName is the name of the content of standard input, for which the
	// path is "-".
	StdinName string
	// Fields are set in the metadata of each document: see ingest.Config.
	Fields map[string]any
	// Force reads and stores documents again that have not changed.
	Force bool
	// JSON prints the report as JSON.
	JSON bool
	// Watch keeps ingesting what changes until the context ends.
	Watch bool
	// Rescan is the time after which all files are listed again, if Watch is set.
	Rescan time.Duration
}

// Ingest ingests documents into the collection of the settings. It creates the
// collection if there is none. Progress and advice go to io.Err, the report
// goes to io.Out. The error is ErrReported if some documents failed. Their
// errors have been printed.
func (p *Parts) Ingest(ctx context.Context, io term.Streams, o Ingestion) error {
	if err := o.check(); err != nil {
		return err
	}
	db, err := p.Store(ctx)
	if err != nil {
		return err
	}
	fill := p.toFill
	if o.DryRun {
		fill = p.toCompare
	}
	collection, vectors, err := fill(ctx, db)
	if err != nil {
		return err
	}
	var counted *languageCounter // nil without vectors
	if e, ok := vectors.(Embedder); ok {
		counted = &languageCounter{e, map[string]int{}}
		vectors = counted
	}
	if o.Watch {
		err := p.watch(ctx, io, collection, vectors, o)
		if counted != nil {
			p.adviseEmbedder(io.Err, counted.Spec(), counted.most())
		}
		return err
	}
	report, err := p.ingest(ctx, io, collection, vectors, o)
	if err != nil {
		fmt.Fprintf(io.Err, "Stopped after %d documents; run it again to resume.\n", report.Added+report.Updated+report.Unchanged)
		return err
	}
	err = p.printReport(io, report, o)
	if counted != nil {
		p.adviseEmbedder(io.Err, counted.Spec(), counted.most())
	}
	return err
}

// toFill opens the collection of the settings and the embedder that made it. If
// there is no collection, it creates one.
func (p *Parts) toFill(ctx context.Context, db serve.Library) (ingest.Store, ingest.Embedder, error) {
	name := p.Settings.Embedder
	var record *retrieval.EmbedderSpec
	existing, err := db.Collection(ctx, p.Settings.Collection)
	switch {
	case err == nil:
		spec := existing.Spec()
		if name, err = p.EmbedderFor(p.Settings.Collection, spec); err != nil {
			return nil, nil, err
		}
		record = &spec
	case !errors.Is(err, retrieval.ErrUnknownCollection):
		return nil, nil, err
	case name == "auto":
		name = DefaultEmbedder()
	}
	if name == config.NoEmbedder {
		c, err := db.Create(ctx, p.Settings.Collection, retrieval.EmbedderSpec{Model: config.NoEmbedder})
		return c, nil, err
	}
	e, err := p.Embedder(ctx, name, record)
	if err != nil {
		return nil, nil, err
	}
	c, err := db.Create(ctx, p.Settings.Collection, e.Spec())
	if err != nil {
		return nil, nil, err
	}
	return c, e, nil
}

// toCompare returns the collection with which a dry run compares the files. It
// creates no collection and opens no embedder.
func (p *Parts) toCompare(ctx context.Context, db serve.Library) (ingest.Store, ingest.Embedder, error) {
	c, err := db.Collection(ctx, p.Settings.Collection)
	if errors.Is(err, retrieval.ErrUnknownCollection) {
		return nothingStored{}, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if _, err := p.EmbedderFor(p.Settings.Collection, c.Spec()); err != nil {
		return nil, nil, err
	}
	return c, nil, nil
}

// nothingStored is an empty collection, for a dry run if the collection does
// not exist.
type nothingStored struct{}

func (nothingStored) Document(context.Context, string) (retrieval.Document, bool, error) {
	return retrieval.Document{}, false, nil
}

func (nothingStored) Put(context.Context, retrieval.Document, []retrieval.Passage, [][]float32) error {
	return errors.New("a dry run stores nothing")
}

func (nothingStored) Sources(context.Context) iter.Seq2[string, error] {
	return func(func(string, error) bool) {}
}

func (nothingStored) Remove(context.Context, string) error {
	return errors.New("a dry run removes nothing")
}

// milvusWriters is the number of documents that are stored in Milvus at the same
// time: a Put makes some eight calls, one after the other, and mostly waits. A file
// has one writer at a time. Not measured.
const milvusWriters = 8

// reading returns the configuration for reading documents and cutting them into
// passages. The compiled reader of PDF files is stored in the cache folder, if
// there is one.
func reading(s config.Settings) ingest.Config {
	cfg := s.Splitting()
	if s.Store == config.StoreMilvus {
		cfg.Writers = milvusWriters
	}
	commands, _ := s.Commands() // the settings have been checked
	for _, c := range commands {
		if cfg.Readers == nil {
			cfg.Readers = map[string]ingest.FileReader{}
		}
		cfg.Readers[c.Extension] = ingest.FileReader{Read: c.Read, Version: c.Version()}
	}
	if dir, err := onnx.CacheDir(); err == nil {
		cfg.CacheDir = filepath.Join(dir, "pdfium")
	}
	return cfg
}

// ingest ingests documents and shows the progress. If a document fails, ingest
// prints its name at once.
func (p *Parts) ingest(ctx context.Context, io term.Streams, c ingest.Store, vectors ingest.Embedder, o Ingestion) (ingest.Report, error) {
	cfg := reading(p.Settings)
	cfg.Stdin, cfg.StdinName, cfg.AllowURLs, cfg.Prune, cfg.DryRun = io.In, o.StdinName, config.Hosts(p.Settings.AllowURLs), o.Prune, o.DryRun
	cfg.Fields, cfg.Force = o.Fields, o.Force
	in, err := ingest.New(c, vectors, cfg)
	if err != nil {
		return ingest.Report{}, fault.Usage(err)
	}
	view := term.NewIngest(io.Err, o.DryRun)
	report, err := in.Run(ctx, o.Paths, view.Show)
	view.End()
	return report, err
}

func (p *Parts) printReport(io term.Streams, r ingest.Report, o Ingestion) error {
	if o.JSON {
		type failure struct {
			Source string `json:"source"`
			Reason string `json:"reason"`
		}
		failed, warnings := []failure{}, []failure{}
		for _, f := range r.Failed {
			failed = append(failed, failure{f.Source, f.Err.Error()})
		}
		for _, w := range r.Warned {
			warnings = append(warnings, failure{w.Source, w.Text})
		}
		if err := io.JSON(map[string]any{
			"collection": p.Settings.Collection, "added": r.Added, "updated": r.Updated, "unchanged": r.Unchanged,
			"removed": r.Removed, "dry_run": o.DryRun, "failed": failed, "warnings": warnings, "passages": r.Passages, "skipped": r.Skipped, "seconds": r.Elapsed.Seconds(),
		}); err != nil {
			return err
		}
	} else {
		removed, dry := "", ""
		if o.Prune {
			removed = fmt.Sprintf(", %d removed", r.Removed)
		}
		if o.DryRun {
			dry = "would be: "
		}
		fmt.Fprintf(io.Out, "%s: %s%d added, %d updated, %d unchanged%s, %d failed; %d passages stored in %.1f s\n",
			p.Settings.Collection, dry, r.Added, r.Updated, r.Unchanged, removed, len(r.Failed), r.Passages, r.Elapsed.Seconds())
		if r.Skipped > 0 {
			fmt.Fprintf(io.Err, "%d files of other types were left out.\n", r.Skipped)
		}
	}
	if r.Added+r.Updated+r.Unchanged+r.Removed+len(r.Failed) == 0 {
		return errors.New("there is no document in there: nothing was ingested")
	}
	if len(r.Failed) > 0 {
		return ErrReported
	}
	return nil
}
