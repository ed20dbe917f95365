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
	Sentences []Sentence     // whose support passes
	Evidence  evidence.Found // for the question; may be empty
	// Several says that the question takes several look-ups, or that nobody knows
	// whether it does. LookUp is the last of them, as in usefulnessInput.
	Several bool
	LookUp  string
}

// Terminate grades whether supported sentences answer the question: a round
// whose grade passes Config.Usefulness is the last. Without sentences the grade
// is unknown, and the model is not asked.
//
// Where one look-up is known to answer the question, code and evidence often tell:
// what the likeliest sentence says word for word answers as likely as that one, and
// the support of a value is that of the question with the value as its answer. An
// answer without a number misses a question for one.
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

// leastSupport is the least support of values; unknown where one of the sentences
// is none, or has none.
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

// told reports whether one of the sentences says word for word what the evidence
// likely answers with, and lacks nothing of the kind that the question asks for.
func (in TerminateInput) told(answerable float64) bool {
	if in.Evidence.Answers < answerable || in.Evidence.OnePlace < leastOnePlace {
		return false
	}
	for _, s := range in.Sentences {
		for _, e := range in.Evidence.Sentences {
			if e.Answers < leastOfBest*in.Evidence.Sentences[0].Answers {
				break // they come best first
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
// look-up of the question's plan, if it takes several: "the mayor of it".
type usefulnessInput struct{ Question, Answer, LookUp string }

// gradeUsefulness grades whether the text answers the question, whether or
// not it is true. To a small model, what answers an inner part of a question
// answers the whole; it is asked about the last look-up by itself, too, and the
// grade is the product of both.
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
