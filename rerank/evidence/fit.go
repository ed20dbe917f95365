package evidence

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
)

// Judged is a question with all its candidate sentences and the judgements on
// them.
type Judged struct {
	ID         string     `json:"id"`
	Question   string     `json:"question"`
	Candidates []Sentence `json:"candidates"`
	// Right says which candidates hold the answer; nil if unknown.
	Right []bool `json:"right,omitempty"`
	// Answerable says whether the passages hold the answer; nil if unknown.
	Answerable *bool `json:"answerable,omitempty"`
	// OnePlace says whether one place answers the whole question; nil if
	// unknown.
	OnePlace *bool `json:"one_place,omitempty"`
}

// Fit fits the three curves to judged questions. A curve that the judgements
// say nothing about is taken from like.
func Fit(questions []Judged, like CurveSet) (CurveSet, error) {
	var set CurveSet
	var rows [][]float64
	var right []bool
	for _, q := range questions {
		for i, r := range q.Right {
			rows = append(rows, q.Candidates[i].Signals.list())
			right = append(right, r)
		}
	}
	var err error
	if len(rows) == 0 {
		// No sentence was judged right or wrong in these questions.
		set.Sentence = like.Sentence
	} else if set.Sentence, err = fitCurve(rows, right); err != nil {
		return set, fmt.Errorf("the sentences of %d questions: %w", len(questions), err)
	}
	if set.Answers, err = fitAbout(questions, set, 1, func(q Judged) *bool { return q.Answerable }); err != nil {
		return set, fmt.Errorf("whether %d questions are answered: %w", len(questions), err)
	}
	if set.OnePlace, err = fitAbout(questions, set, 3, func(q Judged) *bool { return q.OnePlace }); err != nil {
		set.OnePlace = like.OnePlace
	}
	return set, nil
}

// fitAbout fits a curve over the first n figures about each question.
func fitAbout(questions []Judged, set CurveSet, n int, known func(Judged) *bool) (Curve, error) {
	var rows [][]float64
	var right []bool
	for _, q := range questions {
		if is := known(q); is != nil && len(q.Candidates) > 0 {
			rows = append(rows, aboutOf(q.Question, set.ranked(q.Candidates)).list()[:n])
			right = append(right, *is)
		}
	}
	return fitCurve(rows, right)
}

// Estimate is the result of curves for a question.
type Estimate struct {
	Judged
	Found Found
}

// WithoutSignal returns the questions with one signal set to 0. Results without
// the signal show what it is worth.
func WithoutSignal(questions []Judged, name string) []Judged {
	out := slices.Clone(questions)
	for i := range out {
		out[i].Candidates = slices.Clone(out[i].Candidates)
		for n := range out[i].Candidates {
			*out[i].Candidates[n].Signals.named(name) = 0
		}
	}
	return out
}

// Measure applies curves to each question.
func Measure(questions []Judged, set CurveSet) []Estimate {
	out := make([]Estimate, len(questions))
	for i, q := range questions {
		out[i] = Estimate{q, set.judge(q.Question, q.Candidates, nil, len(q.Candidates))}
	}
	return out
}

// IsRight reports whether a found sentence holds the answer.
func (e Estimate) IsRight(s Sentence) bool {
	for i, c := range e.Candidates {
		if c.Document == s.Document && c.Source == s.Source && c.Start == s.Start && c.End == s.End {
			return e.Right[i]
		}
	}
	return false
}

// CrossValidate applies to each question the curves that were fitted on the
// questions of the other folds. Questions of one group, such as a question with
// and without its documents, are in the same fold.
func CrossValidate(questions []Judged, like CurveSet, folds int, seed uint64, group func(Judged) string) ([]Estimate, error) {
	if folds < 2 {
		return nil, errors.New("cross-validation needs at least two folds")
	}
	fold := map[string]int{}
	var names []string
	for _, q := range questions {
		if _, seen := fold[group(q)]; !seen {
			fold[group(q)] = 0
			names = append(names, group(q))
		}
	}
	r := rand.New(rand.NewPCG(seed, 1))
	r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	for i, n := range names {
		fold[n] = i % folds
	}
	out := make([]Estimate, len(questions))
	for k := range folds {
		var rest []Judged
		for _, q := range questions {
			if fold[group(q)] != k {
				rest = append(rest, q)
			}
		}
		set, err := Fit(rest, like)
		if err != nil {
			return nil, err
		}
		for i, q := range questions {
			if fold[group(q)] == k {
				out[i] = Measure([]Judged{q}, set)[0]
			}
		}
	}
	return out, nil
}
