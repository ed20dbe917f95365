package agent

import (
	"context"
	"slices"

	attr "go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"selfrag/agent/claim"
	"selfrag/prompts"
	"selfrag/retrieval"
)

// SupportInput holds a sentence of a draft, the text that the draft was written
// from, and the question, which may be empty.
type SupportInput struct {
	Sentence claim.Sentence
	Reading
	Question string
}

// GradeSupport grades how well the cited passages support a sentence. The grade
// is p(fully) + p(partially)/2, by the labels Yes and Partly. From each passage
// the model reads only the sentence nearest to the claim and the sentences
// before and after it. In a whole passage a small model overlooks plain
// statements.
//
// The model is not asked in three cases. If code refutes the sentence
// (claim.Check), the grade holds the verdict. If the passages contain the
// sentence almost word for word, the grade is 1. If the sentence is a short
// answer (Value) that is in the evidence of a cited passage, and that evidence
// likely answers the question (leastTold), the grade is 1, too.
func (s *Steps) GradeSupport(ctx context.Context, in SupportInput) (Grade, error) {
	return evaluated(ctx, prompts.NameGradeSupport, supportInput(in), oneGrade, func(ctx context.Context) (Grade, error) {
		return s.gradeSupport(ctx, in)
	})
}

func (s *Steps) gradeSupport(ctx context.Context, in SupportInput) (Grade, error) {
	if ctx.Err() != nil {
		return Grade{}, context.Cause(ctx)
	}
	if v := claim.Check(in.Sentence, s.sources(in.Question, in.Passages)); v.Refuted {
		trace.SpanFromContext(ctx).SetAttributes(attr.String("selfrag.refuted.rule", string(v.Rule)), attr.String("selfrag.refuted.fact", v.Fact))
		return RefutedBy(v), nil
	}
	if s.cfg.uses(HeuristicVerbatim) && (claim.StandsIn(in.Sentence, in.Passages) || in.showsValue()) {
		trace.SpanFromContext(ctx).SetAttributes(attr.Bool("selfrag.verbatim", true))
		return Known(1), nil
	}
	cited := make([]retrieval.Passage, len(in.Sentence.Passages))
	for i, n := range in.Sentence.Passages {
		if cited[i] = in.Passages[n]; s.cfg.uses(HeuristicNearest) {
			cited[i] = claim.Around(in.Sentence.Text, cited[i])
		}
	}
	return s.says(ctx, numbered(in.Sentence.Text, cited), in.Sentence.Text)
}

// leastTold is the minimum P(answers) of the evidence that a value is taken from
// without a grade of the model. Of the answers to the handbook's and the
// hospital's questions (a model of 1.5B parameters), the 22 right ones of one
// look-up have 0.218 or more, and so have four of the nine wrong ones.
const leastTold = 0.2

// showsValue reports whether the short answer (Value) of the sentence is in the
// evidence of a passage that the sentence cites, and whether that evidence
// likely answers the question. For such a sentence the grade
// of a small model adds little. For Korean questions its average grade is 0.62
// for wrong values and 0.68 for right values, and the call takes as long as the
// call for the draft (docs/development/results.md).
func (in SupportInput) showsValue() bool {
	return in.Sentence.Value != "" && in.Shown != nil && slices.ContainsFunc(in.Sentence.Passages, func(n int) bool {
		return (in.Likely == nil || in.Likely[n] >= leastTold) && claim.Holds(in.Shown[n], in.Sentence.Value)
	})
}

// says asks the model whether passages support a claim, without the checks in
// code.
func (s *Steps) says(ctx context.Context, passages []prompts.Passage, claim string) (Grade, error) {
	return s.yes(ctx, prompts.NameGradeSupport, claim, prompts.GradeSupport{Passages: passages, Sentence: claim})
}
