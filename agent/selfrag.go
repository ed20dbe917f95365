package agent

import (
	"context"

	"selfrag/rerank/evidence"
	"selfrag/retrieval"
)

// SelfRAG answers first: it searches for the question as it was asked, drafts
// an answer from the evidence, and checks it. Only while no answer holds, it
// asks on: for the parts of the question, in the other language, in other
// words.
//
// A round takes Self-RAG's steps in their order: should-retrieve and
// refine-query (agenda.next), then search, grade-relevance, draft,
// grade-support and terminate (iteration.answer). synthesize comes after the
// last round (conclude).
type SelfRAG struct{}

// Name is "self-rag".
func (SelfRAG) Name() string { return "self-rag" }

// mostRounds bounds the loop if the budget sets no number of rounds. Nearly
// always the agenda has nothing left to ask before that.
const mostRounds = 8

// Run runs the loop on a turn.
func (SelfRAG) Run(ctx context.Context, t *Turn) (Answer, error) {
	f := &findings{}
	stopped, err := loop(ctx, t, f)
	return conclude(ctx, t, f, stopped, err)
}

// loop asks what the agenda says until an answer holds, and returns the reason
// to stop. The findings of a round stay even if a later round fails.
func loop(ctx context.Context, t *Turn, f *findings) (stopped string, err error) {
	todo := newAgenda()
	for ctx, r := range t.iterations(ctx, f, mostRounds) {
		q, err := todo.next(ctx, r)
		if err != nil || q.kind == noQuery {
			return todo.stopped, err
		}
		holds, err := r.answer(ctx, q)
		if err != nil {
			return "", err
		}
		if holds {
			return StoppedSupported, nil
		}
		todo.learn(q, r)
	}
	return SpentIterations, nil
}

// answer searches for the query and tries to answer it. It reports whether the
// answer holds: every sentence is supported, and together they answer the
// question.
func (r *iteration) answer(ctx context.Context, q query) (holds bool, err error) {
	switch q.kind {
	case apart: // follow the plan of look-ups, and read the passages on it at once
		return r.followPlan(ctx, q.plan)
	case hop: // one look-up of the plan whose answer was not among those passages
		return r.hop(ctx, q.text)
	}
	found, seen, err := r.search(ctx, q.text)
	if err != nil {
		return false, err
	}
	switch {
	case q.kind == asked && r.wantsMore(): // a list, a reason, a comparison
		return r.answerFull(ctx, seen)
	case q.kind == asked && r.surelySeveral(ctx, seen): // no single place answers the whole question
		return r.answerAcross(ctx, seen)
	case q.kind == translated: // the answer stays in the language of the question
		return r.answerFrom(ctx, r.Question.Text, found, seen)
	}
	return r.answerFrom(ctx, q.text, found, seen)
}

// answerFrom drafts an answer from the relevant passages and judges it. If the
// evidence makes an answer too unlikely, it asks no model.
func (r *iteration) answerFrom(ctx context.Context, question string, found []retrieval.Passage, seen evidence.Found) (holds bool, err error) {
	if !r.promises(seen) {
		return false, nil
	}
	from, err := r.relevant(ctx, question, found, seen)
	if err != nil || len(from.Passages) == 0 {
		return false, err
	}
	return r.tryDraft(ctx, question, DraftInput{Reading: from})
}

// answerFull drafts an answer of several sentences from whole sections or
// documents, and judges it. The answer leaves out sentences that are not
// supported.
func (r *iteration) answerFull(ctx context.Context, seen evidence.Found) (holds bool, err error) {
	if !r.promises(seen) {
		return false, nil
	}
	found, err := r.Steps.Search(ctx, r.Question.Text) // the round's own search, from the turn's cache
	if err != nil {
		return false, err
	}
	from, err := r.fullReading(ctx, found, seen)
	if err != nil || len(from.Passages) == 0 {
		return false, err
	}
	return r.tryDraft(ctx, r.Question.Text, DraftInput{Reading: from, Full: true})
}
