package eval

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Unpaired holds the comparison of two groups of independent values, such as
// the ratings by the users of two arms.
type Unpaired struct {
	UnitsA   int      `json:"units_a"`
	UnitsB   int      `json:"units_b"`
	A        float64  `json:"a"`          // mean of group A
	B        float64  `json:"b"`          // mean of group B
	Mean     float64  `json:"difference"` // b - a
	Interval Interval `json:"interval"`   // 95 % interval of the difference
	P        float64  `json:"p"`          // p-value of the permutation test
	// Needed is the number of values that each group needs so that a real
	// difference of the size of Mean is found. It is 0 if Mean is 0.
	Needed int `json:"units_needed"`
}

// CompareUnpaired compares the values of two groups. It uses as many resamples
// and permutations as a paired comparison, drawn using the seed. Neither group
// may be empty.
func CompareUnpaired(a, b []float64, seed uint64) Unpaired {
	u := Unpaired{UnitsA: len(a), UnitsB: len(b), A: mean(a), B: mean(b), P: ShuffleP(a, b, permutations, seed)}
	u.Mean = u.B - u.A
	u.Interval = BootstrapDifference(a, b, level, resamples, seed)
	u.Needed = QuestionsNeeded(math.Hypot(deviation(a), deviation(b)), u.Mean)
	return u
}

// Differs reports whether P is below 0.05 and the means differ.
func (u Unpaired) Differs() bool { return u.P < plannedAlpha && u.Mean != 0 }

// ShuffleP returns the two-sided p of the permutation test on two groups
// (Fisher 1935; Pitman 1937). p is the probability that the difference of the
// means is at least as far from 0 as the observed difference if the values are
// assigned to the groups at random. If the number of possible assignments is
// not larger than permutations, all assignments are tried and p is exact.
// Otherwise as many assignments as permutations says are drawn, using the seed.
// p is then (1 + far) / (1 + permutations), where far is the number of drawn
// assignments whose difference is at least as far from 0. So p is never 0. If a
// group is empty, p is 1.
func ShuffleP(a, b []float64, permutations int, seed uint64) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 1
	}
	all := slices.Concat(a, b)
	if len(a) > len(b) { // assign values to the smaller group
		all = slices.Concat(b, a)
	}
	few, total := min(len(a), len(b)), sum(all)
	distance := func(dealt float64) float64 {
		return math.Abs(dealt/float64(few) - (total-dealt)/float64(len(all)-few))
	}
	size := 0.0
	for _, v := range all {
		size = max(size, math.Abs(v))
	}
	// Sums of the same values in another order differ by rounding.
	least := distance(sum(all[:few])) - 1e-12*size*float64(len(all))
	if ways := deals(len(all), few, permutations); ways <= permutations {
		far := 0
		eachDeal(all, few, 0, func(dealt float64) {
			if distance(dealt) >= least {
				far++
			}
		})
		return float64(far) / float64(ways)
	}
	random := rand.New(rand.NewPCG(seed, 5))
	far := 0
	for range permutations {
		dealt := 0.0
		for i := range few {
			j := i + random.IntN(len(all)-i)
			all[i], all[j] = all[j], all[i]
			dealt += all[i]
		}
		if distance(dealt) >= least {
			far++
		}
	}
	return float64(1+far) / float64(1+permutations)
}

// deals returns the number of ways to choose k of n values. If this number is
// larger than limit, deals returns limit+1.
func deals(n, k, limit int) int {
	ways := 1
	for i := 1; i <= k; i++ {
		if ways = ways * (n - k + i) / i; ways > limit {
			return limit + 1
		}
	}
	return ways
}

// eachDeal calls tell once for every choice of k values, with the sum of these
// values plus dealt.
func eachDeal(values []float64, k int, dealt float64, tell func(float64)) {
	if k == 0 {
		tell(dealt)
		return
	}
	for i := range len(values) - k + 1 {
		eachDeal(values[i+1:], k-1, dealt+values[i], tell)
	}
}

// BootstrapDifference returns the confidence interval of the difference of two
// groups' means, b - a, by the percentile bootstrap (Efron 1979). Each group is
// resampled on its own, using the seed. If a group is empty,
// BootstrapDifference returns [0, 0].
func BootstrapDifference(a, b []float64, level float64, resamples int, seed uint64) Interval {
	if len(a) == 0 || len(b) == 0 || resamples < 1 {
		return Interval{}
	}
	random := rand.New(rand.NewPCG(seed, 6))
	resampled := func(values []float64) float64 {
		total := 0.0
		for range values {
			total += values[random.IntN(len(values))]
		}
		return total / float64(len(values))
	}
	differences := make([]float64, resamples)
	for i := range differences {
		differences[i] = resampled(b) - resampled(a)
	}
	slices.Sort(differences)
	return Interval{quantile(differences, (1-level)/2), quantile(differences, (1+level)/2)}
}
