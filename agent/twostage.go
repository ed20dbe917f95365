package agent

import (
	"context"

	"selfrag/agent/claim"
	"selfrag/agent/internal/span"
	"selfrag/agent/internal/stop"
)

// TwoStage is plain two-stage retrieval-augmented generation: one search, one
// draft from what it found, no grades. It is what Self-RAG is measured
// against. Citations are verified by code all the same.
type TwoStage struct{}

// Name is "two-stage".
func (TwoStage) Name() string { return "two-stage" }

// Run searches once and writes the answer.
func (TwoStage) Run(ctx context.Context, t *Turn) (Answer, error) {
	ctx = span.InRound(ctx, 0)
	e := &gathered{}
	query := t.Question.Text
	e.iterations = []Iteration{{Subquery: query, Passages: []GradedPassage{}}}
	it := &e.iterations[0]
	a := Answer{Citations: []Citation{}, StoppedBy: StoppedSinglePass}

	found, seen, err := t.searched(ctx, 0, query)
	if err == nil {
		e.saw(found, seen, "")
		it.Passages = ungraded(found.Passages)
		var draft Draft
		if len(found.Passages) > 0 {
			draft, err = t.Steps.Draft(ctx, DraftInput{
				Question: query, Passages: found.Passages,
				OnToken: t.pieces(func(s string) Event { return DraftDelta{Text: s} }),
			})
		}
		if err == nil {
			it.Draft = draft.Text
			e.didWithout(didNotFit(draft.Dropped))
			t.Emit(Drafted{Draft: draft})
			a.Text, a.Citations = claim.Compose(draft.Sentences, found.Passages)
		}
	}
	if what, isSpent := stop.Spent(err); isSpent {
		a.StoppedBy = what
	} else if err != nil {
		return Answer{}, err
	}
	a.Iterations, a.Degraded, a.Ranking = e.iterations, e.degraded, e.pool.Ranking()
	if a.Text == "" {
		a.abstain(t.Language, e)
	}
	return a, nil
}
