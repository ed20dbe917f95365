package agent

import (
	"context"

	"selfrag/agent/internal/span"
	"selfrag/prompts"
)

// Auto chooses the cheapest strategy that will do, from the question and its first
// search: none where the caller allows an answer without documents and the model
// needs none, two-stage where strong evidence tells all that is asked in one place,
// self-rag elsewhere, cot for a chain of more than three look-ups.
type Auto struct{}

// Name is "auto".
func (Auto) Name() string { return "auto" }

// followable is how many look-ups self-rag follows by names. In longer chains
// the names to try are too many, and each step is better answered by itself. Not
// measured.
const followable = 3

// Run chooses and runs the chosen one. The search and the calls that the choice
// took are repeated by the chosen strategy for nothing, from what the turn keeps.
func (Auto) Run(ctx context.Context, t *Turn) (Answer, error) {
	chosen, several, err := choose(span.InRound(ctx, 0), t)
	if err != nil {
		return conclude(ctx, t, &findings{}, "", err)
	}
	t.Emit(StrategyChosen{Strategy: chosen.Name(), Several: several})
	answer, err := chosen.Run(ctx, t)
	answer.Chosen = chosen.Name()
	return answer, err
}

func choose(ctx context.Context, t *Turn) (Strategy, Grade, error) {
	if t.Config.NoSearchAllowed {
		needed, err := t.Steps.ShouldRetrieve(ctx, prompts.ShouldRetrieve{Question: t.Question.Text})
		if err != nil {
			return nil, Grade{}, err
		}
		if needed.Known && needed.Value <= t.Config.Delta {
			return SelfRAG{}, Grade{}, nil // which finds the same, and answers without a search
		}
	}
	found, err := t.Steps.Search(ctx, t.Question.Text)
	if err != nil {
		return nil, Grade{}, err
	}
	seen, err := t.Steps.Evidence(ctx, t.Question.Text, found)
	if err != nil {
		return SelfRAG{}, Grade{}, context.Cause(ctx) // it does without evidence, too
	}
	several := severalOf(seen)
	switch {
	case seen.OnePlace >= leastOnePlace && seen.Answers >= t.Config.Quotable:
		return TwoStage{}, several, nil
	case seen.OnePlace >= leastOnePlace || !t.Config.uses(HeuristicPlan):
		return SelfRAG{}, several, nil
	}
	plan, err := t.Steps.makePlan(ctx, prompts.Plan{Question: t.Question.Text})
	if err == nil && plan.Unknowns(t.Question.Text) > followable {
		return CoT{}, several, nil
	}
	return SelfRAG{}, several, err
}
