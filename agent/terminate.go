package agent

import (
	"context"

	"selfrag/agent/claim"
	"selfrag/prompts"
	"selfrag/rerank/evidence"
	"selfrag/retrieval/text"
)

// TerminateInput is what a round has supported.
type TerminateInput struct {
	Question  string
	Sentences []Sentence     // sentences whose support passes
	Evidence  evidence.Found // for the question; may be empty
	// Several says that the question takes several look-ups, or that this is
	// unknown. LookUp is the last of them, as in usefulnessInput.
	Several bool
	LookUp  string
}

// Terminate grades whether supported sentences answer the question. A round
// whose grade passes Config.Usefulness is the last. Without sentences the grade
// is unknown and the model is not asked.
//
// If one look-up is known to answer the question, code and evidence often
// suffice. An answer that repeats the likeliest sentence word for word answers
// as likely as that sentence. The support of a value was graded for the
// question together with the value, so it counts as its usefulness. For a
// question that asks for a number, an answer without one gets 0.
func (s *Steps) Terminate(ctx context.Context, in TerminateInput) (Grade, error) {
	if len(in.Sentences) == 0 {
		return Grade{}, nil
	}
	said := textOf(in.Sentences)
	if text.AsksFor(in.Question) == text.NumberKind && text.HoldsKind(in.Question, said, "") == 0 {
		return Known(0), nil
	}
	if !in.Several {
		if grade := leastSupport(in.Sentences); grade.Known {
			return grade, nil
		}
		if s.cfg.uses(HeuristicVerbatim) && in.told(s.cfg.Answerable) {
			return Known(in.Evidence.Answers), nil
		}
	}
	return s.gradeUsefulness(ctx, usefulnessInput{in.Question, said, in.LookUp})
}

// leastSupport returns the least support of the sentences. It is unknown if a
// sentence has no value or its support is unknown.
func leastSupport(sentences []Sentence) Grade {
	least := sentences[0].Support
	for _, s := range sentences {
		if s.Value == "" || !s.Support.Known {
			return Grade{}
		}
		least.Value = min(least.Value, s.Support.Value)
	}
	return least
}

// told reports whether one of the sentences repeats a sentence of the evidence
// word for word that likely answers, and holds as much of what the question
// asks for (a number, a date) as that one does.
func (in TerminateInput) told(answerable float64) bool {
	if in.Evidence.Answers < answerable || in.Evidence.OnePlace < leastOnePlace {
		return false
	}
	for _, s := range in.Sentences {
		for _, e := range in.Evidence.Sentences {
			if e.Answers < leastOfBest*in.Evidence.Sentences[0].Answers {
				break // sorted, best first
			}
			if claim.WordForWord(s.Text, e.Text, e.Title+"\n"+e.Heading+"\n"+e.Header) &&
				text.HoldsKind(in.Question, s.Text, "") >= text.HoldsKind(in.Question, e.Text, e.Header) {
				return true
			}
		}
	}
	return false
}

// usefulnessInput is an answer to grade for a question. LookUp is the last
// look-up of the question's plan if it takes several: "the mayor of it".
type usefulnessInput struct{ Question, Answer, LookUp string }

// gradeUsefulness grades whether the text answers the question, true or not. A
// small model takes an answer to an inner part of a question for an answer to
// the whole. So it is also asked about the last look-up alone, and the grade is
// the product of both.
func (s *Steps) gradeUsefulness(ctx context.Context, in usefulnessInput) (Grade, error) {
	return evaluated(ctx, prompts.NameGradeUsefulness, in, oneGrade, func(ctx context.Context) (Grade, error) {
		whole, err := s.yes(ctx, prompts.NameGradeUsefulness, in.Question, prompts.GradeUsefulness{Question: in.Question, Answer: in.Answer})
		if err != nil || in.LookUp == "" || !whole.Passes(s.cfg.Usefulness) {
			return whole, err
		}
		last, err := s.yes(ctx, prompts.NameGradeUsefulness, in.Question, prompts.GradeUsefulness{Question: in.LookUp, Answer: in.Answer})
		if err != nil || !last.Known {
			return last, err
		}
		return Known(whole.Value * last.Value), nil
	})
}
