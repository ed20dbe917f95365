package eval

// The parameters of the statistics in a comparison.
const (
	resamples    = 10_000
	permutations = 10_000
	level        = 0.95
)

// Comparison holds the result of comparing two arms on the same questions. An
// arm is a way to answer, such as a strategy with its settings.
type Comparison struct {
	Questions int          `json:"questions"`
	A         Summary      `json:"a"`
	B         Summary      `json:"b"`
	Metrics   []Difference `json:"metrics"`
}

// Difference holds the comparison of the arms by one metric.
type Difference struct {
	Metric    string   `json:"metric"`
	About     string   `json:"about"`
	Lower     bool     `json:"lower_is_better"`
	Questions int      `json:"questions"`  // questions to which the metric applies
	A         float64  `json:"a"`          // mean of arm A
	B         float64  `json:"b"`          // mean of arm B
	Mean      float64  `json:"difference"` // b - a
	Interval  Interval `json:"interval"`   // 95 % interval of the difference
	P         float64  `json:"p"`          // p-value of the paired randomisation test
	Deviation float64  `json:"deviation"`  // standard deviation of the differences by question
	// Win, Tie and Loss count the questions on which B is better than A, equal,
	// and worse.
	Win  int `json:"win"`
	Tie  int `json:"tie"`
	Loss int `json:"loss"`
	// Needed is the number of questions that are needed to detect the smallest
	// difference that matters. It is nil if no such difference was given.
	Needed *int `json:"questions_needed,omitempty"`
}

// Better returns the arm that is better by the metric, "a" or "b". It returns
// "" if P is 0.05 or more.
func (d Difference) Better() string {
	switch {
	case d.P >= plannedAlpha || d.Mean == 0:
		return ""
	case (d.Mean > 0) != d.Lower:
		return "b"
	}
	return "a"
}

// Find returns the comparison by one metric, and false if the metric applies to
// no question.
func (c Comparison) Find(metric string) (Difference, bool) {
	for _, d := range c.Metrics {
		if d.Metric == metric {
			return d, true
		}
	}
	return Difference{}, false
}

// Compare compares the outcomes of two arms. a[i] and b[i] are the outcomes for
// queries[i]. minEffect is the smallest difference that matters to the user. If
// it is 0, Difference.Needed is not computed. seed seeds the random resamples
// and permutations.
func Compare(d Dataset, queries []Query, a, b []Outcome, minEffect float64, seed uint64) Comparison {
	c := Comparison{Questions: len(queries), A: Summarise(d, queries, a), B: Summarise(d, queries, b)}
	for _, m := range Metrics() {
		var ofA, ofB []float64
		for i, q := range queries {
			va, okA := m.Of(q, d.Judgements[q.ID], a[i])
			vb, okB := m.Of(q, d.Judgements[q.ID], b[i])
			if okA && okB {
				ofA, ofB = append(ofA, va), append(ofB, vb)
			}
		}
		if len(ofA) > 0 {
			c.Metrics = append(c.Metrics, compareMetric(m, ofA, ofB, minEffect, seed))
		}
	}
	return c
}

func compareMetric(m Metric, a, b []float64, minEffect float64, seed uint64) Difference {
	d := Difference{Metric: m.Name, About: m.About, Lower: m.Lower, Questions: len(a), A: mean(a), B: mean(b)}
	differences := make([]float64, len(a))
	for i := range a {
		differences[i] = b[i] - a[i]
		switch {
		case differences[i] == 0:
			d.Tie++
		case (differences[i] > 0) != m.Lower:
			d.Win++
		default:
			d.Loss++
		}
	}
	d.Mean = mean(differences)
	d.Interval = BootstrapMean(differences, level, resamples, seed)
	d.P = PermutationP(differences, permutations, seed)
	d.Deviation = deviation(differences)
	if minEffect != 0 {
		n := QuestionsNeeded(d.Deviation, minEffect)
		d.Needed = &n
	}
	return d
}
