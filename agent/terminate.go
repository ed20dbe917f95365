package agent

import (
	"context"
	"slices"
)

// TerminateInput is what a round has supported.
type TerminateInput struct {
	Question  string
	Sentences []Sentence // whose support passes
	// Several says that the question takes several look-ups, or that nobody knows
	// whether it does. LookUp is the last of them, as in UsefulnessInput.
	Several bool
	LookUp  string
}

// Terminate grades whether supported sentences answer the question: a round
// whose grade passes Config.Usefulness is the last. Without sentences the grade
// is unknown, and the model is not asked.
//
// The support of a value is that of the question with the value as its answer,
// so where one look-up is known to answer the question it grades both.
func (s *Steps) Terminate(ctx context.Context, in TerminateInput) (Grade, error) {
	if len(in.Sentences) == 0 {
		return Grade{}, nil
	}
	graded := func(s Sentence) bool { return s.Value != "" && s.Support.Known }
	if in.Several || slices.ContainsFunc(in.Sentences, func(s Sentence) bool { return !graded(s) }) {
		return s.GradeUsefulness(ctx, UsefulnessInput{in.Question, textOf(in.Sentences), in.LookUp})
	}
	least := in.Sentences[0].Support
	for _, s := range in.Sentences[1:] {
		least.Value = min(least.Value, s.Support.Value)
	}
	return least, nil
}
