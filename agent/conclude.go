package agent

import (
	"context"
	"errors"
	"slices"

	"selfrag/agent/call"
	"selfrag/agent/claim"
	"selfrag/agent/internal/stop"
	"selfrag/prompts"
)

// stopFor records in the answer that a spent budget or a failed model ended the
// turn, if err says so. It returns any other error.
func (a *Answer) stopFor(err error) error {
	if what, isSpent := stop.Spent(err); isSpent {
		a.StoppedBy = what
		return nil
	}
	if modelFailed(err) {
		a.StoppedBy = StoppedFailed
		return nil
	}
	return err
}

// modelFailed reports whether an error says that the server answered but the
// model wrote nothing usable. A turn that has an answer all the same returns it.
// A turn that has none fails: a failed model says nothing about the documents, so
// it is not a reason to abstain.
func modelFailed(err error) bool {
	var failed interface{ ModelFailed() bool }
	return errors.As(err, &failed) && failed.ModelFailed()
}

// passes reports whether a turn can still make an answer after an error.
func passes(err error) bool {
	_, isSpent := stop.Spent(err)
	return isSpent || modelFailed(err)
}

// conclude makes the answer from the findings of a strategy. stopped and err
// say why the strategy stopped.
//
// Sections that a round quoted are the answer as they are. Otherwise, if one
// draft is supported and answers the question, it becomes the answer. To
// rewrite it would cost a call and could only lose support. If several rounds
// have supported sentences, the model synthesizes them into one text. If no
// supported sentence answers the question, conclude returns the best refused
// draft as an answer that is not certain. If there is none, it quotes strong
// evidence. If there is no strong evidence either, it returns the error of a
// model that failed, or else abstains.
func conclude(ctx context.Context, t *Turn, f *findings, stopped string, err error) (Answer, error) {
	a := Answer{Question: t.Question.Text, Iterations: f.iterations, StoppedBy: stopped, Citations: []Citation{}, Ranking: f.ranking()}
	if a.Iterations == nil {
		a.Iterations = []Iteration{}
	}
	if ended := a.stopFor(err); ended != nil {
		return Answer{}, ended
	}
	if a.StoppedBy == StoppedNoSearch {
		var text string
		text, err = t.Steps.answerDirectly(ctx, t.Question.Text)
		if a.Text = text; err == nil {
			return a, nil
		}
		if ended := a.stopFor(err); ended != nil {
			return Answer{}, ended
		}
	}
	if f.quoted.text != "" {
		a.quoteSections(t.Language, f.quoted)
		a.mention(t.Language, f.evidence.Changes)
		a.Degraded = f.degraded
		return a, nil
	}
	sentences, useful, ended := finalSentences(ctx, t, f, a.StoppedBy)
	if ended != nil {
		return Answer{}, ended
	}
	failure := t.Steps.failure(err)
	f.didWithout(failure.what)
	a.Degraded = f.degraded
	if useful && a.Compose(claimsOf(sentences), f.passages, f.evidence) {
		return a, nil
	}
	if d, err := unsure(ctx, t, f); err != nil {
		return Answer{}, err
	} else if text, citations := claim.Compose(d.draft.Sentences, d.from.Passages); text != "" {
		a.Unsure, a.Text, a.Citations = true, claim.Hedged(t.Language, text), citations
		return a, nil
	}
	if chosen := f.quotable(t.Config); len(chosen) > 0 {
		a.quote(t.Language, chosen)
		a.mention(t.Language, f.evidence.Changes)
		return a, nil
	}
	if failure.err != nil {
		return Answer{}, failure.err
	}
	a.Abstain(f.asked(), f.evidence)
	return a, nil
}

// failure is what went wrong with the model in a turn: the words for an answer
// that did without it, and the error for a turn without an answer.
type failure struct {
	what string
	err  error
}

// failure returns what went wrong with the model: the error that ended the turn,
// if the model failed; that the model never answered in the time of the turn; or
// that no grade could be read. ended may be nil.
func (s *Steps) failure(ended error) failure {
	if modelFailed(ended) {
		return failure{ended.Error(), ended}
	}
	if part, _ := stop.Spent(ended); part == SpentTime {
		if silent := s.caller.Silent(); silent != nil {
			return failure{silent.Error(), silent}
		}
	}
	what, all, err := s.caller.Unread()
	if all {
		return failure{what, err}
	}
	return failure{what: what}
}

// finalSentences returns the sentences of the answer and reports whether they
// answer the question. If the budget is spent or the model fails, it returns the
// supported sentences unchanged, unless their usefulness was graded too low.
func finalSentences(ctx context.Context, t *Turn, f *findings, stopped string) ([]Sentence, bool, error) {
	if len(f.sentences) == 0 {
		return nil, false, nil
	}
	last := f.usefulness
	_, unread, _ := t.Steps.caller.Unread()
	ungraded := (cutShort(stopped) || stopped == StoppedFailed || unread) && !last.Known
	if f.rounds == 1 {
		return f.sentences, last.Passes(t.Config.Usefulness) || ungraded, nil
	}
	sentences, err := synthesize(ctx, t, f)
	if err == nil && len(sentences) > 0 {
		var grade Grade
		grade, err = f.useful(ctx, t, sentences)
		if err == nil && grade.Passes(t.Config.Usefulness) {
			return sentences, true, nil
		}
	}
	if err != nil && !passes(err) {
		return nil, false, err
	}
	return f.sentences, last.Passes(t.Config.Usefulness) || ungraded || err != nil && !last.Known, nil
}

// cutShort reports whether the budget ended the turn in the middle of a round.
func cutShort(stopped string) bool {
	return stopped == SpentCalls || stopped == SpentTokens || stopped == SpentTime
}

// synthesize writes one text from the supported sentences of all rounds and
// returns the sentences of that text that are supported by the passages that
// they cite.
func synthesize(ctx context.Context, t *Turn, f *findings) ([]Sentence, error) {
	draft, err := t.Steps.Synthesize(ctx, SynthesisInput{
		Question: t.Question.Text, Reading: whole(f.passages), Sentences: claimsOf(f.sentences),
		OnToken: t.pieces(func(s string) Event { return SynthesisDelta{s} }),
	})
	if err != nil {
		return nil, err
	}
	f.didWithout(didNotFit(draft.Dropped))
	sentences := make([]Sentence, len(draft.Sentences))
	err = t.Steps.each(ctx, len(sentences), func(ctx context.Context, n int) (err error) {
		s := &sentences[n]
		s.Sentence = draft.Sentences[n]
		s.Support, err = t.Steps.GradeSupport(ctx, SupportInput{s.Sentence, whole(f.passages), t.Question.Text})
		return err
	})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(sentences, func(s Sentence) bool { return !s.Support.Passes(f.least(t.Config)) }), nil
}

// answerDirectly answers a question without documents and therefore without
// citations.
func (s *Steps) answerDirectly(ctx context.Context, question string) (string, error) {
	p, err := s.Render(prompts.NameAnswerDirectly, question, prompts.AnswerDirectly{Question: question})
	if err != nil {
		return "", err
	}
	text, err := s.Write(ctx, p, call.Sampling{MaxTokens: s.cfg.MaxAnswerTokens, NotEmpty: true})
	return claim.WithoutMarks(text), err
}
