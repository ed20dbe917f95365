package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
)

type ingestOptions struct {
	paths  []string
	asJSON bool
}

func newIngestCmd(a *app) *cobra.Command {
	o := &ingestOptions{}
	cmd := &cobra.Command{
		Use:   "ingest PATH...",
		Short: "Take documents into a collection",
		Long: `Take documents into a collection: files, and folders with all that is in
them. Markdown, text, HTML and JSONL (a line a document) are read, in UTF-8,
UTF-16, CP949 or EUC-KR. A .selfragignore file in gitignore syntax leaves
files of a folder out.

It is safe to stop and to run again: each document goes in whole or not at
all, and unchanged ones are skipped. A document that cannot be read is named,
the others go in, and the exit code is 1.`,
		Example: `  selfrag ingest handbook/ notes.md
  selfrag ingest corpus.jsonl --collection corpus --split none`,
		Args: usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.paths = args
			return runIngest(cmd.Context(), a, o)
		},
	}
	cmd.Flags().BoolVar(&o.asJSON, "json", false, "print the report as JSON")
	a.settings.addFlags(cmd.Flags(), groupIngest)
	return cmd
}

func runIngest(ctx context.Context, a *app, o *ingestOptions) error {
	db, err := a.openStore(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	collection, vectors, closer, err := a.collectionToFill(ctx, db)
	if err != nil {
		return err
	}
	defer closer()
	report, err := a.ingest(ctx, collection, vectors, o.paths)
	if err != nil {
		fmt.Fprintf(a.stderr, "Stopped after %d documents; run it again to go on.\n", report.Added+report.Updated+report.Unchanged)
		return err
	}
	return a.printReport(report, o.asJSON)
}

// collectionToFill opens the collection of the settings, with the embedder
// that it was made by, or makes it.
func (a *app) collectionToFill(ctx context.Context, db store) (collection, ingest.Embedder, func(), error) {
	name := a.settings.Embedder
	existing, err := db.Collection(ctx, a.settings.Collection)
	switch {
	case err == nil:
		if name, err = a.embedderFor(a.settings.Collection, existing.Spec()); err != nil {
			return nil, nil, nil, err
		}
	case !errors.Is(err, retrieval.ErrUnknownCollection):
		return nil, nil, nil, err
	case name == "auto":
		name = defaultEmbedder()
	}
	if name == noEmbedder {
		c, err := db.Create(ctx, a.settings.Collection, retrieval.EmbedderSpec{Model: noEmbedder})
		return c, nil, func() {}, err
	}
	e, closer, err := a.openEmbedder(ctx, name)
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

// ingest runs with a progress bar on a terminal; what fails is named at once.
func (a *app) ingest(ctx context.Context, c collection, vectors ingest.Embedder, paths []string) (ingest.Report, error) {
	in, err := ingest.New(c, vectors, ingest.Config{
		Split: a.settings.Split, ChunkSize: a.settings.ChunkSize, Overlap: a.overlap(),
	})
	if err != nil {
		return ingest.Report{}, usageError{err}
	}
	bar := a.progressBar()
	report, err := in.Run(ctx, paths, func(e ingest.Event) {
		if e.Err != nil {
			_ = bar.Clear()
			fmt.Fprintf(a.stderr, "failed: %s: %v\n", printable(e.Source), e.Err)
		}
		bar.ChangeMax64(max(e.TotalBytes, 1))
		_ = bar.Set64(e.DoneBytes)
	})
	_ = bar.Clear()
	return report, err
}

func (a *app) overlap() int {
	if a.settings.ChunkOverlap == 0 {
		return ingest.NoOverlap
	}
	return a.settings.ChunkOverlap
}

func (a *app) progressBar() *progressbar.ProgressBar {
	return progressbar.NewOptions64(1,
		progressbar.OptionSetWriter(a.stderr),
		progressbar.OptionSetVisibility(isTerminal(a.stderr)),
		progressbar.OptionShowBytes(true),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionFullWidth(),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetDescription("ingest"))
}

func (a *app) printReport(r ingest.Report, asJSON bool) error {
	if asJSON {
		type failure struct {
			Source string `json:"source"`
			Reason string `json:"reason"`
		}
		failed := []failure{}
		for _, f := range r.Failed {
			failed = append(failed, failure{f.Source, f.Err.Error()})
		}
		if err := a.printJSON(map[string]any{
			"collection": a.settings.Collection, "added": r.Added, "updated": r.Updated, "unchanged": r.Unchanged,
			"failed": failed, "passages": r.Passages, "skipped": r.Skipped, "seconds": r.Elapsed.Seconds(),
		}); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(a.stdout, "%s: %d added, %d updated, %d unchanged, %d failed; %d passages stored in %.1f s\n",
			a.settings.Collection, r.Added, r.Updated, r.Unchanged, len(r.Failed), r.Passages, r.Elapsed.Seconds())
		if r.Skipped > 0 {
			fmt.Fprintf(a.stderr, "%d files of other types were left out.\n", r.Skipped)
		}
	}
	if r.Added+r.Updated+r.Unchanged+len(r.Failed) == 0 {
		return errors.New("there is no document in there: nothing was ingested")
	}
	if len(r.Failed) > 0 {
		return errReported
	}
	return nil
}
