package agent

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"selfrag/agent/claim"
	"selfrag/agent/multihop"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
)

// findings is what a turn has found so far, what it refused, and what it notes on
// the way.
type findings struct {
	supported
	refusals
	notes
	plan     multihop.Plan      // of a question that takes several look-ups; nil for one
	progress *multihop.Progress // along the plan; nil without one, or when it leads nowhere
	// unplanned says that nobody knows whether the question takes several.
	unplanned bool
	across    bool // an answer across passages was drafted, to no avail
}

// supported is sentences that their passages support.
type supported struct {
	sentences  []Sentence          // their numbers index passages
	passages   []retrieval.Passage // that they rest on
	rounds     int                 // that supported something
	usefulness Grade               // of the last of these rounds
}

// notes is what a turn saw, whether or not an answer rests on it.
type notes struct {
	iterations []Iteration
	evidence   evidence.Found // for the question, of the first search that found some
	pool       multihop.Pool
	read       []retrieval.Passage // that the answers to a plan's look-ups were read off
	degraded   string
}

// add takes over supported sentences, whose numbers index passages.
func (s *supported) add(sentences []Sentence, passages []retrieval.Passage) {
	s.rounds++
	for _, sentence := range sentences {
		own := make([]int, len(sentence.Passages))
		for i, n := range sentence.Passages {
			own[i] = s.index(passages[n])
		}
		sentence.Passages = own
		s.sentences = append(s.sentences, sentence)
	}
}

func (s *supported) index(p retrieval.Passage) int {
	for i, have := range s.passages {
		if have.ID == p.ID {
			return i
		}
	}
	s.passages = append(s.passages, p)
	return len(s.passages) - 1
}

// known is the supported sentences, each as a text.
func (s *supported) known() []string {
	out := make([]string, len(s.sentences))
	for i, sentence := range s.sentences {
		out[i] = sentence.Text
	}
	return out
}

// saw notes a search with its evidence, of which only the passages of a language
// count; all of them when it is "".
func (n *notes) saw(r retrieval.Result, seen evidence.Found, language string) {
	if len(n.evidence.Sentences) == 0 {
		n.evidence = seen
	}
	n.didWithout(r.Degraded)
	n.pool.Add(inLanguage(language, comparable(r)))
}

// didWithout notes what did not work, each once; "" is nothing.
func (n *notes) didWithout(what string) { n.degraded = joined(n.degraded, what) }

// asked is what the rounds asked.
func (n *notes) asked() []string {
	out := make([]string, len(n.iterations))
	for i, it := range n.iterations {
		out[i] = it.Subquery
	}
	return out
}

// joined is what did not work with one thing more, each once.
func joined(degraded, what string) string {
	switch {
	case what == "" || strings.Contains(degraded, what):
		return degraded
	case degraded == "":
		return what
	}
	return degraded + "; " + what
}

// ranking is every passage that was found: first those that the supported
// sentences rest on, then those that the answers to look-ups were read off,
// then the others by score.
func (f *findings) ranking() []retrieval.Passage {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Concat(f.passages, f.read, f.pool.Ranking()), func(p retrieval.Passage) bool {
		again := seen[p.ID]
		seen[p.ID] = true
		return again
	})
}

// least is the grade of support that a sentence of an answer needs.
func (f *findings) least(cfg Config) float64 {
	if f.plan != nil {
		return max(cfg.Support, cfg.SupportSeveral)
	}
	return cfg.Support
}

// didNotFit says in an answer that passages were left out of a prompt; ""
// when none was.
func didNotFit(dropped int) string {
	if dropped == 0 {
		return ""
	}
	what := "passages"
	if dropped == 1 {
		what = "passage"
	}
	return fmt.Sprintf("the model's context had no room for the last %d %s; a larger context, or fewer or shorter passages, would fit", dropped, what)
}

// comparable is what a search found, with scores that can be compared with
// those of other searches.
func comparable(r retrieval.Result) []retrieval.Passage {
	return multihop.Standardised(append(slices.Clone(r.Passages), r.Rest...))
}

func textOf(sentences []Sentence) string {
	out := make([]string, len(sentences))
	for i, s := range sentences {
		out[i] = s.Shown()
	}
	return strings.Join(out, " ")
}

// refusals is what a turn drafted and does not answer with.
type refusals struct {
	refused   []judged // drafts none of whose sentences the model finds supported enough
	offTopics []offTopicAnswer
}

// refuse keeps a draft of whose sentences code refutes none, and which the model
// does not grade 0, as sure that they are not supported.
func (f *refusals) refuse(j judged) {
	faulty := func(s Sentence) bool { return !s.Support.Known || s.Support.Verdict.Refuted || s.Support.Value == 0 }
	if len(j.sentences) > 0 && !slices.ContainsFunc(j.sentences, faulty) {
		f.refused = append(f.refused, j)
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
func (f *refusals) noteOffTopic(read Draft, answer string, in claim.Sources) {
	for _, step := range read.Sentences[1:] {
		if v := claim.OffSubject(step, in); v.Refuted {
			f.offTopics = append(f.offTopics, offTopicAnswer{answer, v})
			return
		}
	}
}

// offTopic refutes a sentence that repeats an off-topic answer. Sentences of a
// plan are exempt: another path may reach the same answer rightly.
func (f *refusals) offTopic(s claim.Sentence) claim.Verdict {
	for _, answer := range f.offTopics {
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
func unsure(ctx context.Context, t *Turn, f *findings) (judged, error) {
	var best judged
	if f.plan == nil || t.Config.Certain || !t.Config.uses(HeuristicUnsure) {
		return best, nil
	}
	drafts := slices.Clone(f.refused)
	slices.SortStableFunc(drafts, func(a, b judged) int { return cmp.Compare(b.support.Value, a.support.Value) })
	for _, d := range drafts[:min(len(drafts), mostUnsure)] {
		var err error
		d.usefulness, err = f.useful(ctx, t, d.sentences)
		if passes(err) {
			break
		}
		if err != nil {
			return judged{}, err
		}
		w := t.Config.Weights
		if d.usefulness.Passes(t.Config.Usefulness) && d.score(w) > best.score(w) {
			best = d
		}
	}
	return best, nil
}
