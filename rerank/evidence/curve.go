package evidence

import "math"

// Curve is a logistic curve over signals: 1 / (1 + exp(-(Intercept + sum of
// Weights[i]*signals[i]))).
type Curve struct {
	Intercept float64   `json:"intercept"`
	Weights   []float64 `json:"weights"`
}

// Probability is in [0,1]. Signals without a weight count for nothing.
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

// logit is the log odds of a probability, finite for 0 and 1.
func logit(p float64) float64 {
	p = min(1-1e-9, max(1e-9, p))
	return math.Log(p / (1 - p))
}

// CurveSet is the curves of one way to find evidence.
type CurveSet struct {
	Sentence Curve `json:"sentence"`  // over Signals: the sentence answers
	Answers  Curve `json:"answers"`   // over the question: the passages tell the answer
	OnePlace Curve `json:"one_place"` // over the question: one place tells all
}

// Curves are those with the signals of an encoder and those without.
type Curves struct {
	With    CurveSet `json:"with_encoder"`
	Without CurveSet `json:"words_alone"`
}

// list is the signals in the order of a curve's weights.
func (s Signals) list() []float64 {
	return []float64{s.Coverage, s.Alone, s.Near, s.Rarest, s.Kind, s.Place, s.Late, s.LateAlone, s.Cosine}
}

// BuiltIn are the curves that a Finder has unless told otherwise; docs/results.md
// tells what they are worth.
func BuiltIn() *Curves {
	return &Curves{
		With:    CurveSet{Sentence: Curve{-14, []float64{3, 0, 0, 0, 1, .5, 12, 0, 0}}, Answers: Curve{1, []float64{1}}, OnePlace: Curve{0, []float64{0, 0, 2}}},
		Without: CurveSet{Sentence: Curve{-6, []float64{6, 0, 0, 0, 1, .5}}, Answers: Curve{1, []float64{1}}, OnePlace: Curve{0, []float64{0, 0, 2}}},
	}
}
