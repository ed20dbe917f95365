package rerank

import (
	"context"
	"errors"
	"fmt"
	"math"

	"selfrag/retrieval"
)

// Calibration turns the raw score of a reranker into the probability that the
// passage is relevant: 1 / (1 + exp(-(Slope*score + Intercept))). Raw scores
// only order passages. Probabilities can be compared with a threshold that
// means the same for every model.
type Calibration struct {
	Slope     float64 `json:"slope"`
	Intercept float64 `json:"intercept"`
}

// Probability returns the probability for a score, in [0,1].
func (c Calibration) Probability(score float64) float64 {
	return 1 / (1 + math.Exp(-(c.Slope*score + c.Intercept)))
}

// FitCalibration fits the logistic curve to judged pairs by maximum likelihood
// (Platt, "Probabilistic Outputs for Support Vector Machines", 1999). It uses
// Platt's smoothed targets, which keep the slope finite if a score separates
// the classes perfectly, and the damped Newton steps of Lin, Lin and Weng ("A
// Note on Platt's Probabilistic Outputs", 2007). scores and relevant have the
// same length and contain both classes.
func FitCalibration(scores []float64, relevant []bool) (Calibration, error) {
	if len(scores) != len(relevant) {
		return Calibration{}, fmt.Errorf("fit a calibration: %d scores but %d judgements", len(scores), len(relevant))
	}
	var positives, negatives float64
	mean, spread, err := moments(scores)
	if err != nil {
		return Calibration{}, err
	}
	for _, r := range relevant {
		if r {
			positives++
		} else {
			negatives++
		}
	}
	if positives == 0 || negatives == 0 {
		return Calibration{}, errors.New("fit a calibration: both relevant and irrelevant pairs are needed")
	}
	targets := make([]float64, len(scores))
	standard := make([]float64, len(scores))
	for i, r := range relevant {
		targets[i] = 1 / (negatives + 2)
		if r {
			targets[i] = (positives + 1) / (positives + 2)
		}
		// Newton's steps are stable for scores around 0 with a spread of about
		// 1. Logits may lie anywhere.
		standard[i] = (scores[i] - mean) / spread
	}
	fit := newton(standard, targets, math.Log((positives+1)/(negatives+1)))
	return Calibration{Slope: fit.Slope / spread, Intercept: fit.Intercept - fit.Slope*mean/spread}, nil
}

func moments(scores []float64) (mean, spread float64, err error) {
	for _, s := range scores {
		if math.IsNaN(s) || math.IsInf(s, 0) {
			return 0, 0, errors.New("fit a calibration: a score is not a finite number")
		}
		mean += s / float64(len(scores))
	}
	for _, s := range scores {
		spread += (s - mean) * (s - mean) / float64(len(scores))
	}
	if spread = math.Sqrt(spread); spread == 0 {
		return 0, 0, errors.New("fit a calibration: all scores are the same")
	}
	return mean, spread, nil
}

// newton minimises the cross-entropy between targets and the curve.
func newton(x, targets []float64, intercept float64) Calibration {
	const (
		steps  = 100
		ridge  = 1e-12 // keeps the Hessian invertible
		enough = 1e-10
	)
	c := Calibration{Intercept: intercept}
	loss := crossEntropy(c, x, targets)
	for range steps {
		var gs, gi, hss, hsi, hii float64
		hss, hii = ridge, ridge
		for i, v := range x {
			p := c.Probability(v)
			d, w := p-targets[i], p*(1-p)
			gs += d * v
			gi += d
			hss += w * v * v
			hsi += w * v
			hii += w
		}
		if math.Abs(gs) < enough && math.Abs(gi) < enough {
			break
		}
		det := hss*hii - hsi*hsi
		ds, di := -(hii*gs-hsi*gi)/det, -(hss*gi-hsi*gs)/det
		slope := gs*ds + gi*di
		step := 1.0
		for ; step > 1e-10; step /= 2 {
			next := Calibration{c.Slope + step*ds, c.Intercept + step*di}
			if l := crossEntropy(next, x, targets); l < loss+1e-4*step*slope {
				c, loss = next, l
				break
			}
		}
		if step <= 1e-10 {
			break // no improvement along this line within floating-point precision
		}
	}
	return c
}

// crossEntropy computes the loss from the logit, so that it does not overflow.
func crossEntropy(c Calibration, x, targets []float64) float64 {
	var sum float64
	for i, v := range x {
		z := c.Slope*v + c.Intercept
		sum += math.Max(z, 0) - targets[i]*z + math.Log1p(math.Exp(-math.Abs(z)))
	}
	return sum
}

// Calibrated turns the reranker's scores into probabilities. The order stays
// the same if the slope is positive, as it is for every fitted reranker that is
// better than chance.
func Calibrated(reranker retrieval.Reranker, c Calibration) retrieval.Reranker {
	return calibrated{reranker, c}
}

type calibrated struct {
	retrieval.Reranker
	curve Calibration
}

func (r calibrated) Rerank(ctx context.Context, query string, passages []retrieval.Passage) ([]retrieval.Passage, error) {
	ranked, err := r.Reranker.Rerank(ctx, query, passages)
	if err != nil {
		return nil, err
	}
	for i, p := range ranked {
		if p.Rerank != nil {
			score := r.curve.Probability(*p.Rerank)
			ranked[i].Score, ranked[i].Rerank = score, &score
		}
	}
	return ranked, nil
}
