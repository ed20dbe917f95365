package eval

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"selfrag/agent"
)

// noisyArm draws a run of an arm that is right on each question with a
// probability of its own, like a sampled model: two runs of the same arm
// differ. more is added to each probability.
func noisyArm(random *rand.Rand, q []Query, easy []float64, more float64) []Outcome {
	out := make([]Outcome, len(q))
	for i := range q {
		out[i] = Outcome{ID: q[i].ID, Answer: "no idea [1]", Short: "nothing", Timings: agent.Timings{Total: 1000 + 500*random.Float64()}}
		if random.Float64() < easy[i]+more {
			out[i].Answer, out[i].Short = "It is "+q[i].Answers[0]+". [1]", q[i].Answers[0]
		}
	}
	return out
}

func easiness(random *rand.Rand, n int, least, most float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = least + (most-least)*random.Float64()
	}
	return out
}

// TestSameArmTwice compares an arm with itself under 20 seeds, with Compare: p
// is below 0.05 for 0 to 3 of them.
func TestSameArmTwice(t *testing.T) {
	q := queries(60)
	significant := map[string]int{}
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 3))
		easy := easiness(random, len(q), 0.1, 0.9)
		for _, d := range Compare(Dataset{}, q, noisyArm(random, q, easy, 0), noisyArm(random, q, easy, 0), 0, seed).Metrics {
			if d.P < plannedAlpha {
				significant[d.Metric]++
			}
		}
	}
	for _, metric := range []string{MetricF1, MetricSeconds} {
		if significant[metric] > 3 {
			t.Errorf("%s: the same arm differs from itself under %d of 20 seeds", metric, significant[metric])
		}
		t.Logf("%s: p below 0.05 under %d of 20 seeds", metric, significant[metric])
	}
	// An arm that always gives the same answers does not differ at all.
	random := rand.New(rand.NewPCG(1, 3))
	same := noisyArm(random, q[:10], easiness(random, 10, 0, 1), 0)
	for _, d := range Compare(Dataset{}, q[:10], same, same, 0, 1).Metrics {
		if d.P != 1 || d.Mean != 0 || d.Better() != "" {
			t.Errorf("%s: an arm differs from itself: %+v", d.Metric, d)
		}
	}
}

// TestPlantedDifference plants differences of known sizes. A pilot estimates
// the deviation and from it the number of questions needed. That number finds
// the difference in about 80 % of comparisons, the planned power, and the
// interval contains the planted size in about 95 %.
func TestPlantedDifference(t *testing.T) {
	const runs = 150
	for _, planted := range []float64{0.1, 0.15, 0.25} {
		t.Run(fmt.Sprint(planted), func(t *testing.T) {
			random := rand.New(rand.NewPCG(uint64(100*planted), 4))
			// Both arms stay within [0,1], so that the planted difference is
			// not cut.
			differences := func(n int) []float64 {
				q := queries(n)
				easy := easiness(random, n, 0.05, 0.95-planted)
				a, b := noisyArm(random, q, easy, 0), noisyArm(random, q, easy, planted)
				d := make([]float64, n)
				for i := range d {
					d[i] = F1("en", b[i].Short, q[i].Answers) - F1("en", a[i].Short, q[i].Answers)
				}
				return d
			}
			n := QuestionsNeeded(deviation(differences(2000)), planted)
			found, held := 0, 0
			for seed := range uint64(runs) {
				d := differences(n)
				if PermutationP(d, 400, seed) < plannedAlpha && mean(d) > 0 {
					found++
				}
				if in := BootstrapMean(d, level, 400, seed); in.Low <= planted && planted <= in.High {
					held++
				}
			}
			if least, most := binomialBounds(runs, plannedPower); float64(found) < least || float64(found) > most {
				t.Errorf("with %d questions it was found in %d of %d comparisons", n, found, runs)
			}
			if least, _ := binomialBounds(runs, level); float64(held) < least {
				t.Errorf("with %d questions %d of %d intervals hold it", n, held, runs)
			}
			t.Logf("%d questions: found in %d of %d comparisons, held by %d intervals", n, found, runs, held)
		})
	}
}
