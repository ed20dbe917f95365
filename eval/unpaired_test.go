package eval

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// thumbs draws the ratings of n units, each the mean of one to four thumbs.
func thumbs(random *rand.Rand, n int, up float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		given := 1 + random.IntN(4)
		for range given {
			if random.Float64() < up {
				out[i] += 1 / float64(given)
			}
		}
	}
	return out
}

// TestSameArmTwiceUnpaired compares draws from one arm. p is uniform, so it is
// below each level in about that share of comparisons, and the interval
// contains 0 in about 95 %.
func TestSameArmTwiceUnpaired(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	const runs = 400
	below, missed := map[float64]int{}, 0
	for seed := range uint64(runs) {
		a, b := make([]float64, 40), make([]float64, 55) // sizes without ties, so that p can be uniform
		for _, group := range [][]float64{a, b} {
			for i := range group {
				group[i] = random.NormFloat64()
			}
		}
		p := ShuffleP(a, b, 400, seed)
		for _, level := range []float64{0.05, 0.25, 0.5, 0.75} {
			if p < level {
				below[level]++
			}
		}
		if in := BootstrapDifference(a, b, 0.95, 400, seed); in.Low > 0 || in.High < 0 {
			missed++
		}
	}
	for level, n := range below {
		if least, most := binomialBounds(runs, level); float64(n) < least || float64(n) > most {
			t.Errorf("p is below %v in %d of %d comparisons of the same", level, n, runs)
		}
	}
	// The percentile bootstrap is slightly narrow for few values.
	if _, most := binomialBounds(runs, 0.06); float64(missed) > most {
		t.Errorf("%d of %d intervals miss 0", missed, runs)
	}
	t.Logf("below: %v; %d intervals without 0", below, missed)
}

// TestPlantedDifferenceOfThumbs plants differences of known sizes. A pilot
// estimates the number of units needed. That number finds the difference in
// about 80 % of comparisons, and the interval contains the planted size in
// about 95 %.
func TestPlantedDifferenceOfThumbs(t *testing.T) {
	const runs = 150
	for _, planted := range []float64{0.15, 0.25} {
		t.Run(fmt.Sprint(planted), func(t *testing.T) {
			random := rand.New(rand.NewPCG(uint64(100*planted), 8))
			a, b := thumbs(random, 4000, 0.55), thumbs(random, 4000, 0.55+planted)
			n := QuestionsNeeded(math.Hypot(deviation(a), deviation(b)), planted)
			found, held := 0, 0
			for seed := range uint64(runs) {
				a, b := thumbs(random, n, 0.55), thumbs(random, n, 0.55+planted)
				if ShuffleP(a, b, 400, seed) < plannedAlpha && mean(b) > mean(a) {
					found++
				}
				if in := BootstrapDifference(a, b, level, 400, seed); in.Low <= planted && planted <= in.High {
					held++
				}
			}
			if least, most := binomialBounds(runs, plannedPower); float64(found) < least || float64(found) > most {
				t.Errorf("with %d units an arm it was found in %d of %d comparisons", n, found, runs)
			}
			if least, _ := binomialBounds(runs, level); float64(held) < least {
				t.Errorf("with %d units an arm %d of %d intervals hold it", n, held, runs)
			}
			t.Logf("%d units an arm: found in %d of %d comparisons, held by %d intervals", n, found, runs, held)
		})
	}
}

func TestShuffleP(t *testing.T) {
	for _, c := range []struct {
		a, b []float64
		want float64
	}{
		{[]float64{0, 0, 0}, []float64{1, 1, 1}, 2.0 / 20},
		{[]float64{1, 1, 1}, []float64{0, 0, 0}, 2.0 / 20},
		{[]float64{0}, []float64{1, 1, 1, 1}, 1.0 / 5}, // only one assignment is as far
		{[]float64{0.1, 0.2}, []float64{0.3}, 2.0 / 3}, // 0.15 and 0.15, 0
		{[]float64{1, 1}, []float64{1, 1, 1}, 1},
		{[]float64{1}, []float64{0}, 1},
		{nil, []float64{1}, 1},
	} {
		if got := ShuffleP(c.a, c.b, 1000, 1); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%v and %v: p %v, want %v", c.a, c.b, got, c.want)
		}
	}
	// A drawn p is near the exact one, and the same each time.
	random := rand.New(rand.NewPCG(9, 9))
	a, b := thumbs(random, 8, 0.4), thumbs(random, 9, 0.8)
	exact, drawn := ShuffleP(a, b, 100_000, 1), ShuffleP(a, b, 20_000, 1)
	if deals(17, 8, 100_000) != 24_310 || math.Abs(exact-drawn) > 4*math.Sqrt(exact*(1-exact)/20_000) || drawn != ShuffleP(a, b, 20_000, 1) {
		t.Errorf("p is %v of all %d and %v of those drawn", exact, deals(17, 8, 100_000), drawn)
	}
}

func TestCompareUnpaired(t *testing.T) {
	u := CompareUnpaired([]float64{0, 0, 0, 0, 1}, []float64{1, 1, 1, 1, 1}, 1)
	if u.UnitsA != 5 || u.A != 0.2 || u.B != 1 || u.Mean != 0.8 || u.Differs() != (u.P < 0.05) || u.Interval.Low > 0.8 || u.Interval.High < 0.8 || u.Needed < 1 {
		t.Errorf("%+v", u)
	}
	if math.Abs(u.P-12.0/252) > 1e-12 { // all four zeros in one group
		t.Errorf("p %v", u.P)
	}
	if in := BootstrapDifference(nil, []float64{1}, 0.95, 100, 1); in != (Interval{}) {
		t.Errorf("nothing has the interval %v", in)
	}
}
