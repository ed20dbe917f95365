package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"selfrag/internal/onnx"
	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
	"selfrag/serve"
)

type ingestOptions struct {
	paths     []string
	asJSON    bool
	prune     bool
	dryRun    bool
	stdinName string
}

func newIngestCmd(a *app) *cobra.Command {
	o := &ingestOptions{}
	cmd := &cobra.Command{
		Use:   "ingest PATH...",
		Short: "Take documents into a collection",
		Long: `Take documents into a collection: files, folders with all that is in them,
globs such as 'docs/**/*.md', "-" for standard input, and, from hosts that
--allow-url names, URLs. Read are Markdown, text, HTML, PDF, Word (.docx),
PowerPoint (.pptx), Hangul (.hwpx, .hwp), EPUB, mail (.eml), Excel (.xlsx), CSV
and TSV (a row a passage) and JSONL (a line a document); texts in UTF-8, UTF-16,
CP949, EUC-KR or ISO-2022-KR. A .selfragignore file in gitignore syntax leaves
files of a folder out.

It is safe to stop and to run again: each document goes in whole or not at
all, and unchanged ones are skipped. A document that cannot be read is named,
the others go in, and the exit code is 1. Of one that is read, a warning says
what is left out: comments, a damaged page, bytes that are no text.

--prune removes what these paths stood for once and no more: below a folder,
documents whose file is gone or is now left out; of a JSONL file, lines that
are gone. Nothing is removed for a path that is not there or could not be
listed whole, nor when the run ends early. --dry-run only shows what would be
done.`,
		Example: `  selfrag ingest handbook/ notes.md
  selfrag ingest corpus.jsonl --collection corpus --split none
  selfrag ingest handbook/ --prune --dry-run
  pbpaste | selfrag ingest - --stdin-name notes.md
  selfrag ingest https://example.org/rules.pdf --allow-url example.org`,
		Args: usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.paths = args
			return runIngest(cmd.Context(), a, o)
		},
	}
	cmd.Flags().BoolVar(&o.asJSON, "json", false, "print the report as JSON")
	cmd.Flags().BoolVar(&o.prune, "prune", false, "remove what these paths stood for and is no longer there")
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "store and remove nothing, show what would be")
	cmd.Flags().StringVar(&o.stdinName, "stdin-name", "", "name of what standard input holds; its extension tells the type")
	a.settings.addFlags(cmd.Flags(), groupIngest)
	return cmd
}

func runIngest(ctx context.Context, a *app, o *ingestOptions) error {
	db, err := a.openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	fill := a.collectionToFill
	if o.dryRun {
		fill = a.collectionToCompare
	}
	collection, vectors, closer, err := fill(ctx, db)
	if err != nil {
		return err
	}
	defer closer()
	var counted *languageCounter // where there are vectors
	if e, ok := vectors.(embedder); ok {
		counted = &languageCounter{e, map[string]int{}}
		vectors = counted
	}
	report, err := a.ingest(ctx, collection, vectors, o)
	if err != nil {
		fmt.Fprintf(a.stderr, "Stopped after %d documents; run it again to go on.\n", report.Added+report.Updated+report.Unchanged)
		return err
	}
	err = a.printReport(report, o)
	if counted != nil {
		a.adviseEmbedder(counted.Spec(), counted.most())
	}
	return err
}

// collectionToFill opens the collection of the settings, with the embedder
// that it was made by, or makes it.
func (a *app) collectionToFill(ctx context.Context, db serve.Library) (ingest.Store, ingest.Embedder, func(), error) {
	name := a.settings.Embedder
	var record *retrieval.EmbedderSpec
	existing, err := db.Collection(ctx, a.settings.Collection)
	switch {
	case err == nil:
		spec := existing.Spec()
		if name, err = a.embedderFor(a.settings.Collection, spec); err != nil {
			return nil, nil, nil, err
		}
		record = &spec
	case !errors.Is(err, retrieval.ErrUnknownCollection):
		return nil, nil, nil, err
	case name == "auto":
		name = defaultEmbedder()
	}
	if name == noEmbedder {
		c, err := db.Create(ctx, a.settings.Collection, retrieval.EmbedderSpec{Model: noEmbedder})
		return c, nil, func() {}, err
	}
	e, closer, err := a.openEmbedder(ctx, name, record)
	if err != nil {
		return nil, nil, nil, err
	}
	c, err := db.Create(ctx, a.settings.Collection, e.Spec())
	if err != nil {
		closer()
		return nil, nil, nil, err
	}
	return c, e, closer, nil
}

