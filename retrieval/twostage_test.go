package retrieval_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"selfrag/retrieval"
)

// lists is a store that returns fixed rankings.
type lists struct{ dense, lexical []retrieval.Passage }

func (l lists) Dense(_ context.Context, r retrieval.Request) ([]retrieval.Passage, error) {
	return l.dense[:min(r.K, len(l.dense))], nil
}

func (l lists) Lexical(_ context.Context, r retrieval.Request) ([]retrieval.Passage, error) {
	return l.lexical[:min(r.K, len(l.lexical))], nil
}

// denseOnly is a store that cannot search lexically.
type denseOnly struct{ lists }

func (denseOnly) Lexical(context.Context, retrieval.Request) ([]retrieval.Passage, error) {
	return nil, fmt.Errorf("%w: the server is too old", retrieval.ErrNoLexical)
}

func TestWithoutLexical(t *testing.T) {
	store := denseOnly{lists{dense: ranked("dense", "a", 0.8, "b", 0.5)}}
	for _, mode := range []retrieval.Mode{retrieval.Hybrid, retrieval.Lexical} {
		two, err := retrieval.New(store, oneVector{}, nil, retrieval.Config{Mode: mode})
		if err != nil {
			t.Fatal(err)
		}
		result, err := two.Search(t.Context(), "question")
		if mode == retrieval.Lexical {
			if !errors.Is(err, retrieval.ErrNoLexical) {
				t.Errorf("lexical: got %v", err)
			}
			continue
		}
		if err != nil || idsOf(result.Passages) != "a b" || !strings.Contains(result.Degraded, "too old") {
			t.Errorf("hybrid: got %+v, %v", result, err)
		}
	}
}

type oneVector struct{}

func (oneVector) EmbedQuery(context.Context, string) ([]float32, error) { return []float32{1}, nil }

type rerankFunc func(context.Context, []retrieval.Passage) ([]retrieval.Passage, error)

func (f rerankFunc) Rerank(ctx context.Context, _ string, p []retrieval.Passage) ([]retrieval.Passage, error) {
	return f(ctx, p)
}

func ranked(side string, idsAndScores ...any) []retrieval.Passage {
	var out []retrieval.Passage
	for i := 0; i < len(idsAndScores); i += 2 {
		score := idsAndScores[i+1].(float64)
		p := retrieval.Passage{ID: idsAndScores[i].(string), Score: score}
		if side == "dense" {
			p.Dense = &score
		} else {
			p.Lexical = &score
		}
		out = append(out, p)
	}
	return out
}

func idsOf(passages []retrieval.Passage) string {
	ids := make([]string, len(passages))
	for i, p := range passages {
		ids[i] = p.ID
	}
	return strings.Join(ids, " ")
}

