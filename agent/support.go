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

// SupportInput is a sentence with what its draft was written from, and the question
// that was asked; it may be empty.
type SupportInput struct {
	Sentence claim.Sentence
	Reading
	Question string
}

// GradeSupport grades how well the sentence's passages support it: p(fully) +
// p(partially)/2, by the labels Yes and Partly. Of each passage the model reads
// the sentence nearest to the claim and its neighbours: in the whole of it a
// small model does not see what is plainly there. A sentence that code refutes
// (claim.Check) has the verdict in its grade, and the model is not asked; nor is it
// for one that a sentence of the passages says almost word for word, or a value that
// stands in the evidence it was read off.
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

// showsValue reports whether the value of the sentence stands in the evidence of a
// passage that it cites. A small model's word on it is worth little: in Korean it
// grades wrong ones 0.62 and right ones 0.68 on average, at a call as long as the
// draft's (docs/results.md).
func (in SupportInput) showsValue() bool {
	return in.Sentence.Value != "" && in.Shown != nil && slices.ContainsFunc(in.Sentence.Passages, func(n int) bool {
		return claim.Holds(in.Shown[n], in.Sentence.Value)
	})
}

// says grades by the model alone whether passages say what a claim does.
func (s *Steps) says(ctx context.Context, passages []prompts.Passage, claim string) (Grade, error) {
	return s.yes(ctx, prompts.NameGradeSupport, claim, prompts.GradeSupport{Passages: passages, Sentence: claim})
}
