package report

import (
	"cmp"
	"fmt"
	"slices"

	"selfrag/eval"
)

// Group holds the means of both arms over a group of questions, such as all
// Korean questions.
type Group struct {
	Name      string `json:"name"`
	Questions int    `json:"questions"`
	A         Means  `json:"a"`
	B         Means  `json:"b"`
}

// Means are the means of an arm on a group.
type Means struct {
	F1       float64 `json:"f1"`
	Accuracy float64 `json:"accuracy"`
	Seconds  float64 `json:"seconds"`
	// Interval is the 95 % bootstrap interval of F1.
	Interval eval.Interval `json:"f1_interval"`
}

// ByLanguage groups the questions by language.
func (r Report) ByLanguage() []Group {
	return r.groups(func(q eval.Query) (int, string) {
		if q.Language() == "ko" {
			return 1, r.say("Korean")
		}
		return 0, r.say("English")
	})
}

// ByHops groups the questions by the number of passages that an answer has to
// combine. It returns nil if the data set does not give this number.
func (r Report) ByHops() []Group {
	if !slices.ContainsFunc(r.Queries, func(q eval.Query) bool { return q.Hops > 0 }) {
		return nil
	}
	return r.groups(func(q eval.Query) (int, string) { return q.Hops, r.hops(q.Hops) })
}

func (r Report) hops(n int) string {
	switch n {
	case 0:
		return r.say("hops unknown")
	case 1:
		return r.say("1 hop")
	}
	return r.say("%d hops", n)
}

func (r Report) groups(of func(eval.Query) (order int, name string)) []Group {
	members := map[int][]int{}
	names := map[int]string{}
	for i, q := range r.Queries {
		order, name := of(q)
		members[order], names[order] = append(members[order], i), name
	}
	var out []Group
	for order, questions := range members {
		out = append(out, Group{names[order], len(questions), r.means(questions, r.OutcomesA), r.means(questions, r.OutcomesB)})
	}
	position := map[string]int{}
	for order, name := range names {
		position[name] = order
	}
	slices.SortFunc(out, func(a, b Group) int { return cmp.Compare(position[a.Name], position[b.Name]) })
	return out
}

func (r Report) means(questions []int, outcomes []eval.Outcome) Means {
	var m Means
	f1 := make([]float64, len(questions))
	n := float64(len(questions))
	for k, i := range questions {
		f1[k] = r.value(eval.MetricF1, i, outcomes)
		m.F1 += f1[k] / n
		m.Accuracy += r.value(eval.MetricAccuracy, i, outcomes) / n
		m.Seconds += r.value(eval.MetricSeconds, i, outcomes) / n
	}
	m.Interval = intervalOf(f1)
	return m
}

// intervalOf returns the confidence interval of a mean for the plots. The seed
// is fixed, so that the same data always gives the same report.
func intervalOf(values []float64) eval.Interval { return eval.BootstrapMean(values, 0.95, 2000, 1) }

// rounds returns the number of questions that an arm answered, by the number of
// rounds that each question took.
func rounds(outcomes []eval.Outcome) map[int]int {
	out := map[int]int{}
	for _, o := range outcomes {
		out[max(len(o.Rounds), len(o.Subqueries))]++
	}
	return out
}

// roundsName returns the label on an axis for a number of rounds.
func roundsName(n int) string { return fmt.Sprint(n) }
