package agent

import (
	"context"

	"selfrag/rerank/evidence"
	"selfrag/retrieval"
)

// SelfRAG tries to answer before it plans. Its first round searches for the
// question as the user asked it, drafts an answer from the evidence, and checks
// the draft. Later rounds run only as long as no draft is supported and answers
// the question. They split the question into look-ups (a plan), or search for
// the whole question in the other language (English or Korean) or in other
// words.
//
// The steps of Self-RAG are in three places. agenda.next decides whether to
// search at all (should-retrieve) and for what (refine-query). iteration.answer
// searches, grades relevance, drafts and grades support. loop and agenda.next
// decide when to stop (terminate). After the last round conclude writes the
// answer (synthesize).
type SelfRAG struct{}

// Name is "self-rag".
func (SelfRAG) Name() string { return "self-rag" }

// mostRounds bounds the loop if the budget sets no number of rounds. The agenda
// usually runs out of queries sooner.
const mostRounds = 8

// Run runs the loop on a turn. If the loop fails, Run still makes an answer
// from what the rounds found.
func (SelfRAG) Run(ctx context.Context, t *Turn) (Answer, error) {
	f := &findings{}
	stopped, err := loop(ctx, t, f)
	return conclude(ctx, t, f, stopped, err)
}

// loop runs a round for each query of the agenda until an answer is supported
// and useful, and returns the reason to stop. Each round writes what it found
// to f, so an error does not lose the results of earlier rounds. stopped is
// SpentIterations if the number of rounds is used up. A spent budget of calls,
// tokens or time is returned as an error, which conclude turns into the reason.
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

// answer runs one round. It reports whether the answer holds, which means that
// each of its sentences is supported and the sentences together answer the
// question. If the answer does not hold, the agenda chooses what the next round
// searches for.
func (r *iteration) answer(ctx context.Context, q query) (holds bool, err error) {
	switch q.kind {
	case apart: // search for each look-up of a plan, then ask the model for all their answers in one call
		return r.followPlan(ctx, q.plan)
	case hop: // search for one look-up of the plan that has no answer yet
		return r.hop(ctx, q.text)
	}
	found, seen, err := r.search(ctx, q.text)
	if err != nil {
		return false, err
	}
	switch {
	case r.wantsMore() && (q.kind == asked || r.quotesSections(ctx)): // the question asks for a list, a reason, a comparison
		return r.answerFull(ctx, q.text, seen)
	case q.kind == asked && r.surelySeveral(ctx, seen): // hardly any sentence answers the question alone, so follow a chain of sentences
		return r.answerAcross(ctx, seen)
	case q.kind == translated: // the answer stays in the language of the question
		return r.answerFrom(ctx, r.Question.Text, found, seen)
	}
	return r.answerFrom(ctx, q.text, found, seen)
}

// answerFrom drafts an answer from the relevant passages and judges it. It does
// not ask the model if an answer is unlikely by the evidence.
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

// answerFull answers a question that asks for more than a fact, from whole
// sections or documents found for a query. A small model is not asked: the
// sections themselves are the answer (quoteSections). A larger one drafts an
// answer of several sentences, which leaves out those that are not supported.
func (r *iteration) answerFull(ctx context.Context, query string, seen evidence.Found) (holds bool, err error) {
	if r.quotesSections(ctx) {
		return r.quoteSections(ctx, query, seen)
	}
	if !r.promises(seen) {
		return false, nil
	}
	from, err := r.fullReading(ctx, query, seen)
	if err != nil || len(from.Passages) == 0 {
		return false, err
	}
	return r.tryDraft(ctx, r.Question.Text, DraftInput{Reading: from, Full: true})
}
