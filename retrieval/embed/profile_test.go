package embed

import (
	"slices"
	"testing"
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
		"nomic-embed-text": {query: "search_query: ", passage: "search_document: ", languages: []string{"en"}},
		"bge-m3":           {pooling: CLS},
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
	for _, name := range []string{"", "my-own-model", "e5"} {
		if p, known := ProfileOf(name); known || p.QueryPrompt != "" || p.Languages != nil {
			t.Errorf("%q: got %+v, known %v; want the zero profile", name, p, known)
		}
	}
}
