package agent

import (
	"cmp"
	"context"
	"slices"

	"selfrag/agent/claim"
	"selfrag/agent/internal/stop"
	"selfrag/retrieval"
)

// refused is a draft none of whose sentences the model finds supported enough.
type refused struct {
	judged
	passages []retrieval.Passage // that its sentences' numbers index
}

// refuse keeps a draft of whose sentences code refutes none, and which the model
// does not grade 0, as sure that they are not supported.
func (e *gathered) refuse(j judged, passages []retrieval.Passage) {
	faulty := func(s Sentence) bool { return !s.Support.Known || s.Support.Verdict.Refuted || s.Support.Value == 0 }
	if len(j.sentences) > 0 && !slices.ContainsFunc(j.sentences, faulty) {
		e.refused = append(e.refused, refused{j, passages})
	}
}

// offTopicAnswer is an answer that a plan reached through a passage about a
// different subject than the question names.
type offTopicAnswer struct {
	text    string
	verdict claim.Verdict // on the step that went there
}

// noteOffTopic records the answer of a plan if one of the steps before it went
// through a passage about a different subject than the question names: the
// opening hours of another office's cafeteria.
func (e *gathered) noteOffTopic(read Draft, answer string, in claim.Sources) {
	for _, step := range read.Sentences[1:] {
		if v := claim.OffSubject(step, in); v.Refuted {
			e.offTopics = append(e.offTopics, offTopicAnswer{answer, v})
			return
		}
	}
}

// offTopic refutes a sentence that repeats an off-topic answer. Sentences of a
// plan are exempt: another path may reach the same answer rightly.
func (e *gathered) offTopic(s claim.Sentence) claim.Verdict {
	for _, answer := range e.offTopics {
		if s.Subquery == "" && claim.Holds(s.Shown(), answer.text) {
			return answer.verdict
		}
	}
	return claim.Verdict{}
}

// mostUnsure is how many refused drafts are tried. Not measured; each costs a call.
const mostUnsure = 3

// unsure is the best of the refused drafts that answer the question, by the
// score of a draft; an empty one when there is none. Only a question of several
// look-ups has one: small models tell well whether one passage says what a
// sentence claims, and the other sentences are rightly refused; but they grade
// sentences that put two passages together low, whether these are right or wrong.
func unsure(ctx context.Context, t *Turn, e *gathered) (refused, error) {
	var best refused
	if e.plan == nil || t.Config.Certain || !t.Config.uses(HeuristicUnsure) {
		return best, nil
	}
	drafts := slices.Clone(e.refused)
	slices.SortStableFunc(drafts, func(a, b refused) int { return cmp.Compare(b.support.Value, a.support.Value) })
	for _, d := range drafts[:min(len(drafts), mostUnsure)] {
		var err error
		d.usefulness, err = e.useful(ctx, t, d.sentences)
		if _, isSpent := stop.Spent(err); isSpent {
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
