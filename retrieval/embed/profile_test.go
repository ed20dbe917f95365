package embed

import (
	"slices"
	"testing"

	"selfrag/retrieval"
)

func TestProfileOf(t *testing.T) {
	for name, want := range map[string]struct {
		query, passage string
		pooling        Pooling
		languages      []string
	}{
		"all-minilm-l6-v2":                       {languages: []string{"en"}},
		"sentence-transformers/all-MiniLM-L6-v2": {languages: []string{"en"}},
		"all-minilm:33m":                         {languages: []string{"en"}},
		"intfloat/multilingual-e5-small":         {query: "query: ", passage: "passage: "},
		"e5-small-v2":                            {query: "query: ", passage: "passage: ", languages: []string{"en"}},
		"mxbai-embed-large:latest": {
			query:   "Represent this sentence for searching relevant passages: ",
			pooling: CLS, languages: []string{"en"},
		},
		"nomic-embed-text":  {query: "search_query: ", passage: "search_document: ", languages: []string{"en"}},
		"bge-m3":            {pooling: CLS},
		"nlpai-lab/KURE-v1": {pooling: CLS},
		"BAAI/bge-small-en-v1.5": {
			query:   "Represent this sentence for searching relevant passages: ",
			pooling: CLS, languages: []string{"en"},
		},
		"Snowflake/snowflake-arctic-embed-l-v2.0": {query: "query: ", pooling: CLS},
		"snowflake-arctic-embed2":                 {query: "query: ", pooling: CLS},
		"snowflake-arctic-embed:335m": {
			query:   "Represent this sentence for searching relevant passages: ",
			pooling: CLS, languages: []string{"en"},
		},
		"thenlper/gte-base":                 {languages: []string{"en"}},
		"Alibaba-NLP/gte-base-en-v1.5":      {pooling: CLS, languages: []string{"en"}},
		"Alibaba-NLP/gte-multilingual-base": {pooling: CLS},
		"qwen3-embedding:0.6b": {
			query:   "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:",
			pooling: Last,
		},
	} {
		p, known := ProfileOf(name)
		if !known {
			t.Errorf("%s is not known", name)
		}
		if p.QueryPrompt != want.query || p.PassagePrompt != want.passage || p.Pooling != want.pooling ||
			!slices.Equal(p.Languages, want.languages) {
			t.Errorf("%s: got %+v, want %+v", name, p, want)
		}
	}
	for _, name := range []string{"", "my-own-model", "e5small"} {
		if p, known := ProfileOf(name); known || p.QueryPrompt != "" || p.Languages != nil {
			t.Errorf("%q: got %+v, known %v; want the zero profile", name, p, known)
		}
	}
}

// The embedder of a collection is opened again by its record, whatever
// ProfileOf knows of the model today.
func TestRecorded(t *testing.T) {
	spec := retrieval.EmbedderSpec{
		Model: "onnx/bge-m3@256", Dimensions: 256, Metric: "cosine", Languages: []string{"ko"},
		Pooling: "last", QueryPrompt: "Q: ", PassagePrompt: "P: ", MaxTokens: 99,
	}
	got := Recorded(spec)
	if got == nil || got.Pooling != Last || got.QueryPrompt != "Q: " || got.PassagePrompt != "P: " || got.MaxTokens != 99 ||
		!slices.Equal(got.Languages, spec.Languages) {
		t.Errorf("got %+v", got)
	}
	if got := Recorded(retrieval.EmbedderSpec{Model: "openai/m", Pooling: "server", QueryPrompt: "Q: "}); got == nil || got.QueryPrompt != "Q: " || got.Pooling != "" {
		t.Errorf("a server's model: got %+v", got)
	}
	if got := Recorded(retrieval.EmbedderSpec{Model: "onnx/bge-m3", Dimensions: 1024, Metric: "cosine"}); got != nil {
		t.Errorf("an old record: got %+v", got)
	}
}
