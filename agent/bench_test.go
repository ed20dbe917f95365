package agent

import (
	"fmt"
	"strings"
	"testing"

	"selfrag/retrieval"
)

// BenchmarkIteration measures our own code in a round of self-rag: the model
// and the retriever answer at once, from five passages of 500 runes. Each turn
// has three rounds, because no answer is ever useful.
func BenchmarkIteration(b *testing.B) {
	passages := make([]retrieval.Passage, 5)
	for i := range passages {
		text := strings.Repeat(fmt.Sprintf("The Harbour team %d moved to Norvale in 19%d0 and is led by Ana Ruiz. ", i, i), 8)[:500]
		passages[i] = retrieval.Passage{ID: fmt.Sprint(i), Document: fmt.Sprint(i), Source: "s", Title: fmt.Sprint("Team ", i), Text: text, End: 500}
	}
	n := 0
	m := prober{&scripted{
		write: func(sent) (string, error) {
			n++
			return fmt.Sprintf("The Harbour team moved to Norvale in 1910 [1]. It is led by Ana Ruiz [2]. This is query %d.", n), nil
		},
		next: gradesBy("Yes", "Yes", "No"),
	}}
	a, err := New(m, found(passages), nil, Config{})
	if err != nil {
		b.Fatal(err)
	}
	rounds := 0
	for b.Loop() {
		answer, err := a.Answer(b.Context(), Question{Text: "Where did the Harbour team move?"})
		if err != nil {
			b.Fatal(err)
		}
		rounds += len(answer.Iterations)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(rounds), "ms/iteration")
}
