package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/retrieval"
)

// ingestToMeasure takes a corpus into a temporary store, and makes it the
// store and collection of the settings. remove takes it away again.
func (a *app) ingestToMeasure(ctx context.Context, corpus string) (remove func(), err error) {
	dir, err := os.MkdirTemp("", "selfrag-eval-")
	if err != nil {
		return nil, fmt.Errorf("make a temporary store: %w", err)
	}
	// The folder's name is no other's, on a server neither.
	a.settings.DataDir, a.settings.Collection = dir, strings.ReplaceAll(filepath.Base(dir), "-", "_")
	remove = func() {
		a.dropFromServer(context.WithoutCancel(ctx))
		_ = os.RemoveAll(dir)
	}
	quiet := &app{Streams: term.Streams{In: a.In, Out: a.Err, Err: a.Err}, getenv: a.getenv, settings: a.settings}
	if err := runIngest(ctx, quiet, &ingestOptions{paths: []string{corpus}}); err != nil {
		remove()
		return nil, fmt.Errorf("ingest the corpus: %w", err)
	}
	return remove, nil
}

// dropFromServer deletes the temporary collection where the store is a
// server, as far as it can.
func (a *app) dropFromServer(ctx context.Context) {
	if a.settings.Store != config.StoreMilvus {
		return
	}
	db, err := a.openStore(ctx)
	if err != nil {
		return
	}
	defer db.Close()
	_ = db.Delete(ctx, a.settings.Collection)
}

// documentID is a passage's document as a data set names it: the "_id" of a
// corpus.jsonl, else the source. Of a source that is a path, the part counts
// that the judgements know, which name files from the corpus' folder on.
func documentID(p retrieval.Passage, judged map[string]bool) string {
	if id, ok := p.Metadata["_id"].(string); ok {
		return id
	}
	for rest := p.Source; ; {
		if judged[rest] {
			return rest
		}
		var ok bool
		if _, rest, ok = strings.Cut(rest, "/"); !ok {
			return p.Source
		}
	}
}
