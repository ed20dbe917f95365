package rerank

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"selfrag/retrieval"
)

// counting scores with score and counts the passages that it was asked about.
type counting struct {
	score func(p retrieval.Passage) float64
	asked int
}

func (c *counting) Rerank(_ context.Context, _ string, passages []retrieval.Passage) ([]retrieval.Passage, error) {
	c.asked += len(passages)
	out := slices.Clone(passages)
	for i := range out {
		s := c.score(out[i])
		out[i].Score, out[i].Rerank = s, &s
	}
	retrieval.SortByScore(out)
	return out, nil
}

// numbered returns passages whose ids and texts are their numbers.
func numbered(n int) []retrieval.Passage {
	out := make([]retrieval.Passage, n)
	for i := range out {
		out[i] = retrieval.Passage{ID: fmt.Sprintf("%03d", i), Text: fmt.Sprintf("%03d", i)}
	}
	return out
}

func number(p retrieval.Passage) float64 {
	var n float64
	_, _ = fmt.Sscan(strings.TrimLeft(p.ID[:len(p.ID)-1], "0")+p.ID[len(p.ID)-1:], &n)
	return n
}

func ids(passages []retrieval.Passage) string {
	var out []string
	for _, p := range passages {
		out = append(out, strings.TrimLeft(p.ID, "0"))
	}
	return strings.Join(out, " ")
}

