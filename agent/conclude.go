package agent

import (
	"context"
	"slices"

	"selfrag/agent/claim"
	"selfrag/agent/internal/stop"
	"selfrag/prompts"
)

// finish concludes a strategy that stopped for a reason, or by an error: one
// that says that the budget is spent is a reason too, any other is returned.
func finish(ctx context.Context, t *Turn, e *gathered, stopped string, err error) (Answer, error) {
	if what, isSpent := stop.Spent(err); isSpent {
		stopped = what
	} else if err != nil {
		return Answer{}, err
	}
	return conclude(ctx, t, e, stopped)
}

// conclude makes the answer of the evidence. One supported draft that answers
// the question is the answer already: writing it anew would cost a call and
// could only lose support. Several rounds' drafts are synthesized. Without
// evidence, or when the evidence does not answer the question, it gives the
// best of the refused drafts as one that is not certain, or abstains.
func conclude(ctx context.Context, t *Turn, e *gathered, stopped string) (Answer, error) {
	a := Answer{Iterations: e.iterations, StoppedBy: stopped, Citations: []Citation{}, Ranking: e.ranking()}
	if a.Iterations == nil {
		a.Iterations = []Iteration{}
	}
	if stopped == StoppedNoSearch {
		var err error
		a.Text, err = t.Steps.AnswerDirectly(ctx, t.Question.Text)
		what, isSpent := stop.Spent(err)
		if !isSpent {
			return a, err
		}
		stopped, a.StoppedBy = what, what
	}
	sentences, useful, err := finalSentences(ctx, t, e, stopped)
	if err != nil {
		return Answer{}, err
	}
	a.Degraded = e.degraded
	if useful {
		if text, citations := claim.Compose(claimsOf(sentences), e.passages); text != "" {
			a.Text, a.Citations = text, citations
			return a, nil
		}
	}
	if d, err := unsure(ctx, t, e); err != nil {
		return Answer{}, err
	} else if text, citations := claim.Compose(d.draft.Sentences, d.passages); text != "" {
		a.Unsure, a.Text, a.Citations = true, hedged(t.Language, text), citations
		return a, nil
	}
	a.abstain(t.Language, e)
	return a, nil
}

// finalSentences are the sentences of the answer, and whether they answer the
// question. When the budget is spent the supported sentences are taken as
// they are, unless a grade says that they miss the question.
func finalSentences(ctx context.Context, t *Turn, e *gathered, stopped string) ([]Sentence, bool, error) {
	if len(e.sentences) == 0 {
		return nil, false, nil
	}
	last := e.usefulness
	if e.rounds == 1 {
		return e.sentences, last.Passes(t.Config.Usefulness) || cutShort(stopped) && !last.Known, nil
	}
	sentences, err := synthesize(ctx, t, e)
	if err == nil && len(sentences) > 0 {
		var grade Grade
		grade, err = e.useful(ctx, t, sentences)
		if err == nil && grade.Passes(t.Config.Usefulness) {
			return sentences, true, nil
		}
	}
	_, isSpent := stop.Spent(err)
	if err != nil && !isSpent {
		return nil, false, err
	}
	return e.sentences, last.Passes(t.Config.Usefulness) || (isSpent || cutShort(stopped)) && !last.Known, nil
}

// cutShort tells whether the budget ended the turn in the middle of a round.
func cutShort(stopped string) bool {
	return stopped == SpentCalls || stopped == SpentTokens || stopped == SpentTime
}

// synthesize writes one text from the rounds' supported sentences, and keeps
// the sentences of it that their passages support.
func synthesize(ctx context.Context, t *Turn, e *gathered) ([]Sentence, error) {
	draft, err := t.Steps.Synthesize(ctx, SynthesisInput{
		Question: t.Question.Text, Passages: e.passages, Sentences: claimsOf(e.sentences),
		OnToken: t.pieces(func(s string) Event { return SynthesisDelta{s} }),
	})
	if err != nil {
		return nil, err
	}
	e.didWithout(didNotFit(draft.Dropped))
	sentences := make([]Sentence, len(draft.Sentences))
	err = t.Steps.each(ctx, len(sentences), func(ctx context.Context, n int) (err error) {
		s := &sentences[n]
		s.Sentence = draft.Sentences[n]
		s.Support, err = t.Steps.GradeSupport(ctx, SupportInput{s.Sentence, e.passages, t.Question.Text})
		return err
	})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(sentences, func(s Sentence) bool { return !s.Support.Passes(e.least(t.Config)) }), nil
}

// AnswerDirectly answers a question without documents, so without citations.
func (s *Steps) AnswerDirectly(ctx context.Context, question string) (string, error) {
	p, err := s.Render(prompts.NameAnswerDirectly, question, prompts.AnswerDirectly{Question: question})
	if err != nil {
		return "", err
	}
	text, err := s.Write(ctx, p, s.cfg.MaxAnswerTokens)
	return claim.WithoutMarks(text), err
}
