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

// findings holds what a turn has found so far: the supported sentences, the
// refused drafts, the plan, and the notes on searches.
type findings struct {
	supported
	refusals
	notes
	plan     multihop.Plan      // set if the question takes several look-ups
	progress *multihop.Progress // the answered look-ups of the plan; nil without a plan or if the plan was given up
	// unplanned says that it is not known whether the question takes several
	// look-ups.
	unplanned bool
	across    bool      // an answer from a chain of sentences was drafted and refused
	quoted    quotation // sections that are the answer, word for word
}

// supported holds sentences that their passages support.
type supported struct {
	sentences  []Sentence          // their numbers index passages
	passages   []retrieval.Passage // the passages that the sentences cite
	rounds     int                 // number of rounds that supported something
	usefulness Grade               // grade of the last of these rounds
}

// notes holds all that the searches of a turn found, whether or not the answer
// uses it.
type notes struct {
	iterations []Iteration
	evidence   evidence.Found // for the question, from the first search that found some
	pool       multihop.Pool
	read       []retrieval.Passage // the passages that answered a plan's look-ups
	degraded   string
}

// add adds supported sentences. Their citations are indices into passages.
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

// known returns the texts of the supported sentences.
func (s *supported) known() []string {
	out := make([]string, len(s.sentences))
	for i, sentence := range s.sentences {
		out[i] = sentence.Text
	}
	return out
}

// saw records the result of a search and its evidence. It keeps only passages
// in the given language, or all passages if language is "".
func (n *notes) saw(r retrieval.Result, seen evidence.Found, language string) {
	if len(n.evidence.Sentences) == 0 {
		n.evidence = seen
	}
	n.didWithout(r.Degraded)
	n.pool.Add(inLanguage(language, comparable(r)))
}

// didWithout records a part that failed. A part that is already recorded, and
// an empty string, are ignored.
func (n *notes) didWithout(what string) { n.degraded = joined(n.degraded, what) }

// asked returns the queries of all rounds.
func (n *notes) asked() []string {
	out := make([]string, len(n.iterations))
	for i, it := range n.iterations {
		out[i] = it.Subquery
	}
	return out
}

// joined adds one failed part to a list of failed parts, unless the list
// contains it.
func joined(degraded, what string) string {
	switch {
	case what == "" || strings.Contains(degraded, what):
		return degraded
	case degraded == "":
		return what
	}
	return degraded + "; " + what
}

// ranking returns every passage that was found. First come the passages that
// the supported sentences cite, then those that answered look-ups, then the
// others by score.
func (f *findings) ranking() []retrieval.Passage {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Concat(f.passages, f.read, f.pool.Ranking()), func(p retrieval.Passage) bool {
		again := seen[p.ID]
		seen[p.ID] = true
		return again
	})
}

// least returns the minimum support grade of a sentence of an answer.
func (f *findings) least(cfg Config) float64 {
	if f.plan != nil {
		return max(cfg.Support, cfg.SupportSeveral)
	}
	return cfg.Support
}

// didNotFit returns the note that passages were left out of a prompt, or "" if
// none was.
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

// comparable returns the passages of a search with scores that can be compared
// with the scores of other searches.
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

// refusals holds drafts and answers that a turn does not use.
type refusals struct {
	refused   []judged // drafts without a sentence of enough support
	offTopics []offTopicAnswer
}

// refuse keeps a refused draft, which unsure may return later. It drops a draft
// if code refutes one of its sentences, or if the support grade of a sentence
// is 0 or unknown.
func (f *refusals) refuse(j judged) {
	faulty := func(s Sentence) bool { return !s.Support.Known || s.Support.Verdict.Refuted || s.Support.Value == 0 }
	if len(j.sentences) > 0 && !slices.ContainsFunc(j.sentences, faulty) {
		f.refused = append(f.refused, j)
	}
}

// offTopicAnswer is an answer of a plan for which a look-up used a passage
// about another subject than the question names.
type offTopicAnswer struct {
	text    string
	verdict claim.Verdict // the verdict on the look-up that used the other subject
}

// noteOffTopic records the answer of a plan as off topic if an earlier look-up
// used a passage about another subject than the question names. An example is
// the opening hours of another office's cafeteria.
func (f *refusals) noteOffTopic(read Draft, answer string, in claim.Sources) {
	for _, step := range read.Sentences[1:] {
		if v := claim.OffSubject(step, in); v.Refuted {
			f.offTopics = append(f.offTopics, offTopicAnswer{answer, v})
			return
		}
	}
}

// offTopic refutes a sentence that repeats an off-topic answer. Sentences that
// answer look-ups are exempt, because another plan may rightly reach the same
// answer.
func (f *refusals) offTopic(s claim.Sentence) claim.Verdict {
	for _, answer := range f.offTopics {
		if s.Subquery == "" && claim.Holds(s.Shown(), answer.text) {
			return answer.verdict
		}
	}
	return claim.Verdict{}
}

// mostUnsure is the maximum number of refused drafts that unsure grades. Not
// measured; each costs a call.
const mostUnsure = 3

// unsure returns the refused draft with the best score that answers the
// question, or an empty draft if there is none. It returns a draft only for a
// question of several look-ups. Small models judge well whether one passage
// supports a sentence. But they give a low grade to every sentence that
// combines two passages, whether it is right or wrong.
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
