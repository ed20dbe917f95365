package rerank

import (
	"context"
	"slices"

	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// ForLanguages reranks only queries in the given languages (ISO 639-1 codes)
// and keeps the order of the first stage for others, because a model does more
// harm than good in a language that it was not trained on. Without languages it
// returns the reranker itself.
func ForLanguages(reranker retrieval.Reranker, languages []string) retrieval.Reranker {
	if len(languages) == 0 {
		return reranker
	}
	return forLanguages{reranker, languages}
}

type forLanguages struct {
	retrieval.Reranker
	languages []string
}

func (r forLanguages) Rerank(ctx context.Context, query string, passages []retrieval.Passage) ([]retrieval.Passage, error) {
	if !slices.Contains(r.languages, text.Language(query)) {
		return passages, nil
	}
	return r.Reranker.Rerank(ctx, query, passages)
}
