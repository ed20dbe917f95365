package late

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"selfrag/internal/vec"
	"selfrag/retrieval"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// modelFunc returns the token vectors of a text.
type modelFunc func(ctx context.Context, text string) ([][]float32, error)

func (f modelFunc) Tokens(ctx context.Context, text string) (retrieval.Tokens, error) {
	vectors, err := f(ctx, text)
	return retrieval.Tokens{Vectors: vectors}, err
}

// words gives each word a vector of unit length: colours on one axis, fruit on
// the other, "orange" between them.
func words(_ context.Context, text string) ([][]float32, error) {
	known := map[string][]float32{"red": {1, 0}, "blue": {1, 0}, "apple": {0, 1}, "pear": {0, 1}, "orange": vec.Unit([]float32{1, 1})}
	var vectors [][]float32
	for _, w := range strings.Fields(text) {
		if v, ok := known[w]; ok {
			vectors = append(vectors, v)
		}
	}
	return vectors, nil
}

func newReranker(t *testing.T, m modelFunc, cfg Config) *Reranker {
	t.Helper()
	r, err := New(m, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRerank(t *testing.T) {
	diagonal := math.Sqrt(0.5)
	passages := []retrieval.Passage{
		{ID: "none", Text: "nothing known", Score: 9},
		{ID: "colour", Text: "blue", Score: 8},
		{ID: "between", Text: "orange", Score: 7},
		{ID: "title", Title: "red", Text: "pear", Score: 6},
		{ID: "none too", Text: "", Score: 5},
	}
	want := []struct {
		id    string
		score float64
	}{
		{"title", 1}, {"between", diagonal}, {"colour", 0.5}, {"none", 0}, {"none too", 0},
	}
	got, err := newReranker(t, words, Config{}).Rerank(t.Context(), "red apple", passages)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		t.Fatalf("got %d passages, want %d", len(got), len(want))
	}
	for i, w := range want {
		p := got[i]
		if p.ID != w.id || math.Abs(p.Score-w.score) > 1e-6 || p.Rerank == nil || *p.Rerank != p.Score {
			t.Errorf("place %d: got %s with %v (rerank %v), want %s with %v", i, p.ID, p.Score, p.Rerank, w.id, w.score)
		}
	}
	if passages[0].ID != "none" || passages[0].Score != 9 || passages[0].Rerank != nil {
		t.Errorf("the caller's passages were changed: %+v", passages[0])
	}
}

// Scores of queries of different lengths must be comparable.
func TestRerankScoreDoesNotGrowWithTheQuery(t *testing.T) {
	r := newReranker(t, words, Config{})
	for _, query := range []string{"red", "red blue", "red blue red red"} {
		got, err := r.Rerank(t.Context(), query, []retrieval.Passage{{Text: "blue apple"}})
		if err != nil || math.Abs(got[0].Score-1) > 1e-6 {
			t.Errorf("%q: got %+v, %v; want score 1", query, got, err)
		}
	}
}

func TestRerankOfNothing(t *testing.T) {
	r := newReranker(t, func(context.Context, string) ([][]float32, error) {
		t.Error("the model was asked")
		return nil, nil
	}, Config{})
	if got, err := r.Rerank(t.Context(), "q", nil); err != nil || len(got) != 0 {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestRerankFails(t *testing.T) {
	broken := errors.New("broken")
	for text, want := range map[string]string{"the query": "of the query", "the passage": "with passage p1"} {
		r := newReranker(t, func(_ context.Context, got string) ([][]float32, error) {
			if got == text {
				return nil, broken
			}
			return [][]float32{{1, 0}}, nil
		}, Config{})
		_, err := r.Rerank(t.Context(), "the query", []retrieval.Passage{{ID: "p0"}, {ID: "p1", Text: "the passage"}})
		if !errors.Is(err, broken) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q in it", text, err, want)
		}
	}
	// These vectors cannot be compared.
	r := newReranker(t, func(_ context.Context, text string) ([][]float32, error) {
		return [][]float32{make([]float32, len(text))}, nil
	}, Config{})
	if _, err := r.Rerank(t.Context(), "four", []retrieval.Passage{{Text: "seventy"}}); err == nil {
		t.Error("vectors of 4 and of 7 dimensions were compared")
	}
	if _, err := New(nil, Config{}); err == nil {
		t.Error("New took no model")
	}
}

// When the context ends, one passage is being read; no other is begun.
func TestRerankEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var asked atomic.Int32
	r := newReranker(t, func(context.Context, string) ([][]float32, error) {
		if asked.Add(1) == 2 { // the first call read the query
			cancel()
		}
		return [][]float32{{1}}, nil
	}, Config{Workers: 1})
	_, err := r.Rerank(ctx, "q", make([]retrieval.Passage, 100))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("the model was asked %d times, want 2", n)
	}
}

func TestRerankUsesWorkers(t *testing.T) {
	// Each of the three passages waits for the other two.
	var arrived atomic.Int32
	all := make(chan struct{})
	r := newReranker(t, func(ctx context.Context, text string) ([][]float32, error) {
		if text == "passage" {
			if arrived.Add(1) == 3 {
				close(all)
			}
			select {
			case <-all:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		return [][]float32{{1}}, nil
	}, Config{Workers: 3})
	passages := []retrieval.Passage{{Text: "passage"}, {Text: "passage"}, {Text: "passage"}}
	if _, err := r.Rerank(t.Context(), "q", passages); err != nil {
		t.Error(err)
	}
}

func BenchmarkMaxSim(b *testing.B) {
	matrix := func(rows int) [][]float32 {
		m := make([][]float32, rows)
		for i := range m {
			m[i] = make([]float32, 384)
			for j := range m[i] {
				m[i][j] = float32((i*31+j*17)%13) - 6
			}
			m[i] = vec.Unit(m[i])
		}
		return m
	}
	for _, size := range []struct{ query, passage int }{{16, 128}, {32, 512}} {
		q, p := matrix(size.query), matrix(size.passage)
		b.Run(fmt.Sprintf("%d tokens with %d", size.query, size.passage), func(b *testing.B) {
			for b.Loop() {
				if _, err := maxSim(q, nil, p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
