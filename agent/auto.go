package agent

import (
	"context"

	"selfrag/agent/internal/span"
	"selfrag/prompts"
)

// Auto chooses the cheapest strategy that is likely to answer the question, by
// the evidence of a first search. It answers without a search if the caller
// allows that and the model needs no documents. It chooses two-stage if the
// evidence is strong and a single place in the documents likely answers the
// whole question, and not if sections are to be quoted. It chooses cot for a
// chain of more than three look-ups, in which each look-up is about the answer
// to the look-up before it. In all other cases it chooses self-rag.
type Auto struct{}

// Name is "auto".
func (Auto) Name() string { return "auto" }

// followable is the length of the longest chain of look-ups for which Auto
// chooses self-rag. SelfRAG fills every name in a found passage into the next
// look-up. In a longer chain there are too many names to try, so CoT, which
// answers one look-up after the other, is better. Not measured.
const followable = 3

// Run chooses a strategy and runs it. The chosen strategy repeats the search
// and the calls that Run made to choose. The repetition costs nothing, because
// the turn keeps the results.
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
			return SelfRAG{}, Grade{}, nil // SelfRAG makes the same decision again and answers without a search
		}
	}
	found, err := t.Steps.Search(ctx, t.Question.Text)
	if err != nil {
		return nil, Grade{}, err
	}
	seen, err := t.Steps.Evidence(ctx, t.Question.Text, found)
	if err != nil {
		return SelfRAG{}, Grade{}, context.Cause(ctx) // an error of the evidence finder is ignored, because SelfRAG works without evidence
	}
	several := severalOf(seen)
	switch {
	case t.quotesSections(ctx):
		return SelfRAG{}, several, nil
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
