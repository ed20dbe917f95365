package evidence

import (
	"fmt"
	"math"
	"slices"
)

// Curve is a logistic curve over signals: 1 / (1 + exp(-(Intercept + sum of
// Weights[i]*signals[i]))).
type Curve struct {
	Intercept float64   `json:"intercept"`
	Weights   []float64 `json:"weights"`
}

// Probability returns a probability in [0,1]. Signals without a weight are
// ignored.
func (c Curve) Probability(signals []float64) float64 {
	return 1 / (1 + math.Exp(-c.logOdds(signals)))
}

func (c Curve) logOdds(signals []float64) float64 {
	sum := c.Intercept
	for i, s := range signals[:min(len(signals), len(c.Weights))] {
		sum += c.Weights[i] * s
	}
	return sum
}

// logit returns the log odds of a probability, finite even for 0 and 1.
func logit(p float64) float64 {
	p = min(1-1e-9, max(1e-9, p))
	return math.Log(p / (1 - p))
}

// CurveSet is the curves of one way to find evidence.
type CurveSet struct {
	Sentence Curve `json:"sentence"`  // over Signals: P(the sentence answers)
	Answers  Curve `json:"answers"`   // over the question: P(the passages hold the answer)
	OnePlace Curve `json:"one_place"` // over the question: P(one place answers all of it)
}

// Curves are the curves with the signals of an encoder and those without.
type Curves struct {
	With    CurveSet `json:"with_encoder"`
	Without CurveSet `json:"words_alone"`
}

// Check returns an error if curves from outside do not fit this version.
func (c Curves) Check() error {
	for name, set := range map[string]CurveSet{"with_encoder": c.With, "words_alone": c.Without} {
		if n, want := len(set.Sentence.Weights), len(SignalNames()); n != want {
			return fmt.Errorf("the curve of sentences %s has %d weights, and there are %d signals: fit it anew with this version", name, n, want)
		}
		for _, curve := range []Curve{set.Sentence, set.Answers, set.OnePlace} {
			for _, w := range append([]float64{curve.Intercept}, curve.Weights...) {
				if math.IsNaN(w) || math.IsInf(w, 0) {
					return fmt.Errorf("a curve %s holds a weight that is not a finite number", name)
				}
			}
		}
	}
	return nil
}

// SignalNames returns the names of the signals in JSON, in the order of a
// curve's weights.
func SignalNames() []string {
	return []string{"coverage", "subject", "kind", "place", "superseded", "cosine", "reranker"}
}

// all returns pointers to the signals in the order of SignalNames.
func (s *Signals) all() []*float64 {
	return []*float64{&s.Coverage, &s.Subject, &s.Kind, &s.Place, &s.Superseded, &s.Cosine, &s.Reranker}
}

// WeighsReranker reports whether the probability of a sentence depends on the
// score of the reranker that the curves were fitted with.
func (c Curves) WeighsReranker() bool {
	last := len(SignalNames()) - 1
	weighs := func(set CurveSet) bool { return len(set.Sentence.Weights) > last && set.Sentence.Weights[last] != 0 }
	return weighs(c.With) || weighs(c.Without)
}

func (s *Signals) named(name string) *float64 {
	return s.all()[slices.Index(SignalNames(), name)]
}

// list returns the signals in the order of SignalNames.
func (s Signals) list() []float64 {
	all := s.all()
	out := make([]float64, len(all))
	for i, v := range all {
		out[i] = *v
	}
	return out
}

// BuiltIn returns the default curves of a Finder. They were fitted by selfrag
// calibrate on the handbook, the town and MuSiQue with multilingual-e5-small
// rounded to 7 bits. docs/development/results.md reports what they are worth. The
// reranker's score has no weight in them, because its meaning differs between
// rerankers; selfrag calibrate can fit a weight for one.
func BuiltIn() *Curves {
	return &Curves{
		With: CurveSet{
			Sentence: Curve{-32.13, []float64{2.78, 0.5427, 1.107, 2.056, -5.489, 29.91, 0}},
			Answers:  Curve{1.483, []float64{1.157}},
			OnePlace: Curve{3.341, []float64{0.8736, -2.318, -1.419}},
		},
		Without: CurveSet{
			Sentence: Curve{-8.497, []float64{4.177, 0.8646, 1.159, 3.086, -5.056, 0, 0}},
			Answers:  Curve{1.399, []float64{1.091}},
			OnePlace: Curve{3.847, []float64{1.059, -2.188, -1.334}},
		},
	}
}
