package measure

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"selfrag/agent"
	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/retrieval"
)

// ingestToMeasure ingests a corpus into a temporary store. The result own holds
// the parts of the program, set up to use this store. The function remove
// deletes the store.
func ingestToMeasure(ctx context.Context, parts *wire.Parts, io term.Streams, corpus string) (own *wire.Parts, remove func(), err error) {
	dir, err := os.MkdirTemp("", "selfrag-eval-")
	if err != nil {
		return nil, nil, fmt.Errorf("make a temporary store: %w", err)
	}
	s := parts.Settings
	// The name of the folder is unique. So a name made from it is a unique name
	// for the collection, even on a server.
	s.DataDir, s.Collection = dir, strings.ReplaceAll(filepath.Base(dir), "-", "_")
	own = parts.With(s)
	remove = func() {
		dropFromServer(context.WithoutCancel(ctx), own)
		own.CloseStore()
		_ = os.RemoveAll(dir)
	}
	if err := own.Ingest(ctx, term.Streams{In: io.In, Out: io.Err, Err: io.Err}, wire.Ingestion{Paths: []string{corpus}}); err != nil {
		remove()
		return nil, nil, fmt.Errorf("ingest the corpus: %w", err)
	}
	return own, remove, nil
}

// dropFromServer deletes the temporary collection if the store is a server, and
// ignores errors.
func dropFromServer(ctx context.Context, parts *wire.Parts) {
	if parts.Settings.Store != config.StoreMilvus {
		return
	}
	if db, err := parts.Store(ctx); err == nil {
		_ = db.Delete(ctx, parts.Settings.Collection)
	}
}

// DocumentID returns the id that a data set uses for the document of a passage.
// For a line of corpus.jsonl this is its "_id". For a file it is the end of the
// path that is a key of judged, such as "guide/leave.md" for
// "/data/guide/leave.md", because judgements name files relative to the corpus
// folder. The longest such end counts. If there is none, the id is the whole
// source of the passage.
func DocumentID(p retrieval.Passage, judged map[string]bool) string {
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

// SearchTimings returns the times of a search in milliseconds.
func SearchTimings(r retrieval.Result) agent.Timings {
	t := r.Timings
	return agent.Timings{Embed: agent.Milliseconds(t.Embed), Search: agent.Milliseconds(t.Search), Rerank: agent.Milliseconds(t.Rerank), Total: agent.Milliseconds(t.Total)}
}
