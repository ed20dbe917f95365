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

// ingestToMeasure takes a corpus into a temporary store. own is the parts over
// that store and its collection; remove takes the store away again.
func ingestToMeasure(ctx context.Context, parts *wire.Parts, io term.Streams, corpus string) (own *wire.Parts, remove func(), err error) {
	dir, err := os.MkdirTemp("", "selfrag-eval-")
	if err != nil {
		return nil, nil, fmt.Errorf("make a temporary store: %w", err)
	}
	s := parts.Settings
	// The folder's name is no other's, on a server neither.
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

// dropFromServer deletes the temporary collection where the store is a server,
// as far as it can.
func dropFromServer(ctx context.Context, parts *wire.Parts) {
	if parts.Settings.Store != config.StoreMilvus {
		return
	}
	if db, err := parts.Store(ctx); err == nil {
		_ = db.Delete(ctx, parts.Settings.Collection)
	}
}

// DocumentID is a passage's document as a data set names it: the "_id" of a
// corpus.jsonl, else the source. Of a source that is a path, the part counts
// that the judgements know, which name files from the corpus' folder on.
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

// SearchTimings are the times of a search in milliseconds.
func SearchTimings(r retrieval.Result) agent.Timings {
	t := r.Timings
	return agent.Timings{Embed: agent.Milliseconds(t.Embed), Search: agent.Milliseconds(t.Search), Rerank: agent.Milliseconds(t.Rerank), Total: agent.Milliseconds(t.Total)}
}
