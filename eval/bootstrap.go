package eval

import (
	"math/rand/v2"
	"slices"
)

// Interval is a confidence interval.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// BootstrapMean returns the confidence interval of a mean by the percentile
// bootstrap (Efron 1979). It resamples the values with replacement, using the
// seed; level is 0.95 for a 95 % interval. If the values are differences of
// pairs, the result is the interval of a paired comparison. Without values it
// returns [0, 0].
func BootstrapMean(values []float64, level float64, resamples int, seed uint64) Interval {
	if len(values) == 0 || resamples < 1 {
		return Interval{}
	}
	random := rand.New(rand.NewPCG(seed, 2))
	means := make([]float64, resamples)
	for i := range means {
		total := 0.0
		for range values {
			total += values[random.IntN(len(values))]
		}
		means[i] = total / float64(len(values))
	}
	slices.Sort(means)
	return Interval{quantile(means, (1-level)/2), quantile(means, (1+level)/2)}
}

// quantile returns the p-quantile of sorted values. It interpolates linearly
// between neighbouring values.
func quantile(sorted []float64, p float64) float64 {
	at := p * float64(len(sorted)-1)
	low := int(at)
	if low+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[low] + (at-float64(low))*(sorted[low+1]-sorted[low])
}
