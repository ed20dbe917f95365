package agent

import (
	"context"

	"selfrag/agent/claim"
)

// TwoStage is plain two-stage retrieval-augmented generation: one search, one
// draft from the evidence it found, no grades. It is the baseline that Self-RAG
// is compared with, so it reads passages and drafts in the same way as
// Self-RAG. Code still verifies the citations.
type TwoStage struct{}

// Name is "two-stage".
func (TwoStage) Name() string { return "two-stage" }

// Run searches once and writes the answer.
func (TwoStage) Run(ctx context.Context, t *Turn) (Answer, error) {
	return t.once(ctx, func(ctx context.Context, r *iteration, a *Answer) error {
		found, seen, err := r.search(ctx, t.Question.Text)
		if err != nil || len(found) == 0 {
			return err
		}
		from := r.Steps.readingOf(ctx, found, seen)
		if r.wantsMore() {
			if from, err = r.fullReading(ctx, t.Question.Text, seen); err != nil {
				return err
			}
		}
		draft, err := r.Steps.Draft(ctx, DraftInput{
			Question: t.Question.Text, Reading: from, Full: r.wantsMore(), OnToken: t.pieces(func(s string) Event { return DraftDelta{Text: s} }),
		})
		if err != nil {
			return err
		}
		r.record.Draft = draft.Text
		r.didWithout(didNotFit(draft.Dropped))
		r.Emit(Drafted{Draft: draft})
		a.Text, a.Citations = claim.Compose(draft.Sentences, from.Passages)
		return nil
	})
}

// once returns an answer made by one round without grades, or an abstention.
func (t *Turn) once(ctx context.Context, round func(context.Context, *iteration, *Answer) error) (Answer, error) {
	f, a := &findings{}, Answer{Question: t.Question.Text, Citations: []Citation{}, StoppedBy: StoppedSinglePass}
	var err error
	for ctx, r := range t.iterations(ctx, f, 1) {
		r.ask(t.Question.Text)
		err = round(ctx, r, &a)
		break
	}
	if ended := a.stopFor(err); ended != nil {
		return Answer{}, ended
	}
	failure := t.Steps.failure(err)
	if a.Text == "" && failure.err != nil {
		return Answer{}, failure.err
	}
	a.Iterations, a.Degraded, a.Ranking = f.iterations, joined(f.degraded, failure.what), f.ranking()
	if a.Text == "" {
		a.Abstain(f.asked(), f.evidence)
	}
	a.mention(t.Language, f.evidence.Changes)
	return a, nil
}
