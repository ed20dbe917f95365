package agent

import (
	"context"
	"iter"

	"selfrag/agent/internal/span"

	"selfrag/rerank/evidence"
	"selfrag/retrieval"
)

// iteration is one round of a strategy. record is the record of the round in
// the answer: the query, the passages, the claims and the grades.
type iteration struct {
	*Turn
	*findings
	n      int  // counted from 0
	last   bool // the budget allows no round after it
	record Iteration
}

// iterations yields the rounds of a turn. If the budget sets no maximum number
// of rounds, the maximum is limit. A round with a query is recorded when it
// ends, even if it ends with an error.
func (t *Turn) iterations(ctx context.Context, f *findings, limit int) iter.Seq2[context.Context, *iteration] {
	return func(yield func(context.Context, *iteration) bool) {
		bound := t.rounds(limit)
		for n := 0; n < bound; n++ {
			r := &iteration{Turn: t, findings: f, n: n, last: n+1 == bound, record: Iteration{Passages: []GradedPassage{}}}
			again := yield(span.InRound(ctx, n), r)
			r.end()
			if !again {
				return
			}
		}
	}
}

// end records a round that has a query.
func (r *iteration) end() {
	if r.record.Subquery == "" {
		return
	}
	r.findings.iterations = append(r.findings.iterations, r.record)
	r.Emit(IterationEnded{Iteration: r.record, Score: score(r.record, r.Config.Weights)})
}

// ask sets the query of the round.
func (r *iteration) ask(query string) {
	r.record.Subquery = query
	r.Emit(QueryRefined{Iteration: r.n, Query: query})
}

// search searches for the query of the round and finds the evidence for it.
func (r *iteration) search(ctx context.Context, query string) ([]retrieval.Passage, evidence.Found, error) {
	found, seen, err := r.searched(ctx, r.n, query)
	if err != nil {
		return nil, seen, err
	}
	language := r.foreign(query)
	r.saw(found, seen, language)
	passages := inLanguage(language, found.Passages)
	r.record.Passages = ungraded(passages)
	return passages, seen, nil
}

// score returns w_rel*relevance + w_sup*support + w_use*usefulness, where
// relevance is the grade of the best passage. Unknown grades count as 0.
func score(it Iteration, w Weights) float64 {
	best := 0.0
	for _, p := range it.Passages {
		best = max(best, p.Relevance.Value)
	}
	return w.Relevance*best + w.Support*it.Support.Value + w.Usefulness*it.Usefulness.Value
}
