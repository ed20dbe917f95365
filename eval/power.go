package eval

import "math"

// The planned error rates of a comparison. If there is no difference, 5 % of
// comparisons report one. If there is a difference, 80 % of comparisons find
// it.
const (
	plannedAlpha = 0.05
	plannedPower = 0.8
)

// QuestionsNeeded returns the number of questions that a paired comparison
// needs to find a mean difference as large as effect:
//
//	((z(1-alpha/2) + z(power)) * sd / effect)^2 + z(1-alpha/2)^2/2
//
// Here sd is the standard deviation of the differences, alpha is 0.05 and power
// is 0.8. The second term is needed because sd is only an estimate (Guenther
// 1981). It matters for small numbers. QuestionsNeeded returns 0 if effect is
// 0, because no number of questions is enough.
func QuestionsNeeded(sd, effect float64) int {
	if effect == 0 {
		return 0
	}
	z := normalQuantile(1 - plannedAlpha/2)
	n := (z + normalQuantile(plannedPower)) * sd / math.Abs(effect)
	// A standard deviation needs at least two questions.
	return max(2, int(math.Ceil(n*n+z*z/2)))
}

func normalQuantile(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }

// deviation returns the sample standard deviation, or 0 for fewer than two
// values.
func deviation(values []float64) float64 {
	if len(values) < 2 {
		return 0
	}
	m, squares := mean(values), 0.0
	for _, v := range values {
		squares += (v - m) * (v - m)
	}
	return math.Sqrt(squares / float64(len(values)-1))
}
