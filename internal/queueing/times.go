package queueing

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
)

// Times draws how long a server needs for a request, in seconds.
type Times func(*rand.Rand) float64

// Fixed returns the same time for each request.
func Fixed(seconds float64) Times { return func(*rand.Rand) float64 { return seconds } }

// Exponential returns times of the given mean that know nothing of their past:
// the M of M/M/1.
func Exponential(mean float64) Times {
	return func(r *rand.Rand) float64 { return mean * r.ExpFloat64() }
}

// Replayed draws one of the measured times, each as likely as any other.
func Replayed(measured []float64) (Times, error) {
	if len(measured) == 0 {
		return nil, errors.New("there are no measured times")
	}
	for _, t := range measured {
		if !(t >= 0) || math.IsInf(t, 0) {
			return nil, fmt.Errorf("%g is no time", t)
		}
	}
	return func(r *rand.Rand) float64 { return measured[r.IntN(len(measured))] }, nil
}

// z99 is how many standard deviations the 99th percentile of a normal
// distribution is above its median.
const z99 = 2.3263478740408408

// Lognormal returns times whose logarithm is normal, by their median and their
// 99th percentile. It stands in for times of which no more was recorded.
func Lognormal(median, p99 float64) (Times, error) {
	if !(median > 0) || !(p99 >= median) || math.IsInf(p99, 0) {
		return nil, fmt.Errorf("a median of %g s and a 99th percentile of %g s are no times", median, p99)
	}
	deviation := math.Log(p99/median) / z99
	return func(r *rand.Rand) float64 { return median * math.Exp(deviation*r.NormFloat64()) }, nil
}

// Slowest returns the time of the slowest of n servers that work on parts of the
// same request, as the shards of a store do.
func Slowest(n int, of Times) Times {
	return func(r *rand.Rand) float64 {
		longest := of(r)
		for range n - 1 {
			longest = max(longest, of(r))
		}
		return longest
	}
}
