package eval

import "math"

// The error rates that a comparison is planned with: a difference that is
// none is taken for one in 5 % of comparisons, one that is there is found in
// 80 %.
const (
	plannedAlpha = 0.05
	plannedPower = 0.8
)

// QuestionsNeeded is how many questions a paired comparison needs to find a
// mean difference of effect: ((z(1-alpha/2) + z(power)) * sd / effect)^2 +
// z(1-alpha/2)^2/2, where sd is the standard deviation of the differences, alpha
// 0.05 and power 0.8. The second part makes up for the deviation's being
// estimated (Guenther 1981), which tells where few questions are enough.
// It is 0 when the effect is 0, since no number is enough.
func QuestionsNeeded(sd, effect float64) int {
	if effect == 0 {
		return 0
	}
	z := normalQuantile(1 - plannedAlpha/2)
	n := (z + normalQuantile(plannedPower)) * sd / math.Abs(effect)
	// Less than two questions have no deviation.
	return max(2, int(math.Ceil(n*n+z*z/2)))
}

func normalQuantile(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }

// deviation is the sample standard deviation; 0 for fewer than two values.
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
