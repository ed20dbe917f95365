package agent

import (
	"context"

	"selfrag/agent/claim"
	"selfrag/prompts"
	"selfrag/rerank/evidence"
	"selfrag/retrieval/text"
)

// TerminateInput holds the supported sentences of a round and the evidence for
// its question.
type TerminateInput struct {
	Question  string
	Sentences []Sentence     // sentences whose support grade is at least Config.Support
	Evidence  evidence.Found // evidence for the question; may be empty
	// Several says that the question takes several look-ups, or that this is
	// unknown. LookUp is the last look-up of the question's plan, such as "the
	// mayor of it". It is empty if there is no plan.
	Several bool
	LookUp  string
}

// Terminate grades whether supported sentences answer the question. If the
// grade passes Config.Usefulness, the round is the last one. Without sentences
// the grade is unknown and the model is not asked.
//
// If the question takes only one look-up, the model is often not needed. For an
// answer that repeats a likely sentence of the evidence word for word, the
// grade is P(answers) of the evidence. If the sentences are short answers
// (Value), such as a date, the grade is their lowest support grade. This is
// enough because the support of a short answer is graded together with the
// question. If the question asks for a number, an answer without a number gets
// 0, and so does an answer that only repeats the question (claim.SaysNothing).
func (s *Steps) Terminate(ctx context.Context, in TerminateInput) (Grade, error) {
	if len(in.Sentences) == 0 {
		return Grade{}, nil
	}
	if claim.SaysNothing(in.Question, claimsOf(in.Sentences)) {
		return Known(0), nil
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

// leastSupport returns the lowest support grade of the sentences. It is unknown
// if a sentence has no Value or an unknown support grade.
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

// told reports whether one of the sentences repeats, almost word for word, a
// sentence of the evidence that likely answers the question. If the question
// asks for a number or a date and the sentence of the evidence contains one,
// the repetition must contain one, too.
func (in TerminateInput) told(threshold float64) bool {
	if in.Evidence.Answers < threshold || in.Evidence.OnePlace < leastOnePlace {
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

// usefulnessInput holds a question and an answer to grade for it. LookUp is the
// last look-up of the question's plan, such as "the mayor of it". It is empty
// if there is no plan.
type usefulnessInput struct{ Question, Answer, LookUp string }

// gradeUsefulness grades whether the answer gives what the question asks for.
// It does not grade whether the answer is true. A small model often takes the
// answer to a part of the question for an answer to the whole question. So if
// there is a plan, the model is also asked whether the text answers the last
// look-up, and the grade is the product of both grades.
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