func TestCascade(t *testing.T) {
	up := &counting{score: number}
	down := &counting{score: func(p retrieval.Passage) float64 { return -1e9 * number(p) }}
	c, err := NewCascade(Stage{up, 4}, Stage{down, 2}, Stage{Reranker: up})
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Rerank(t.Context(), "q", numbered(8)[1:])
	if err != nil {
		t.Fatal(err)
	}
	// The first stage keeps 7 6 5 4, the second keeps 4 5 of these, and the
	// third orders them.
	if ids(got) != "5 4 6 7 3 2 1" {
		t.Errorf("got %s", ids(got))
	}
	if up.asked != 7+2 || down.asked != 4 {
		t.Errorf("asked about %d and %d passages", up.asked, down.asked)
	}
	again := slices.Clone(got)
	retrieval.SortByScore(again)
	if ids(again) != ids(got) {
		t.Errorf("sorted by score they are %s", ids(again))
	}
	if got, err := c.Rerank(t.Context(), "q", nil); err != nil || len(got) != 0 {
		t.Errorf("nothing: got %v, %v", got, err)
	}
	for _, stages := range [][]Stage{nil, {{}}, {{up, -1}}} {
		if _, err := NewCascade(stages...); err == nil {
			t.Errorf("%v was taken", stages)
		}
	}
	broken, err := NewCascade(Stage{up, 1}, Stage{Reranker: fails{}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := broken.Rerank(t.Context(), "q", numbered(3)); !errors.Is(err, errBroken) {
		t.Errorf("got %v", err)
	}
}

var errBroken = errors.New("broken")

type fails struct{}

func (fails) Rerank(context.Context, string, []retrieval.Passage) ([]retrieval.Passage, error) {
	return nil, errBroken
}

func TestCache(t *testing.T) {
	inner := &counting{score: number}
	c, err := NewCache(inner, "m", CacheConfig{Scores: 50})
	if err != nil {
		t.Fatal(err)
	}
	passages := numbered(10)
	ask := func(query string, passages []retrieval.Passage, wantAsked int) {
		t.Helper()
		before := inner.asked
		got, err := c.Rerank(t.Context(), query, slices.Clone(passages))
		if err != nil || len(got) != len(passages) {
			t.Fatalf("got %v, %v", got, err)
		}
		if n := inner.asked - before; n != wantAsked {
			t.Errorf("%q: asked about %d passages, want %d", query, n, wantAsked)
		}
		for i, p := range got {
			if p.Rerank == nil || *p.Rerank != number(p) || p.Score != number(p) || i > 0 && got[i-1].Score < p.Score {
				t.Errorf("%q: passage %s has score %v", query, p.ID, p.Score)
			}
		}
	}
	ask("q", passages[:5], 5)
	ask("q", passages, 5)
	ask("q", passages, 0)
	ask("q2", passages[:3], 3)
	changed := slices.Clone(passages)
	changed[2].Text = "another text"
	ask("q", changed, 1)
	changed[3].Title = "a title is read too"
	ask("q", changed, 1)
	for i := range 5 { // more than it holds
		ask(fmt.Sprint("other", i), passages, 10)
	}
	ask("q", passages, 10)

	if _, err := NewCache(nil, "m", CacheConfig{}); err == nil {
		t.Error("no reranker was taken")
	}
	if _, err := NewCache(inner, "", CacheConfig{}); err == nil {
		t.Error("no model was taken")
	}
	broken, _ := NewCache(fails{}, "m", CacheConfig{})
	if _, err := broken.Rerank(t.Context(), "q", passages); !errors.Is(err, errBroken) {
		t.Errorf("got %v", err)
	}
}

// Passages without a score must be neither remembered nor reordered.
func TestCacheOfUnscored(t *testing.T) {
	inner := &counting{score: number}
	c, err := NewCache(ForLanguages(inner, []string{"en"}), "m", CacheConfig{})
	if err != nil {
		t.Fatal(err)
	}
	passages := numbered(4)
	got, err := c.Rerank(t.Context(), "한국어 질문", passages)
	if err != nil || ids(got) != ids(passages) || inner.asked != 0 {
		t.Errorf("got %s, %v, asked %d", ids(got), err, inner.asked)
	}
}

func TestAtLeast(t *testing.T) {
	got, err := AtLeast(&counting{score: number}, 3).Rerank(t.Context(), "q", numbered(6))
	if err != nil || ids(got) != "5 4 3" {
		t.Errorf("got %s, %v", ids(got), err)
	}
	unscored := AtLeast(ForLanguages(&counting{score: number}, []string{"en"}), 3)
	if got, err := unscored.Rerank(t.Context(), "질문", numbered(6)); err != nil || len(got) != 6 {
		t.Errorf("unscored: got %s, %v", ids(got), err)
	}
}

type waits struct{}

func (waits) Rerank(ctx context.Context, _ string, _ []retrieval.Passage) ([]retrieval.Passage, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestWithin(t *testing.T) {
	if _, err := Within(waits{}, time.Millisecond).Rerank(t.Context(), "q", numbered(2)); !errors.Is(err, ErrDeadline) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Within(waits{}, time.Hour).Rerank(ctx, "q", numbered(2)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if got, err := Within(&counting{score: number}, time.Hour).Rerank(t.Context(), "q", numbered(2)); err != nil || ids(got) != "1 " {
		t.Errorf("got %q, %v", ids(got), err)
	}
}

// The fit finds the curve from which the labels were drawn.
func TestFitCalibration(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, want := range []Calibration{{1, 0}, {0.5, 2}, {3, -1}, {40, -20}, {1e-3, 0.1}} {
		scores := make([]float64, 20_000)
		relevant := make([]bool, len(scores))
		for i := range scores {
			scores[i] = (random.NormFloat64()*2 - want.Intercept) / want.Slope
			relevant[i] = random.Float64() < want.Probability(scores[i])
		}
		got, err := FitCalibration(scores, relevant)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(got.Slope/want.Slope-1) > 0.1 || math.Abs(got.Intercept-want.Intercept) > 0.15*(1+math.Abs(want.Intercept)) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

func TestFitCalibrationAtTheEdge(t *testing.T) {
	parted, err := FitCalibration([]float64{-2, -1, 1, 2}, []bool{false, false, true, true})
	if err != nil || math.IsInf(parted.Slope, 0) || math.IsNaN(parted.Slope) || parted.Probability(-2) > 0.3 || parted.Probability(2) < 0.7 {
		t.Errorf("parted classes: got %+v, %v", parted, err)
	}
	for name, c := range map[string]struct {
		scores   []float64
		relevant []bool
	}{
		"lengths":    {[]float64{1}, nil},
		"nothing":    {nil, nil},
		"one class":  {[]float64{1, 2}, []bool{true, true}},
		"same score": {[]float64{1, 1}, []bool{true, false}},
		"NaN":        {[]float64{1, math.NaN()}, []bool{true, false}},
	} {
		if got, err := FitCalibration(c.scores, c.relevant); err == nil {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

func TestCalibrated(t *testing.T) {
	got, err := Calibrated(&counting{score: number}, Calibration{Slope: 1, Intercept: -2}).Rerank(t.Context(), "q", numbered(4))
	if err != nil || ids(got) != "3 2 1 " || *got[1].Rerank != 0.5 || got[1].Score != 0.5 {
		t.Errorf("got %v, %v", got, err)
	}
}
