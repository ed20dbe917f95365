package agent

import (
	"context"

	"selfrag/agent/multihop"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// followPlan reads what a plan asks for off the passages that were found along
// it. A passage on the way need not help with the question as a whole, so all
// are read. What could not be read is looked up in rounds of its own, by hop.
func followPlan(ctx context.Context, t *Turn, e *gathered, i int, it *Iteration, plan multihop.Plan, found []retrieval.Passage, last bool) (done bool, err error) {
	it.Passages = ungraded(found)
	progress, dropped, err := t.Steps.ReadPlan(ctx, PlanInput{t.Question.Text, plan, found})
	if err != nil {
		return false, err
	}
	e.didWithout(didNotFit(dropped))
	e.progress = progress
	return arrive(ctx, t, e, i, it, last)
}

// hop looks up the next thing of a plan, with the names that earlier look-ups
// found, and goes one step further along it. Where that finds nothing, the
// plan is given up, and the question is answered from all that was found.
func hop(ctx context.Context, t *Turn, e *gathered, i int, last bool) (done bool, err error) {
	n, lookup := e.progress.Next()
	t.Emit(QueryRefined{Iteration: i, Query: lookup})
	repeated := text.Among(e.asked(), lookup)
	it, end := e.begin(t, lookup)
	defer end()
	if repeated {
		return giveUpPlan(ctx, t, e, i, it)
	}
	answer, found, err := lookUpAnswer(ctx, t, e, i, it, lookup)
	if err != nil {
		return false, err
	}
	e.progress.MarkSearched(n)
	if e.progress.Take(answer, found) {
		answers := e.progress.Sentences()
		it.Draft = answers[len(answers)-1].Shown()
		return arrive(ctx, t, e, i, it, last)
	}
	return giveUpPlan(ctx, t, e, i, it)
}

// arrive judges what a plan found as a draft, once its last look-up is
// answered. An answer that its passage does not support was often read off the
// wrong passage, so it gets a search of its own; after that, and where no other
// round follows, the plan is given up.
func arrive(ctx context.Context, t *Turn, e *gathered, i int, it *Iteration, last bool) (done bool, err error) {
	draft, passages := Draft{Draft: e.progress.Draft()}, e.progress.Passages()
	e.read = append(e.read, passages...)
	if !e.progress.Complete() {
		draft.NotFound = len(draft.Sentences) == 0
		t.Emit(Drafted{Iteration: i, Draft: draft})
		if last {
			return giveUpPlan(ctx, t, e, i, it)
		}
		return false, nil
	}
	read, err := judge(ctx, t, e, i, draft, passages)
	if err != nil || read.useful(t.Config) {
		read.into(it, e, passages)
		return err == nil, err
	}
	e.refuse(read, passages)
	if t.Config.uses(HeuristicOffTopic) {
		e.noteOffTopic(read.draft, e.progress.Answer(), t.Steps.sources(t.Question.Text, passages))
	}
	if !last && e.progress.Reconsider(claimsOf(read.supported)) {
		return false, nil
	}
	return giveUpPlan(ctx, t, e, i, it)
}

// giveUpPlan answers the question from the best of all that was found.
func giveUpPlan(ctx context.Context, t *Turn, e *gathered, i int, it *Iteration) (done bool, err error) {
	e.progress = nil
	it.Passages = []GradedPassage{}
	return answerFrom(ctx, t, e, i, it, t.Question.Text, e.pool.Best())
}
