package agent

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"selfrag/agent/multihop"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
)

// gathered is what the rounds of a turn gathered.
type gathered struct {
	iterations []Iteration
	passages   []retrieval.Passage // of the supported sentences
	sentences  []Sentence          // supported; their numbers index passages
	rounds     int                 // that supported something
	usefulness Grade               // of the last of these rounds
	nearest    []evidence.Sentence // of the first search that found some
	degraded   string
	pool       multihop.Pool
	read       []retrieval.Passage // those that the answers to a plan's look-ups were read off
	plan       multihop.Plan       // of a question that takes several look-ups; nil for one
	unplanned  bool                // whether the question takes several look-ups is not known
	progress   *multihop.Progress  // along the plan; nil without one, or when it leads nowhere
	refused    []refused
	offTopics  []offTopicAnswer
	translated bool // the question was searched in the other language
}

// useful grades whether sentences answer the question.
//
// The support of a value is that of the question with the value as its answer,
// so where one look-up is known to answer the question it grades both.
func (e *gathered) useful(ctx context.Context, t *Turn, sentences []Sentence) (Grade, error) {
	if e.plan == nil && !e.unplanned && !slices.ContainsFunc(sentences, func(s Sentence) bool { return s.Value == "" || !s.Support.Known }) {
		least := sentences[0].Support
		for _, s := range sentences[1:] {
			least.Value = min(least.Value, s.Support.Value)
		}
		return least, nil
	}
	return t.Steps.GradeUsefulness(ctx, UsefulnessInput{t.Question.Text, textOf(sentences), e.plan.Asks(t.Language)})
}

// least is the grade of support that a sentence of an answer needs.
func (e *gathered) least(cfg Config) float64 {
	if e.plan != nil {
		return max(cfg.Support, cfg.SupportSeveral)
	}
	return cfg.Support
}

// begin opens the record of a round. end tells that the round is over, however
// it went.
func (e *gathered) begin(t *Turn, query string) (it *Iteration, end func()) {
	e.iterations = append(e.iterations, Iteration{Subquery: query, Passages: []GradedPassage{}})
	it = &e.iterations[len(e.iterations)-1]
	return it, func() { t.Emit(IterationEnded{Iteration: *it, Score: score(*it, t.Config.Weights)}) }
}

// saw notes a search with its evidence, of which only the passages of a language
// count; all of them when it is "".
func (e *gathered) saw(r retrieval.Result, seen evidence.Found, language string) {
	if len(e.nearest) == 0 {
		e.nearest = seen.Sentences
	}
	e.didWithout(r.Degraded)
	e.pool.Add(inLanguage(language, comparable(r)))
}

// ranking is every passage that was found: first those that the supported
// sentences rest on, then those that the answers to look-ups were read off,
// then the others by score.
func (e *gathered) ranking() []retrieval.Passage {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Concat(e.passages, e.read, e.pool.Ranking()), func(p retrieval.Passage) bool {
		again := seen[p.ID]
		seen[p.ID] = true
		return again
	})
}

// didWithout notes what did not work, each once; "" is nothing.
func (e *gathered) didWithout(what string) {
	e.degraded = joined(e.degraded, what)
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

// add takes over supported sentences, whose numbers index passages.
func (e *gathered) add(supported []Sentence, passages []retrieval.Passage) {
	e.rounds++
	for _, s := range supported {
		own := make([]int, len(s.Passages))
		for i, n := range s.Passages {
			own[i] = e.index(passages[n])
		}
		s.Passages = own
		e.sentences = append(e.sentences, s)
	}
}

func (e *gathered) index(p retrieval.Passage) int {
	for i, have := range e.passages {
		if have.ID == p.ID {
			return i
		}
	}
	e.passages = append(e.passages, p)
	return len(e.passages) - 1
}

func (e *gathered) known() []string {
	out := make([]string, len(e.sentences))
	for i, s := range e.sentences {
		out[i] = s.Text
	}
	return out
}

func (e *gathered) asked() []string {
	out := make([]string, len(e.iterations))
	for i, it := range e.iterations {
		out[i] = it.Subquery
	}
	return out
}

func textOf(sentences []Sentence) string {
	out := make([]string, len(sentences))
	for i, s := range sentences {
		out[i] = s.Shown()
	}
	return strings.Join(out, " ")
}
