package agent

import (
	"context"

	"selfrag/prompts"
)

// Auto chooses the cheapest strategy that will do, from the question alone:
// none where the caller allows an answer without documents and the model needs
// none, two-stage for a question of one look-up, self-rag for one of several,
// cot for a chain of more than three.
type Auto struct{}

// Name is "auto".
func (Auto) Name() string { return "auto" }

// followable is how many look-ups self-rag follows by names. In longer chains
// the names to try are too many, and each step is better answered by itself. Not
// measured.
const followable = 3

// Run chooses and runs the chosen one. The calls that the choice took are
// repeated by the chosen strategy for nothing, from the turn's cache.
func (Auto) Run(ctx context.Context, t *Turn) (Answer, error) {
	chosen, several, err := choose(ctx, t)
	if err != nil {
		return finish(ctx, t, &gathered{}, "", err)
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
	several, plan, err := t.Steps.TakeApart(ctx, t.Question.Text)
	switch {
	case err != nil:
		return nil, Grade{}, err
	case len(plan) < 2 || !plan.Chains(t.Question.Text):
		return TwoStage{}, several, nil
	case plan.Unknowns(t.Question.Text) > followable:
		return CoT{}, several, nil
	}
	return SelfRAG{}, several, nil
}
