package config

import (
	"cmp"
	"path/filepath"
	"time"

	"selfrag/agent"
	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
)

// Default returns the settings with their default values. If another package
// defines a default, Default takes the value from that package.
func Default(getenv func(string) string) Settings {
	home := cmp.Or(getenv("XDG_DATA_HOME"), filepath.Join(getenv("HOME"), ".local", "share"))
	loop, search, cut := agent.Defaults(), retrieval.Defaults(), ingest.Defaults()
	s := Settings{
		DataDir:    filepath.Join(home, "selfrag"),
		Collection: "default",
		Store:      StoreSQLite, MilvusAddress: "127.0.0.1:19530", Ef: 100,
		Embedder: "auto",
		Reranker: "auto", RerankWindows: 1, Device: "auto",
		K1: search.K1, K2: search.K2, Mode: string(search.Mode),
		Split: cut.Split, ChunkSize: cut.ChunkSize, ChunkOverlap: cut.Overlap, ParentSize: cut.ParentSize, MaxFileMB: int(cut.MaxBytes >> 20), ReaderTime: time.Minute,

		Strategy: loop.Strategy.Name(), MaxIterations: loop.Budget.Iterations, MaxCalls: loop.Budget.Calls, MaxTokens: loop.Budget.Tokens, Timeout: loop.Budget.Time,
		ContextTokens: 4096,
		Grading:       string(loop.Grading), Context: string(loop.Context), Certain: loop.Certain, Several: loop.Several,
		Promising: loop.Promising, Quotable: loop.Quotable, Answerable: loop.Answerable,
		Width: loop.Width, Parallel: loop.Parallel, SampleSeed: loop.Seed,
		Delta: loop.Delta, Relevance: loop.Relevance, Support: loop.Support, SupportSeveral: loop.SupportSeveral, Usefulness: loop.Usefulness,
		WeightRelevance: loop.Weights.Relevance, WeightSupport: loop.Weights.Support, WeightUsefulness: loop.Weights.Usefulness,

		Tracing: defaultTraceSettings(), serveSettings: defaultServeSettings(),
		from: map[string]string{},
	}
	for _, f := range s.table() {
		s.from[f.key] = "default"
	}
	return s
}
