package agent

import (
	"context"
	"time"

	"selfrag/prompts"
)

// rollout makes one child of the tree. It takes the action of the child, then
// answers the question from the passages of the child.
type rollout struct {
	turn   *Turn
	events []Event

	found  *findings
	made   bool
	holds  bool // this is the rollout of the root, its answer is supported and useful, and one place likely answers the question
	answer string
	reward float64
}

func (r *rollout) run(ctx context.Context, b branch) (err error) {
	child := b.child
	ctx = b.startNode(ctx)
	defer func() { child.span.done = time.Now() }()
	if b.parent != nil {
		child.pool.Merge(&b.parent.pool)
	}
	it := &iteration{Turn: r.turn, findings: r.found, record: Iteration{Passages: []GradedPassage{}}}
	defer it.end()
	if ok, err := r.act(ctx, child, it); err != nil || !ok {
		it.record.Subquery = "" // an action that finds nothing new is not a round
		return err
	}
	r.made = true
	it.record.Subquery = child.Query
	passages := child.pool.Best()
	it.record.Passages = ungraded(passages)
	if len(passages) == 0 {
		return nil
	}
	question := r.turn.Question.Text
	if child.Action == actionRoot && it.quotesSections(ctx) {
		if r.holds, err = it.quoteSections(ctx, question, it.evidence); err != nil || r.holds {
			r.answer, r.reward = it.record.Draft, it.record.Usefulness.Value
			return err
		}
	}
	from, err := it.readingFor(ctx, []string{question}, passages)
	if err != nil {
		return err
	}
	draft, err := it.Steps.Draft(ctx, DraftInput{Question: question, Reading: from})
	if err != nil {
		return err
	}
	j, err := it.judge(ctx, draft, from)
	it.take(j)
	if len(j.supported) > 0 {
		r.answer = textOf(j.supported)
		r.reward = j.reward(r.turn.Config.Weights)
		child.known = append(child.known, r.answer)
	}
	r.holds = child.Action == actionRoot && j.useful(r.turn.Config) && it.evidence.OnePlace >= leastOnePlace
	return err
}

// act makes the searches of the child's action, such as a search for a
// rephrased question, and adds the found passages to the child's pool. It
// reports whether the action found anything new.
func (r *rollout) act(ctx context.Context, child *leaf, it *iteration) (bool, error) {
	question := r.turn.Question.Text
	switch child.Action {
	case actionRoot:
		child.Query = question
	case actionDecompose:
		child.Query = question
		return r.decompose(ctx, child)
	case actionSub, actionRephrase:
		in := prompts.RefineQuery{Question: question, Asked: child.asked}
		if child.Action == actionSub {
			in.Known = child.known
		}
		query, err := r.turn.Steps.RefineQuery(ctx, in)
		if err != nil || query == "" {
			return false, err
		}
		child.Query = query
	}
	it.ask(child.Query)
	if _, _, err := it.search(ctx, child.Query); err != nil {
		return false, err
	}
	child.pool.Merge(&r.found.pool)
	return true, nil
}

func (r *rollout) decompose(ctx context.Context, child *leaf) (bool, error) {
	t := r.turn
	plan, err := t.Steps.makePlan(ctx, prompts.Plan{Question: t.Question.Text})
	if err != nil {
		return false, err
	}
	found, paths, err := t.Steps.follow(ctx, t.Question.Text, plan)
	if err != nil {
		return false, err
	}
	t.Emit(Planned{Plan: plan, Paths: paths})
	child.plan = plan.Several(t.Question.Text)
	child.pool.Add(found)
	return true, nil
}
