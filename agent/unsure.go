package agent

import (
	"cmp"
	"context"
	"slices"

	"selfrag/retrieval"
)

// refused is a draft none of whose sentences the model finds supported enough.
type refused struct {
	judged
	passages []retrieval.Passage // that its sentences' numbers index
}

// refuse keeps a draft that only the model's grade speaks against. Where code
// sees that the passages of a sentence do not support it, the grade is 0.
func (e *evidence) refuse(j judged, passages []retrieval.Passage) {
	faulty := func(s Sentence) bool { return !s.Support.Known || s.Support.Value == 0 }
	if len(j.draft.Sentences) > 0 && !slices.ContainsFunc(j.draft.Sentences, faulty) {
		e.refused = append(e.refused, refused{j, passages})
	}
}

// strays notes the answer that a plan led to over a step whose passages do not
// name what the question asks about and another document is titled by: the
// cafeteria of another office has hours, too.
func (e *evidence) strays(read Draft, passages []retrieval.Passage, answer string, given givenNames) {
	for _, step := range read.Sentences[1:] {
		if _, missing := missingTitled(step, passages, given.titled); missing {
			e.astray = append(e.astray, answer)
			return
		}
	}
}

// isAstray tells whether a sentence gives an answer that such a way led to, as if
// it were none of a plan. Another way of the plan may lead there rightly.
func (e *evidence) isAstray(s Sentence) bool {
	return s.lookUp == "" && slices.ContainsFunc(e.astray, func(answer string) bool {
		return holds(s.shown(), answer)
	})
}

// mostUnsure is how many refused drafts are tried.
const mostUnsure = 3

// unsure is the best of the refused drafts that answer the question, by the
// score of a draft; an empty one when there is none. Only a question of several
// look-ups has one: small models tell well whether one passage says what a
// sentence claims, and the other sentences are rightly refused; but they grade
// sentences that put two passages together low, whether these are right or wrong.
func unsure(ctx context.Context, t *Turn, e *evidence) (refused, error) {
	var best refused
	if e.plan == nil || t.Config.Certain {
		return best, nil
	}
	drafts := slices.Clone(e.refused)
	slices.SortStableFunc(drafts, func(a, b refused) int { return cmp.Compare(b.support.Value, a.support.Value) })
	for _, d := range drafts[:min(len(drafts), mostUnsure)] {
		var err error
		d.usefulness, err = e.useful(ctx, t, d.draft.Sentences)
		if _, isSpent := spent(err); isSpent {
			break
		}
		if err != nil {
			return refused{}, err
		}
		w := t.Config.Weights
		if d.usefulness.Passes(t.Config.Usefulness) && d.score(w) > best.score(w) {
			best = d
		}
	}
	return best, nil
}
