package sqlite

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/tmc/langchaingo/schema"
	"github.com/tmc/langchaingo/vectorstores"

	"selfrag/retrieval"
)

// directionEmbedder returns a random direction for each text, which depends on
// the content only.
type directionEmbedder int

func (d directionEmbedder) EmbedDocuments(_ context.Context, texts []string) ([][]float32, error) {
	var vectors [][]float32
	for _, text := range texts {
		vectors = append(vectors, vectorOf(text, int(d)))
	}
	return vectors, nil
}

func (d directionEmbedder) EmbedQuery(_ context.Context, text string) ([]float32, error) {
	return vectorOf(text, int(d)), nil
}

func TestVectorStore(t *testing.T) {
	ctx := t.Context()
	store := retrieval.VectorStore{Collection: newCollection(t, 16), Embedder: directionEmbedder(16)}
	docs := []schema.Document{
		{PageContent: "조수 문은 만조에 열린다.", Metadata: map[string]any{"source": "gate.md", "page": 2.0}},
		{PageContent: "The lantern draws charts."},
		{PageContent: "The lantern draws charts."},
		{PageContent: "left out"},
	}
	leaveOut := vectorstores.WithDeduplicater(func(_ context.Context, d schema.Document) bool { return d.PageContent == "left out" })
	ids, err := store.AddDocuments(ctx, docs, leaveOut)
	if err != nil || len(ids) != 3 || slices.Contains(ids, "") || ids[1] == ids[2] {
		t.Fatalf("got %q, %v", ids, err)
	}
	found, err := vectorstores.ToRetriever(store, 5, vectorstores.WithScoreThreshold(0.99)).GetRelevantDocuments(ctx, docs[0].PageContent)
	if err != nil || len(found) != 1 || found[0].PageContent != docs[0].PageContent || found[0].Score < 0.99 ||
		found[0].Metadata["source"] != "gate.md" || found[0].Metadata["page"] != 2.0 || found[0].Metadata["id"] != ids[0] {
		t.Errorf("got %+v, %v", found, err)
	}
	if found, err = store.SimilaritySearch(ctx, "anything", 2); err != nil || len(found) != 2 {
		t.Errorf("got %+v, %v", found, err)
	}
	// Adding a document with the same source again replaces it.
	if again, err := store.AddDocuments(ctx, docs[:1]); err != nil || again[0] != ids[0] {
		t.Errorf("got %v, %v", again, err)
	}
	pages := retrieval.Comparison{Field: "page", Op: retrieval.Equal, Value: 2.0}
	for _, filter := range []any{pages, "page = 2"} {
		if found, err = store.SimilaritySearch(ctx, "anything", 9, vectorstores.WithFilters(filter)); err != nil || len(found) != 1 || found[0].Metadata["id"] != ids[0] {
			t.Errorf("with the filter %v: got %+v, %v", filter, found, err)
		}
	}
	if _, err := store.SimilaritySearch(ctx, "x", 1, vectorstores.WithFilters("page ~ 2")); err == nil || !strings.Contains(err.Error(), "filter: at character 6") {
		t.Errorf("got %v", err)
	}
	for _, option := range []vectorstores.Option{vectorstores.WithFilters(2), vectorstores.WithNameSpace("x")} {
		if _, err := store.SimilaritySearch(ctx, "x", 1, option); err == nil || !strings.Contains(err.Error(), "not supported") {
			t.Errorf("got %v", err)
		}
	}
}
