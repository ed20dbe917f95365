package evidence

import (
	"errors"
	"fmt"
	"math"
)

// ridge pulls the weights of standardised signals towards 0, like a prior with
// that inverse variance. Signals are correlated, and few questions separate
// them. Not measured.
const ridge = 1.0

// fitCurve fits a logistic curve to rows of signals by penalised maximum
// likelihood, with Newton's method. All rows have the same length, and both
// classes must occur.
func fitCurve(rows [][]float64, right []bool) (Curve, error) {
	if len(rows) == 0 || len(rows) != len(right) {
		return Curve{}, fmt.Errorf("fit a curve: %d rows of signals and %d judgements", len(rows), len(right))
	}
	yes := 0
	for _, r := range right {
		if r {
			yes++
		}
	}
	if yes == 0 || yes == len(rows) {
		return Curve{}, errors.New("fit a curve: both right and wrong judgements are needed")
	}
	middle, spread := scale(rows)
	d := len(middle)
	x := make([][]float64, len(rows))
	for i, row := range rows {
		x[i] = make([]float64, d+1)
		x[i][d] = 1
		for j, v := range row {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return Curve{}, errors.New("fit a curve: a signal is not a finite number")
			}
			if spread[j] > 0 {
				x[i][j] = (v - middle[j]) / spread[j]
			}
		}
	}
	w := make([]float64, d+1)
	for range 50 {
		step, err := newtonStep(x, right, w)
		if err != nil {
			return Curve{}, err
		}
		longest := 0.0
		for j := range w {
			w[j] += step[j]
			longest = max(longest, math.Abs(step[j]))
		}
		if longest < 1e-8 {
			break
		}
	}
	c := Curve{Intercept: w[d], Weights: make([]float64, d)}
	for j := range d {
		if spread[j] > 0 {
			c.Weights[j] = w[j] / spread[j]
			c.Intercept -= c.Weights[j] * middle[j]
		}
	}
	return c, nil
}

// newtonStep returns the Newton step of the penalised likelihood at w.
func newtonStep(x [][]float64, right []bool, w []float64) ([]float64, error) {
	n := len(w)
	gradient := make([]float64, n)
	hessian := make([][]float64, n)
	for j := range hessian {
		hessian[j] = make([]float64, n)
	}
	for i, row := range x {
		z := 0.0
		for j, v := range row {
			z += w[j] * v
		}
		p := 1 / (1 + math.Exp(-max(-30, min(30, z))))
		miss := p
		if right[i] {
			miss = p - 1
		}
		weight := max(p*(1-p), 1e-6)
		for j, v := range row {
			gradient[j] -= miss * v
			for k := range j + 1 {
				hessian[j][k] += weight * v * row[k]
			}
		}
	}
	for j := range n - 1 { // not the intercept
		gradient[j] -= ridge * w[j]
		hessian[j][j] += ridge
	}
	hessian[n-1][n-1] += 1e-9
	return solve(hessian, gradient)
}

// solve solves a*x = b by Cholesky factorisation. a is symmetric and positive
// definite, given by its lower half.
func solve(a [][]float64, b []float64) ([]float64, error) {
	n := len(b)
	for j := range n {
		for k := range j + 1 {
			sum := a[j][k]
			for m := range k {
				sum -= a[j][m] * a[k][m]
			}
			switch {
			case k < j:
				a[j][k] = sum / a[k][k]
			case sum <= 0:
				return nil, errors.New("fit a curve: the signals do not determine the weights")
			default:
				a[j][j] = math.Sqrt(sum)
			}
		}
	}
	x := append([]float64{}, b...)
	for j := range n {
		for k := range j {
			x[j] -= a[j][k] * x[k]
		}
		x[j] /= a[j][j]
	}
	for j := n - 1; j >= 0; j-- {
		for k := j + 1; k < n; k++ {
			x[j] -= a[k][j] * x[k]
		}
		x[j] /= a[j][j]
	}
	return x, nil
}

// scale returns the mean and the standard deviation of each signal.
func scale(rows [][]float64) (middle, spread []float64) {
	middle, spread = make([]float64, len(rows[0])), make([]float64, len(rows[0]))
	n := float64(len(rows))
	for _, row := range rows {
		for j, v := range row {
			middle[j] += v / n
		}
	}
	for _, row := range rows {
		for j, v := range row {
			spread[j] += (v - middle[j]) * (v - middle[j]) / n
		}
	}
	for j := range spread {
		if spread[j] = math.Sqrt(spread[j]); spread[j] < 1e-12 {
			spread[j] = 0
		}
	}
	return middle, spread
}
