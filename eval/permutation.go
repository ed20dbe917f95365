package eval

import (
	"math"
	"math/rand/v2"
)

// PermutationP returns the two-sided p of the paired randomisation test (Fisher
// 1935; Smucker, Allan and Carterette 2007). p is the probability that the mean
// of the differences is at least as far from 0 as the observed mean if the sign
// of each difference is chosen at random. If the number of sign choices is not
// larger than permutations, all choices are tried and p is exact. Otherwise as
// many choices as permutations says are drawn, using the seed. p is then (1 +
// far) / (1 + permutations), where far is the number of drawn choices whose
// mean is at least as far from 0. So p is never 0. If all differences are 0, p
// is 1.
func PermutationP(differences []float64, permutations int, seed uint64) float64 {
	// A difference of 0 has no sign.
	var d []float64
	size := 0.0
	for _, v := range differences {
		if v != 0 {
			d = append(d, v)
			size += math.Abs(v)
		}
	}
	if len(d) == 0 {
		return 1
	}
	// Sums of the same values with other signs differ by rounding.
	least := math.Abs(sum(d)) - 1e-12*size
	if len(d) < 62 && 1<<len(d) <= permutations {
		far := 0
		for signs := range 1 << len(d) {
			if math.Abs(signed(d, uint64(signs))) >= least {
				far++
			}
		}
		return float64(far) / float64(int(1)<<len(d))
	}
	random := rand.New(rand.NewPCG(seed, 1))
	far := 0
	for range permutations {
		total := 0.0
		for from := 0; from < len(d); from += 64 {
			total += signed(d[from:min(from+64, len(d))], random.Uint64())
		}
		if math.Abs(total) >= least {
			far++
		}
	}
	return float64(1+far) / float64(1+permutations)
}

// signed returns the sum of the values. The value with index i is negated if
// bit i of turned is set.
func signed(values []float64, turned uint64) float64 {
	total := 0.0
	for i, v := range values {
		if turned>>i&1 == 1 {
			v = -v
		}
		total += v
	}
	return total
}
