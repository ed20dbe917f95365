//go:build onnx

package evidence_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"selfrag/rerank"
	"selfrag/rerank/evidence"
	"selfrag/rerank/late"
	"selfrag/retrieval"
	"selfrag/retrieval/embed"
)

// sentences are about 12 tokens each, in both languages.
var sentences = []string{
	"Unused leave of the year may be carried over until the end of March. ",
	"그해에 쓰지 못한 연차는 다음 해 삼월까지 쓸 수 있습니다. ",
	"A gateway on level %d serves up to 120 sensors at a time. ",
	"%d층 회의실은 두 시간씩 나누어 씁니다. ",
}

// tokensOf is the approximate number of tokens of all sentences.
const tokensOf = 62

// passagesOf returns n passages of about the given number of tokens. No two
// runs share any.
func passagesOf(n, tokens, run int) []retrieval.Passage {
	out := make([]retrieval.Passage, n)
	for i := range out {
		var b strings.Builder
		for k := range tokens / tokensOf {
			for _, s := range sentences {
				if strings.Contains(s, "%d") {
					s = fmt.Sprintf(s, 1000*run+10*i+k)
				}
				b.WriteString(s)
			}
		}
		text := b.String()
		out[i] = retrieval.Passage{ID: fmt.Sprintf("%d-%d", run, i), Title: "Handbook", Text: text, Score: float64(n - i), End: len([]rune(text))}
	}
	return out
}

// secondStage reranks candidates and finds the evidence in the best five, as a
// search with the default settings does.
func secondStage(tb testing.TB, reranker retrieval.Reranker, finder *evidence.Finder, candidates []retrieval.Passage) {
	tb.Helper()
	const question = "How many sensors does a gateway serve on the fourth level of the building?"
	ranked, err := reranker.Rerank(tb.Context(), question, candidates)
	if err != nil {
		tb.Fatal(err)
	}
	k := min(5, len(ranked))
	found, err := finder.Find(tb.Context(), evidence.Input{Question: question, Passages: ranked[:k], Rest: ranked[k:]})
	if err != nil || len(found.Sentences) == 0 {
		tb.Fatalf("%d sentences, %v", len(found.Sentences), err)
	}
}

func openStage(tb testing.TB, cfg late.KeptConfig) (retrieval.Reranker, *evidence.Finder) {
	tb.Helper()
	model, err := embed.NewONNX(embed.ONNXConfig{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = model.Close() })
	kept, err := late.NewKept(model, cfg)
	if err != nil {
		tb.Fatal(err)
	}
	alone, err := late.New(kept, late.Config{})
	if err != nil {
		tb.Fatal(err)
	}
	reranker, err := rerank.WithPrior(alone, 0.6)
	if err != nil {
		tb.Fatal(err)
	}
	return reranker, evidence.New(keeping{model, kept}, evidence.Config{})
}

// keeping is a model that keeps the token vectors of passages.
type keeping struct {
	*embed.ONNX
	kept *late.Kept
}

func (k keeping) Tokens(ctx context.Context, text string) (retrieval.Tokens, error) {
	return k.kept.Tokens(ctx, text)
}

// BenchmarkSecondStage times reranking with evidence, for passages read for the
// first time and for passages kept from the round before.
func BenchmarkSecondStage(b *testing.B) {
	reranker, finder := openStage(b, late.KeptConfig{})
	secondStage(b, reranker, finder, passagesOf(2, 62, 0)) // warm up
	run := 0
	for _, size := range []struct{ passages, tokens int }{{5, 125}, {20, 125}, {20, 250}} {
		b.Run(fmt.Sprintf("%d passages of %d tokens", size.passages, size.tokens), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				run++
				candidates := passagesOf(size.passages, size.tokens, run)
				b.StartTimer()
				secondStage(b, reranker, finder, candidates)
			}
		})
	}
	b.Run("20 passages of 250 tokens, kept", func(b *testing.B) {
		candidates := passagesOf(20, 250, 0)
		secondStage(b, reranker, finder, candidates)
		for b.Loop() {
			secondStage(b, reranker, finder, candidates)
		}
	})
}

// TestSecondStageMemoryIsFlat checks that new passages replace old ones in
// memory: once the cache of token vectors is full, the heap does not grow any
// more.
func TestSecondStageMemoryIsFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("it reads some hundred passages")
	}
	reranker, finder := openStage(t, late.KeptConfig{Bytes: 4 << 20}) // about 20 passages
	heap := func() float64 {
		runtime.GC()
		var now runtime.MemStats
		runtime.ReadMemStats(&now)
		return float64(now.HeapAlloc) / (1 << 20)
	}
	const runs = 15
	var at [2]float64
	for run := 1; run <= 2*runs; run++ {
		secondStage(t, reranker, finder, passagesOf(10, 125, run))
		if run%runs == 0 {
			at[run/runs-1] = heap()
		}
	}
	t.Logf("%.1f MB after %d rounds, %.1f MB after %d", at[0], runs, at[1], 2*runs)
	if at[1] > at[0]+4 { // the vectors of 16 sentences per round take 0.4 MB
		t.Errorf("the heap is %.1f MB after %d rounds and %.1f MB after %d", at[0], runs, at[1], 2*runs)
	}
}
