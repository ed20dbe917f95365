package eval

import (
	"math"
	"math/rand/v2"
	"testing"

	"selfrag/agent"
)

// binomialBounds returns the bounds that a binomial count exceeds only about
// once in ten thousand times (four standard deviations).
func binomialBounds(n int, p float64) (least, most float64) {
	mean, sd := float64(n)*p, math.Sqrt(float64(n)*p*(1-p))
	return mean - 4*sd, mean + 4*sd
}

// TestSameArmsSeldomDiffer compares draws from one distribution: p is below
// 0.05 in about 5 % of comparisons, and the 95 % interval contains 0 in about
// 95 %.
func TestSameArmsSeldomDiffer(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	const runs = 400
	significant, missed := 0, 0
	for i := range uint64(runs) {
		d := make([]float64, 60)
		for j := range d {
			d[j] = random.NormFloat64() - random.NormFloat64()
		}
		if PermutationP(d, 500, i) < 0.05 {
			significant++
		}
		if in := BootstrapMean(d, 0.95, 500, i); in.Low > 0 || in.High < 0 {
			missed++
		}
	}
	if least, most := binomialBounds(runs, 0.05); float64(significant) < least || float64(significant) > most {
		t.Errorf("%d of %d comparisons of the same found a difference", significant, runs)
	}
	// The percentile bootstrap is slightly narrow for few values.
	if _, most := binomialBounds(runs, 0.06); float64(missed) > most {
		t.Errorf("%d of %d intervals miss 0", missed, runs)
	}
	t.Logf("of %d: %d significant, %d intervals without 0", runs, significant, missed)
}

// TestPlannedPower plants a difference and asks the number of questions that is
// said to be needed. The difference is found in about 80 % of comparisons.
func TestPlannedPower(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 2))
	const runs, effect, sd = 300, 0.1, 0.3
	n := QuestionsNeeded(sd, effect)
	if n != 73 {
		t.Errorf("%d questions needed, want 73", n)
	}
	found := 0
	for i := range uint64(runs) {
		d := make([]float64, n)
		for j := range d {
			d[j] = effect + sd*random.NormFloat64()
		}
		if PermutationP(d, 500, i) < 0.05 {
			found++
		}
	}
	if least, most := binomialBounds(runs, 0.8); float64(found) < least || float64(found) > most {
		t.Errorf("a planted difference was found in %d of %d comparisons", found, runs)
	}
	t.Logf("found in %d of %d", found, runs)
}

func TestStatisticsOfNothing(t *testing.T) {
	if p := PermutationP([]float64{0, 0}, 100, 1); p != 1 {
		t.Errorf("no difference has p %v", p)
	}
	if in := BootstrapMean(nil, 0.95, 100, 1); in != (Interval{}) {
		t.Errorf("no value has the interval %v", in)
	}
	if in := BootstrapMean([]float64{2}, 0.95, 100, 1); in != (Interval{2, 2}) {
		t.Errorf("one value has the interval %v", in)
	}
	if n := QuestionsNeeded(1, 0); n != 0 {
		t.Errorf("%d questions for no effect", n)
	}
	if Percentile(nil, 50) != 0 || Percentile([]float64{1, 2, 3, 4}, 50) != 2 || Percentile([]float64{1, 2}, 0) != 1 || Percentile([]float64{1, 2}, 100) != 2 {
		t.Error("percentiles are wrong")
	}
}

// outcomesOf returns the outcomes of an arm that is right on the given
// questions.
func outcomesOf(q []Query, seconds float64, right ...bool) []Outcome {
	out := make([]Outcome, len(q))
	for i := range q {
		out[i] = Outcome{ID: q[i].ID, Answer: "no idea [1]", Short: "nothing", StoppedBy: "supported",
			Usage: agent.Usage{Calls: 2, PromptTokens: 90, CompletionTokens: 10}, Timings: agent.Timings{Total: seconds * 1000}}
		if right[i] {
			out[i].Answer, out[i].Short = "It is "+q[i].Text+". [1]", q[i].Text
		}
	}
	return out
}

func TestCompare(t *testing.T) {
	q := queries(4)
	q[3] = Query{ID: "q3", Text: "who knows", Unanswerable: true}
	a, b := outcomesOf(q, 1, true, false, false, false), outcomesOf(q, 3, true, true, true, false)
	b[3].Abstained, b[3].Answer, b[3].Short = true, "The documents do not say.", ""
	c := Compare(Dataset{}, q, a, b, 0.5, 1)
	byName := map[string]Difference{}
	for _, d := range c.Metrics {
		byName[d.Metric] = d
	}
	if _, ok := byName["recall@5"]; ok {
		t.Error("recall without judgements")
	}
	f1 := byName[MetricF1]
	if f1.A != 0.25 || f1.B != 1 || f1.Mean != 0.75 || f1.Win != 3 || f1.Tie != 1 || f1.Loss != 0 || f1.P != 0.25 {
		t.Errorf("F1: got %+v", f1)
	}
	if f1.Interval.Low < 0 || f1.Interval.High != 1 || *f1.Needed != 10 {
		t.Errorf("F1: got %+v and %d needed", f1.Interval, *f1.Needed)
	}
	if s := byName[MetricSeconds]; s.Mean != 2 || s.Loss != 4 || s.Better() != "" {
		t.Errorf("seconds: got %+v", s)
	}
	if got := c.B.Correct; got != (PerCorrect{Answers: 4, Seconds: 3, Calls: 2, Tokens: 100}) {
		t.Errorf("cost of a correct answer of B: %+v", got)
	}
	if got := c.A.Correct; got != (PerCorrect{Answers: 1, Seconds: 4, Calls: 8, Tokens: 400}) {
		t.Errorf("cost of a correct answer of A: %+v", got)
	}
	if got := c.B.Abstention; got.Right != 1 || *got.Precision != 1 || *got.Recall != 1 {
		t.Errorf("abstention of B: %+v", got)
	}
	if got := c.A.Abstention; got.Precision != nil || *got.Recall != 0 {
		t.Errorf("abstention of A: %+v", got)
	}
	for want, d := range map[string]Difference{
		"":  {Mean: 1, P: 0.05},
		"a": {Mean: -1, P: 0.01},
		"b": {Mean: -1, P: 0.01, Lower: true},
	} {
		if got := d.Better(); got != want {
			t.Errorf("%+v speaks for %q", d, got)
		}
	}
}
