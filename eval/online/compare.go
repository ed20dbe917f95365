package online

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"selfrag/eval"
)

// Comparison holds the result of comparing two arms of an experiment. The arms
// answered different questions.
type Comparison struct {
	Experiment string `json:"experiment"`
	A          string `json:"a"`
	B          string `json:"b"`
	// Arms are all arms of the experiment, including arms other than A and B.
	Arms    []Arm        `json:"arms"`
	Metrics []Difference `json:"metrics"`
	// Both is the number of units, such as users, that got both arms. A unit
	// gets both arms if the weights of the arms are changed during the
	// experiment.
	Both int `json:"units_in_both"`
}

// Arm holds figures about one arm.
type Arm struct {
	Arm    string `json:"arm"`
	Units  int    `json:"units"` // number of units, such as users
	Thumbs int    `json:"thumbs"`
	Up     int    `json:"thumbs_up"`
	// Questions is the number of traced questions. Failed is the number of
	// questions that ended with an error, and Abstained the number of
	// abstentions.
	Questions int     `json:"questions"`
	Failed    int     `json:"failed"`
	Abstained int     `json:"abstained"`
	P50       float64 `json:"seconds_p50"` // median over questions that did not fail
	P95       float64 `json:"seconds_p95"`
}

// Difference holds the comparison of the arms by one metric. Each unit, such as
// a user, contributes one value.
type Difference struct {
	Metric string `json:"metric"`
	About  string `json:"about"`
	Lower  bool   `json:"lower_is_better"`
	eval.Unpaired
}

// The metrics.
const (
	MetricThumbs    = "thumbs_up"
	MetricAbstained = "abstained"
	MetricSeconds   = "seconds"
)

// metric is a number that can be computed for an answer.
type metric struct {
	name, about string
	lower       bool
	of          func(Answer) (value float64, ok bool)
}

func metrics() []metric {
	answered := func(a Answer) bool { return a.Traced && !a.Failed }
	return []metric{
		{MetricThumbs, "share of a unit's thumbs that are up", false, func(a Answer) (float64, bool) { return truth(a.Thumb == "up"), a.Thumb != "" }},
		{MetricAbstained, "share of a unit's questions that were not answered", true, func(a Answer) (float64, bool) { return truth(a.Abstained), answered(a) }},
		{MetricSeconds, "wall clock of a question, mean of a unit", true, func(a Answer) (float64, bool) { return a.Took.Seconds(), answered(a) }},
	}
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// Compare compares two arms of an experiment. seed is the seed of the resamples
// and permutations. A metric is left out if one of the arms has no value for
// it. If all metrics are left out, Compare returns an error.
func (l *Log) Compare(experiment, a, b string, seed uint64) (Comparison, error) {
	c := Comparison{Experiment: experiment, A: a, B: b}
	for _, name := range l.Arms(experiment) {
		c.Arms = append(c.Arms, armOf(name, l.of(experiment, name)))
	}
	unitsA, unitsB := l.of(experiment, a), l.of(experiment, b)
	for unit := range unitsA {
		if unitsB[unit] != nil {
			c.Both++
		}
	}
	for _, m := range metrics() {
		valuesA, valuesB := m.values(unitsA), m.values(unitsB)
		if len(valuesA) > 0 && len(valuesB) > 0 {
			c.Metrics = append(c.Metrics, Difference{m.name, m.about, m.lower, eval.CompareUnpaired(valuesA, valuesB, seed)})
		}
	}
	if len(c.Metrics) == 0 {
		return c, fmt.Errorf("there is nothing to compare: experiment %s has no thumb on, and no trace of, an answer of both %s and %s", experiment, a, b)
	}
	return c, nil
}

// values returns for each unit the mean of the metric over the answers of the
// unit, in the order of the units' names. It leaves out units without a value.
func (m metric) values(units map[string][]Answer) []float64 {
	var out []float64
	for _, unit := range slices.Sorted(maps.Keys(units)) {
		total, n := 0.0, 0
		for _, a := range units[unit] {
			if v, ok := m.of(a); ok {
				total += v
				n++
			}
		}
		if n > 0 {
			out = append(out, total/float64(n))
		}
	}
	return out
}

func armOf(name string, units map[string][]Answer) Arm {
	arm := Arm{Arm: name, Units: len(units)}
	var seconds []float64
	for _, answers := range units {
		for _, a := range answers {
			if a.Thumb != "" {
				arm.Thumbs++
			}
			if a.Thumb == "up" {
				arm.Up++
			}
			switch {
			case !a.Traced:
				continue
			case a.Failed:
				arm.Failed++
			default:
				seconds = append(seconds, a.Took.Seconds())
			}
			arm.Questions++
			if a.Abstained {
				arm.Abstained++
			}
		}
	}
	slices.Sort(seconds)
	arm.P50, arm.P95 = eval.Percentile(seconds, 50), eval.Percentile(seconds, 95)
	return arm
}

// Find returns the comparison by one metric, and false if an arm has no value
// for the metric.
func (c Comparison) Find(metric string) (Difference, bool) {
	for _, d := range c.Metrics {
		if d.Metric == metric {
			return d, true
		}
	}
	return Difference{}, false
}

// Verdict returns a few sentences that say which arm people prefer, how sure
// that is, and what else differs.
func (c Comparison) Verdict() string {
	var out []string
	thumbs, ok := c.Find(MetricThumbs)
	if ok {
		out = append(out, c.liked(thumbs))
	} else {
		out = append(out, fmt.Sprintf("Whether people prefer A (%s) or B (%s) is not known: there is no thumb on answers of both.", c.A, c.B))
	}
	if d, ok := c.Find(MetricSeconds); ok && d.Differs() {
		out = append(out, fmt.Sprintf("A takes %.1f seconds a question, B %.1f.", d.A, d.B))
	}
	if d, ok := c.Find(MetricAbstained); ok && d.Differs() {
		out = append(out, fmt.Sprintf("A abstains from %s of the questions and B from %s.", percent(d.A), percent(d.B)))
	}
	return strings.Join(out, " ")
}

func (c Comparison) liked(d Difference) string {
	odds := "<1"
	if d.P >= 0.01 {
		odds = fmt.Sprintf("%.0f", 100*d.P)
	}
	shares := fmt.Sprintf("%s and %s of the thumbs are up, on average over %d and %d units;", percent(d.A), percent(d.B), d.UnitsA, d.UnitsB)
	chance := fmt.Sprintf("chance alone would make such a difference in %s of 100 comparisons", odds)
	if d.Differs() {
		winner := fmt.Sprintf("People prefer B (%s) to A (%s):", c.B, c.A)
		if d.Mean < 0 {
			winner = fmt.Sprintf("People prefer A (%s) to B (%s):", c.A, c.B)
		}
		return fmt.Sprintf("%s %s %s.", winner, shares, chance)
	}
	out := fmt.Sprintf("No clear winner between A (%s) and B (%s): %s ", c.A, c.B, shares)
	if d.Mean == 0 {
		return out + "there is no difference."
	}
	out += chance + ", which is too many to be sure."
	if d.Needed > min(d.UnitsA, d.UnitsB) {
		out += fmt.Sprintf(" If the difference is real, about %d units in each arm would show it.", d.Needed)
	}
	return out
}

func percent(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }
