package agent

import (
	"context"
	"slices"

	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

func passage(title, text string) retrieval.Passage {
	return retrieval.Passage{ID: title, Document: title, Source: title, Title: title, Text: text, End: len([]rune(text))}
}

// library finds passages by the words that they share with a query.
type library []retrieval.Passage

func (l library) Search(ctx context.Context, query string) (retrieval.Result, error) {
	found, err := l.FirstStage(ctx, query, 5)
	return retrieval.Result{Query: query, Passages: found}, err
}

func (l library) FirstStage(ctx context.Context, query string, k int) ([]retrieval.Passage, error) {
	out := slices.Clone(l)
	for i, p := range out {
		out[i].Score = 5 * text.Share(text.Keywords(query), text.Keywords(p.Searchable()))
	}
	retrieval.SortByScore(out)
	return out[:min(k, len(out))], ctx.Err()
}

func shelf() library {
	return library{
		passage("Larkspur lamp", "The Larkspur lamp is a desk lamp made by Norvale Lighting since 1988."),
		passage("Norvale Lighting", "Norvale Lighting has its head office in the city of Tamsin."),
		passage("Quill Works", "Quill Works has its head office in the city of Marrow."),
		passage("Tamsin", "Tamsin is a city on the river Ouse. Its mayor is Ana Ruiz."),
		passage("Marrow", "Marrow is a city in the hills. Its mayor is Bea Soto."),
		passage("Lamps", "A lamp gives light. Many a firm makes lamps."),
	}
}
