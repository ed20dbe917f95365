package agent

import (
	"context"

	"selfrag/agent/claim"
	"selfrag/retrieval"
)

// Sentence is a claim with the grade of its support.
type Sentence struct {
	claim.Sentence
	Support Grade
}

// claimsOf are sentences without their grades.
func claimsOf(sentences []Sentence) []claim.Sentence {
	out := make([]claim.Sentence, len(sentences))
	for i, s := range sentences {
		out[i] = s.Sentence
	}
	return out
}

// judged is a draft with its grades.
type judged struct {
	draft      Draft
	sentences  []Sentence // of the draft
	supported  []Sentence
	support    Grade // the mean over its sentences
	usefulness Grade
}

// into notes a judged draft in its round, and its supported sentences in the
// evidence. passages are those that the draft was written from.
func (j judged) into(it *Iteration, e *gathered, passages []retrieval.Passage) {
	it.Draft, it.Support, it.Usefulness = j.draft.Text, j.support, j.usefulness
	it.Claims = gradedClaims(j, passages)
	e.didWithout(didNotFit(j.draft.Dropped))
	if len(j.supported) > 0 {
		e.add(j.supported, passages)
		e.usefulness = j.usefulness
	} else {
		e.refuse(j, passages)
	}
}

// useful tells whether every sentence is supported and they answer the question.
func (j judged) useful(cfg Config) bool {
	return len(j.supported) == len(j.sentences) && j.usefulness.Passes(cfg.Usefulness)
}

// score is that of the draft alone, without the relevance of its passages.
func (j judged) score(w Weights) float64 {
	return w.Support*j.support.Value + w.Usefulness*j.usefulness.Value
}

// reward is the score of the draft in [0,1]; where the weights leave only
// relevance, which a draft has none of, support and usefulness count alike.
func (j judged) reward(w Weights) float64 {
	if w.Support+w.Usefulness == 0 {
		w.Support, w.Usefulness = 1, 1
	}
	return j.score(w) / (w.Support + w.Usefulness)
}

// sampling is the temperature of drafts beside the first, which is greedy. Not
// measured.
const sampling = 0.7

// bestDraft writes as many drafts as the width says, judges each, and returns
// the one with the best score. What was judged before an error is returned
// with it.
func bestDraft(ctx context.Context, t *Turn, e *gathered, i int, question string, passages []retrieval.Passage) (judged, error) {
	var best judged
	for n := range t.Config.Width {
		in := DraftInput{Question: question, Passages: passages}
		if n == 0 {
			in.OnToken = t.pieces(func(s string) Event { return DraftDelta{Iteration: i, Text: s} })
		} else {
			in.Temperature, in.Seed = sampling, t.Config.Seed+n
		}
		draft, err := t.Steps.Draft(ctx, in)
		if err != nil {
			return best, err
		}
		if draft, err = t.Steps.SpellOut(ctx, question, draft, passages); err != nil {
			return best, err
		}
		j, err := judge(ctx, t, e, i, draft, passages)
		if n == 0 || j.score(t.Config.Weights) > best.score(t.Config.Weights) {
			best = j
		}
		if err != nil {
			return best, err
		}
	}
	return best, nil
}

// judge grades the support of each sentence of a draft, and whether those that
// are supported answer the question that was asked.
func judge(ctx context.Context, t *Turn, e *gathered, i int, draft Draft, passages []retrieval.Passage) (judged, error) {
	t.Emit(Drafted{Iteration: i, Draft: draft})
	j := judged{draft: draft}
	grades := make([]Grade, len(draft.Sentences))
	err := t.Steps.each(ctx, len(grades), func(ctx context.Context, n int) (err error) {
		if v := e.offTopic(draft.Sentences[n]); v.Refuted {
			grades[n] = RefutedBy(v)
			return nil
		}
		grades[n], err = t.Steps.GradeSupport(ctx, SupportInput{draft.Sentences[n], passages, t.Question.Text})
		return err
	})
	sum, known := 0.0, 0
	for n, sentence := range draft.Sentences {
		s := Sentence{sentence, grades[n]}
		j.sentences = append(j.sentences, s)
		keep := s.Support.Passes(e.least(t.Config))
		if keep {
			j.supported = append(j.supported, s)
		}
		if s.Support.Known {
			sum += s.Support.Value
			known++
		}
		t.Emit(SupportGraded{Iteration: i, Sentence: s, Kept: keep})
	}
	if known > 0 {
		j.support = Known(sum / float64(known))
	}
	if err != nil || len(j.supported) == 0 {
		return j, err
	}
	if j.usefulness, err = e.useful(ctx, t, j.supported); err != nil {
		return j, err
	}
	t.Emit(UsefulnessGraded{Iteration: i, Grade: j.usefulness})
	return j, nil
}