// collectionToCompare is what a dry run compares files with. It makes no
// collection and starts no embedder.
func (a *app) collectionToCompare(ctx context.Context, db serve.Library) (ingest.Store, ingest.Embedder, func(), error) {
	c, err := db.Collection(ctx, a.settings.Collection)
	if errors.Is(err, retrieval.ErrUnknownCollection) {
		return nothingStored{}, nil, func() {}, nil
	}
	if err != nil {
		return nil, nil, nil, err
	}
	if _, err := a.embedderFor(a.settings.Collection, c.Spec()); err != nil {
		return nil, nil, nil, err
	}
	return c, nil, func() {}, nil
}

// nothingStored is the collection that a dry run does not make.
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

// ingest runs with its progress shown; what fails is named at once.
func (a *app) ingest(ctx context.Context, c ingest.Store, vectors ingest.Embedder, o *ingestOptions) (ingest.Report, error) {
	in, err := ingest.New(c, vectors, ingest.Config{
		Split: a.settings.Split, ChunkSize: a.settings.ChunkSize, Overlap: a.overlap(), ParentSize: a.settings.ParentSize,
		Stdin: a.stdin, StdinName: o.stdinName, AllowURLs: hosts(a.settings.AllowURLs), Prune: o.prune, DryRun: o.dryRun, CacheDir: pdfCache(),
	})
	if err != nil {
		return ingest.Report{}, usageError{err}
	}
	view := newIngestView(a.stderr, o.dryRun)
	report, err := in.Run(ctx, o.paths, view.show)
	view.end()
	return report, err
}

// pdfCache is the folder of the compiled reader of PDF files; empty where there
// is no cache.
func pdfCache() string {
	dir, err := onnx.CacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "pdfium")
}

func hosts(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

func (a *app) overlap() int {
	if a.settings.ChunkOverlap == 0 {
		return ingest.NoOverlap
	}
	return a.settings.ChunkOverlap
}

func (a *app) printReport(r ingest.Report, o *ingestOptions) error {
	if o.asJSON {
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
		if err := a.printJSON(map[string]any{
			"collection": a.settings.Collection, "added": r.Added, "updated": r.Updated, "unchanged": r.Unchanged,
			"removed": r.Removed, "dry_run": o.dryRun, "failed": failed, "warnings": warnings, "passages": r.Passages, "skipped": r.Skipped, "seconds": r.Elapsed.Seconds(),
		}); err != nil {
			return err
		}
	} else {
		removed, dry := "", ""
		if o.prune {
			removed = fmt.Sprintf(", %d removed", r.Removed)
		}
		if o.dryRun {
			dry = "would be: "
		}
		fmt.Fprintf(a.stdout, "%s: %s%d added, %d updated, %d unchanged%s, %d failed; %d passages stored in %.1f s\n",
			a.settings.Collection, dry, r.Added, r.Updated, r.Unchanged, removed, len(r.Failed), r.Passages, r.Elapsed.Seconds())
		if r.Skipped > 0 {
			fmt.Fprintf(a.stderr, "%d files of other types were left out.\n", r.Skipped)
		}
	}
	if r.Added+r.Updated+r.Unchanged+r.Removed+len(r.Failed) == 0 {
		return errors.New("there is no document in there: nothing was ingested")
	}
	if len(r.Failed) > 0 {
		return errReported
	}
	return nil
}
