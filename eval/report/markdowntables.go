package report

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"selfrag/eval"
)

// differencesTable writes one row for each metric. It writes a column with the
// number of questions needed only if the comparison computed that number.
func (r Report) differencesTable(w io.Writer) {
	columns := []string{r.say("Metric"), "A", "B", "B − A", r.say("95 % interval"), "p", r.say("win / tie / loss of B")}
	needed := len(r.Comparison.Metrics) > 0 && r.Comparison.Metrics[0].Needed != nil
	if needed {
		columns = append(columns, r.say("questions needed"))
	}
	heading(w, columns...)
	for _, m := range r.Comparison.Metrics {
		cells := []string{m.Metric, figure(m.A), figure(m.B), signedFigure(m.Mean), signedFigure(m.Interval.Low) + " … " + signedFigure(m.Interval.High),
			fmt.Sprintf("%.4f", m.P), fmt.Sprintf("%d / %d / %d", m.Win, m.Tie, m.Loss)}
		if needed {
			cells = append(cells, fmt.Sprint(*m.Needed))
		}
		row(w, cells...)
	}
}

// armSummary is the name of an arm with its summary.
type armSummary struct {
	name string
	eval.Summary
}

func (r Report) summaries() []armSummary {
	return []armSummary{{"A", r.Comparison.A}, {"B", r.Comparison.B}}
}

func (r Report) costsTable(w io.Writer) {
	fmt.Fprintf(w, "\n## %s\n\n", r.say("Cost of a correct answer"))
	heading(w, r.say("Arm"), r.say("correct"), r.say("seconds"), r.say("LLM calls"), r.say("tokens"), "p50", "p90", "p95", "p99", r.say("longest"))
	for _, s := range r.summaries() {
		cells := []string{s.name, fmt.Sprint(s.Correct.Answers), "–", "–", "–"}
		if c := s.Correct; c.Answers > 0 {
			cells = []string{s.name, fmt.Sprint(c.Answers), figure(c.Seconds), figure(c.Calls), figure(c.Tokens)}
		}
		for _, seconds := range []float64{s.Seconds.P50, s.Seconds.P90, s.Seconds.P95, s.Seconds.P99, s.Seconds.Max} {
			cells = append(cells, figure(seconds)+" s")
		}
		row(w, cells...)
	}
}

func (r Report) endingsTable(w io.Writer) {
	fmt.Fprintf(w, "\n## %s\n\n", r.say("Abstentions and endings"))
	heading(w, r.say("Arm"), r.say("abstained"), r.say("unanswerable"), r.say("precision"), r.say("recall"), r.say("stopped by"))
	for _, s := range r.summaries() {
		row(w, s.name, fmt.Sprint(s.Abstention.Abstained), fmt.Sprint(s.Abstention.Unanswerable), percent(s.Abstention.Precision), percent(s.Abstention.Recall),
			counts(s.StoppedBy))
	}
}

// claimsTable writes nothing if no arm has a graded claim.
func (r Report) claimsTable(w io.Writer) {
	if !r.HasClaims() {
		return
	}
	fmt.Fprintf(w, "\n## %s\n\n", r.say("Claims that code refused"))
	heading(w, r.say("Arm"), r.say("claims"), r.say("refused"), r.say("by rule"))
	for _, s := range r.summaries() {
		row(w, s.name, fmt.Sprint(s.Claims.Graded), fmt.Sprint(s.Claims.AllRefuted()), cmp.Or(counts(s.Claims.Refuted), "–"))
	}
}

// counts returns a text with each name and its number, in the order of the
// names.
func counts(of map[string]int) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(of)) {
		parts = append(parts, fmt.Sprintf("%s %d", inline(name), of[name]))
	}
	return strings.Join(parts, ", ")
}

func (r Report) groupsTable(w io.Writer) {
	fmt.Fprintf(w, "\n## %s\n\n", r.say("By language and hops"))
	heading(w, r.say("Questions"), r.say("number"), "F1 A", "F1 B", r.say("accuracy")+" A", r.say("accuracy")+" B", r.say("seconds")+" A", r.say("seconds")+" B")
	for _, g := range append(r.ByLanguage(), r.ByHops()...) {
		row(w, g.Name, fmt.Sprint(g.Questions), figure(g.A.F1), figure(g.B.F1), figure(g.A.Accuracy), figure(g.B.Accuracy), figure(g.A.Seconds), figure(g.B.Seconds))
	}
}

// heading begins a table. The first column is aligned left for text. The other
// columns are aligned right for numbers.
func heading(w io.Writer, columns ...string) {
	row(w, columns...)
	under := []string{"---"}
	for range columns[1:] {
		under = append(under, "---:")
	}
	row(w, under...)
}

func row(w io.Writer, cells ...string) {
	fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
}
