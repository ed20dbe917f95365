package agent

import (
	"context"
	"time"

	"selfrag/prompts"
	"selfrag/rerank/evidence"
)

// rollout makes one child: it takes the action, then answers from what the
// child knows.
type rollout struct {
	turn   *Turn
	events []Event

	iterations []Iteration
	nearest    []evidence.Sentence
	degraded   string
	made       bool
	gathered   *gathered
	answer     string
	reward     float64
}

func (r *rollout) run(ctx context.Context, b branch) error {
	t, child := r.turn, b.child
	ctx = b.startNode(ctx)
	defer func() { child.span.done = time.Now() }()
	if b.parent != nil {
		child.pool.Merge(&b.parent.pool)
	}
	if ok, err := r.act(ctx, child); err != nil || !ok {
		return err
	}
	r.made = true
	it := Iteration{Subquery: child.Query, Passages: []GradedPassage{}}
	defer func() { r.iterations = append(r.iterations, it) }()
	passages := child.pool.Best()
	it.Passages = ungraded(passages)
	if len(passages) == 0 {
		return nil
	}
	// Without the plan, which not every node has: their rewards are compared.
	r.gathered = &gathered{unplanned: true}
	draft, err := t.Steps.Draft(ctx, DraftInput{Question: t.Question.Text, Passages: passages})
	if err != nil {
		return err
	}
	if draft, err = t.Steps.SpellOut(ctx, t.Question.Text, draft, passages); err != nil {
		return err
	}
	j, err := judge(ctx, t, r.gathered, 0, draft, passages)
	j.into(&it, r.gathered, passages)
	if len(j.supported) > 0 {
		r.answer = textOf(j.supported)
		r.reward = j.reward(t.Config.Weights)
		child.known = append(child.known, r.answer)
	}
	return err
}

// act looks up what the action says and adds it to the child's pool; false
// when it led nowhere new.
func (r *rollout) act(ctx context.Context, child *leaf) (bool, error) {
	t := r.turn
	question := t.Question.Text
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
		query, err := t.Steps.RefineQuery(ctx, in)
		if err != nil || query == "" {
			return false, err
		}
		child.Query = query
	}
	t.Emit(QueryRefined{Iteration: 0, Query: child.Query})
	found, seen, err := t.searched(ctx, 0, child.Query)
	if err != nil {
		return false, err
	}
	r.nearest, r.degraded = seen.Sentences, found.Degraded
	child.pool.Add(comparable(found))
	return true, nil
}

func (r *rollout) decompose(ctx context.Context, child *leaf) (bool, error) {
	t := r.turn
	plan, err := t.Steps.MakePlan(ctx, prompts.Plan{Question: t.Question.Text})
	if err != nil {
		return false, err
	}
	found, paths, err := t.Steps.Follow(ctx, t.Question.Text, plan)
	if err != nil {
		return false, err
	}
	t.Emit(Planned{Plan: plan, Paths: paths})
	child.plan = plan.Several(t.Question.Text)
	child.pool.Add(found)
	return true, nil
}
