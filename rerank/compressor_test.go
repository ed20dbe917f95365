package rerank

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/tmc/langchaingo/schema"

	"selfrag/retrieval"
)

type baseFunc func(query string) ([]schema.Document, error)

func (f baseFunc) GetRelevantDocuments(_ context.Context, query string) ([]schema.Document, error) {
	return f(query)
}

type rerankFunc func(query string, passages []retrieval.Passage) ([]retrieval.Passage, error)

func (f rerankFunc) Rerank(_ context.Context, query string, p []retrieval.Passage) ([]retrieval.Passage, error) {
	return f(query, p)
}

func finds(texts ...string) baseFunc {
	return func(string) ([]schema.Document, error) {
		docs := make([]schema.Document, len(texts))
		for i, text := range texts {
			docs[i] = schema.Document{PageContent: text, Metadata: map[string]any{"page": i}, Score: 0.5}
		}
		return docs, nil
	}
}

// byLength scores a passage by the length of its text.
func byLength(_ string, passages []retrieval.Passage) ([]retrieval.Passage, error) {
	for i := range passages {
		passages[i].Score = float64(len(passages[i].Text))
	}
	retrieval.SortByScore(passages)
	return passages, nil
}

func reranking(t *testing.T, base baseFunc, r rerankFunc, cfg CompressorConfig) *CompressionRetriever {
	t.Helper()
	c, err := NewCompressor(r, cfg)
	if err != nil {
		t.Fatal(err)
	}
	retriever, err := NewCompressionRetriever(base, c)
	if err != nil {
		t.Fatal(err)
	}
	return retriever
}

func TestCompressor(t *testing.T) {
	base := finds("four", "7 chars", "a", "", "sixsix", "ab", "xyz")
	four := 4.0
	for name, c := range map[string]struct {
		cfg  CompressorConfig
		want []string
	}{
		"zero config":    {CompressorConfig{}, []string{"7 chars", "sixsix", "four", "xyz", "ab"}},
		"best two":       {CompressorConfig{K: 2}, []string{"7 chars", "sixsix"}},
		"more than all":  {CompressorConfig{K: 99}, []string{"7 chars", "sixsix", "four", "xyz", "ab", "a", ""}},
		"from a score":   {CompressorConfig{MinScore: &four}, []string{"7 chars", "sixsix", "four"}},
		"best from four": {CompressorConfig{K: 1, MinScore: &four}, []string{"7 chars"}},
	} {
		t.Run(name, func(t *testing.T) {
			docs, err := reranking(t, base, byLength, c.cfg).GetRelevantDocuments(t.Context(), "q")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range docs {
				got = append(got, d.PageContent)
				if d.Score != float32(len(d.PageContent)) {
					t.Errorf("%q has score %v", d.PageContent, d.Score)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// Everything except the score must come back unchanged, also for documents
// without ids, with equal ids, and with an id like those made up for the
// others.
func TestCompressorKeepsDocuments(t *testing.T) {
	docs := []schema.Document{
		{PageContent: "one"},
		{PageContent: "three", Metadata: map[string]any{"id": "same", "title": "T", "start": 7}},
		{PageContent: "fourfour", Metadata: map[string]any{"id": "same"}},
		{PageContent: "fifthfifthfifth", Metadata: map[string]any{"id": "document-0"}},
	}
	base := func(string) ([]schema.Document, error) { return slices.Clone(docs), nil }
	got, err := reranking(t, base, byLength, CompressorConfig{}).GetRelevantDocuments(t.Context(), "q")
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Clone(docs)
	slices.Reverse(want)
	for i := range want {
		want[i].Score = float32(len(want[i].PageContent))
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

func TestCompressorGivesTheRerankerWhatItNeeds(t *testing.T) {
	base := func(query string) ([]schema.Document, error) {
		p := retrieval.Passage{ID: "p", Document: "d", Title: "Title", Text: "Text", Start: 3, End: 7}
		return []schema.Document{retrieval.ToSchema(p)}, nil
	}
	spy := func(query string, p []retrieval.Passage) ([]retrieval.Passage, error) {
		if query != "who?" || len(p) != 1 || p[0].ID != "p" || p[0].Searchable() != "Title\nText" || p[0].Start != 3 {
			t.Errorf("the reranker got %q, %+v", query, p)
		}
		return nil, nil // it may drop passages
	}
	docs, err := reranking(t, base, spy, CompressorConfig{}).GetRelevantDocuments(t.Context(), "who?")
	if err != nil || len(docs) != 0 {
		t.Errorf("got %v, %v; want nothing", docs, err)
	}
}

func TestCompressorFails(t *testing.T) {
	broken := errors.New("broken")
	fails := func(string) ([]schema.Document, error) { return nil, broken }
	never := func(string, []retrieval.Passage) ([]retrieval.Passage, error) {
		t.Error("the reranker was asked about nothing")
		return nil, nil
	}
	if _, err := reranking(t, fails, never, CompressorConfig{}).GetRelevantDocuments(t.Context(), "q"); !errors.Is(err, broken) {
		t.Errorf("base fails: got %v", err)
	}
	if docs, err := reranking(t, finds(), never, CompressorConfig{}).GetRelevantDocuments(t.Context(), "q"); err != nil || len(docs) != 0 {
		t.Errorf("nothing found: got %v, %v", docs, err)
	}
	for name, r := range map[string]rerankFunc{
		"fails": func(string, []retrieval.Passage) ([]retrieval.Passage, error) { return nil, broken },
		"invents": func(string, []retrieval.Passage) ([]retrieval.Passage, error) {
			return []retrieval.Passage{{ID: "new"}}, nil
		},
	} {
		docs, err := reranking(t, finds("a"), r, CompressorConfig{}).GetRelevantDocuments(t.Context(), "q")
		if err == nil {
			t.Errorf("reranker %s: got %v and no error", name, docs)
		}
	}
	for _, err := range []error{
		second(NewCompressor(nil, CompressorConfig{})),
		second(NewCompressor(rerankFunc(byLength), CompressorConfig{K: -1})),
		second(NewCompressionRetriever(nil, &Compressor{})),
		second(NewCompressionRetriever(finds(), nil)),
	} {
		if err == nil {
			t.Error("what cannot work was taken")
		}
	}
}

func second[T any](_ T, err error) error { return err }