func TestSearch(t *testing.T) {
	store := lists{ranked("dense", "a", 0.8, "b", 0.5, "c", 0.1), ranked("lexical", "c", 10.0, "b", 9.0, "d", 2.0)}
	reverse := rerankFunc(func(_ context.Context, p []retrieval.Passage) ([]retrieval.Passage, error) {
		slices.Reverse(p)
		return p, nil
	})
	broken := rerankFunc(func(context.Context, []retrieval.Passage) ([]retrieval.Passage, error) {
		return nil, errors.New("out of memory")
	})
	slow := rerankFunc(func(ctx context.Context, _ []retrieval.Passage) ([]retrieval.Passage, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	for _, tc := range []struct {
		name     string
		cfg      retrieval.Config
		reranker retrieval.Reranker
		want     string
		degraded string
	}{
		{"dense", retrieval.Config{Mode: retrieval.Dense, K2: 2}, nil, "a b", ""},
		{"lexical", retrieval.Config{Mode: retrieval.Lexical}, nil, "c b d", ""},
		{"hybrid", retrieval.Config{DenseWeight: 0.5}, nil, "b a c d", ""},
		{"hybrid, fewer than are fused", retrieval.Config{DenseWeight: 0.5, K1: 2, K2: 1}, nil, "b", ""},
		{"reranked", retrieval.Config{Mode: retrieval.Lexical, K2: 2}, reverse, "d b", ""},
		{"reranker fails", retrieval.Config{Mode: retrieval.Lexical}, broken, "c b d", "out of memory"},
		{"reranker is slow", retrieval.Config{Mode: retrieval.Lexical, RerankTimeout: time.Millisecond}, slow, "c b d", "longer than 1ms"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, err := retrieval.New(store, oneVector{}, tc.reranker, tc.cfg)
			if err != nil {
				t.Fatal(err)
			}
			res, err := r.Search(t.Context(), "q")
			if err != nil || idsOf(res.Passages) != tc.want || !strings.Contains(res.Degraded, tc.degraded) || (tc.degraded == "") != (res.Degraded == "") {
				t.Errorf("got %s, %q, %v", idsOf(res.Passages), res.Degraded, err)
			}
		})
	}
}

// The first passage shows which side weighs more: d is first for the dense
// side, l for the lexical one.
func TestDenseWeightByLanguage(t *testing.T) {
	store := lists{ranked("dense", "d", 0.9, "l", 0.1, "x", 0.1, "y", 0.1), ranked("lexical", "l", 9.0, "d", 1.0, "x", 1.0, "y", 1.0)}
	english := retrieval.EmbedderSpec{Languages: []string{"en"}}
	for _, tc := range []struct {
		name, query string
		cfg         retrieval.Config
		want        string
	}{
		{"English", "which one?", retrieval.Config{Spec: english}, "d"},
		{"Korean, known", "어느 것인가요?", retrieval.Config{}, "l"},
		{"Korean, unknown", "어느 것인가요?", retrieval.Config{Spec: english}, "l"},
		{"as told", "어느 것인가요?", retrieval.Config{Spec: english, DenseWeight: 0.9}, "d"},
	} {
		r, err := retrieval.New(store, oneVector{}, nil, tc.cfg)
		if err != nil {
			t.Fatal(err)
		}
		if res, err := r.Search(t.Context(), tc.query); err != nil || res.Passages[0].ID != tc.want {
			t.Errorf("%s: got %s, %v; want %s first", tc.name, idsOf(res.Passages), err, tc.want)
		}
	}
}

func TestSearchRefuses(t *testing.T) {
	if _, err := retrieval.New(lists{}, nil, nil, retrieval.Config{}); err == nil {
		t.Error("hybrid search without an embedder")
	}
	if _, err := retrieval.New(lists{}, nil, nil, retrieval.Config{Mode: "psychic"}); err == nil {
		t.Error("an unknown mode")
	}
	r, err := retrieval.New(lists{}, nil, nil, retrieval.Config{Mode: retrieval.Lexical})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Search(t.Context(), " \n"); err == nil {
		t.Error("an empty query")
	}
}

func TestCancelledRerankIsAnError(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	stop := rerankFunc(func(ctx context.Context, _ []retrieval.Passage) ([]retrieval.Passage, error) {
		cancel()
		return nil, ctx.Err()
	})
	r, err := retrieval.New(lists{lexical: ranked("lexical", "a", 1.0)}, nil, stop, retrieval.Config{Mode: retrieval.Lexical})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Search(ctx, "q"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestSchemaDocumentsRoundTrip(t *testing.T) {
	p := retrieval.Passage{ID: "i", Document: "d", Source: "s", Title: "t", Text: "본문", Start: 3, End: 5, Score: 0.5,
		Metadata: map[string]any{"page": 2.0}}
	got := retrieval.FromSchema(retrieval.ToSchema(p))
	if got.ID != p.ID || got.Source != p.Source || got.Start != 3 || got.End != 5 || got.Text != p.Text || got.Metadata["page"] != 2.0 || len(got.Metadata) != 1 {
		t.Errorf("got %+v", got)
	}
}

// Copies of a document give one result that names the others, and do not keep
// other documents out.
func TestCopiesAreOneResult(t *testing.T) {
	var all []retrieval.Passage
	for i := range 40 {
		score := 9.0
		all = append(all, retrieval.Passage{ID: fmt.Sprint("c", i), Document: "same", Source: fmt.Sprintf("copy%02d.md", 39-i), Start: 3, End: 9, Score: score, Lexical: &score})
	}
	other := 1.0
	all = append(all,
		retrieval.Passage{ID: "d", Document: "same", Source: "copy00.md", Start: 12, End: 20, Score: other, Lexical: &other},
		retrieval.Passage{ID: "e", Document: "different", Source: "e.md", Start: 3, End: 9, Score: other, Lexical: &other},
		retrieval.Passage{ID: "f", Score: other, Lexical: &other}, retrieval.Passage{ID: "g", Score: other, Lexical: &other})
	two, err := retrieval.New(lists{lexical: all}, nil, nil, retrieval.Config{Mode: retrieval.Lexical})
	if err != nil {
		t.Fatal(err)
	}
	result, err := two.Search(t.Context(), "question")
	if err != nil {
		t.Fatal(err)
	}
	if got := idsOf(result.Passages); got != "c39 d e f g" {
		t.Fatalf("got %s", got)
	}
	first := result.Passages[0]
	if first.Source != "copy00.md" || len(first.Copies) != 39 || first.Copies[0] != "copy01.md" || first.Score != 9 {
		t.Errorf("got %+v", first)
	}
}
