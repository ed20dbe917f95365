package eval

import (
	"cmp"
	_ "embed" // the report's template
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"
	"time"
)

// Report is what an HTML report of a comparison shows.
type Report struct {
	Data       string // the data set's name
	A, B       string // the arms' names
	Made       time.Time
	Comparison Comparison

	Dataset              Dataset
	Queries              []Query
	OutcomesA, OutcomesB []Outcome // in the order of the queries
}

//go:embed report.html.tmpl
var reportTemplate string

// WriteReport writes the report as one HTML file that needs no other: no
// script, font or picture from elsewhere.
func WriteReport(w io.Writer, r Report) error {
	t, err := template.New("report").Funcs(template.FuncMap{
		"figure": figure, "signed": signedFigure, "plot": plotOf,
		"percent": func(v *float64) string {
			if v == nil {
				return "–"
			}
			return fmt.Sprintf("%.0f %%", 100**v)
		},
	}).Parse(reportTemplate)
	if err != nil {
		return fmt.Errorf("read the report's template: %w", err)
	}
	if err := t.Execute(w, r); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// figure shows shares with three decimals and large numbers with fewer.
func figure(v float64) string {
	switch {
	case math.Abs(v) >= 100:
		return fmt.Sprintf("%.0f", v)
	case math.Abs(v) >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.3f", v)
}

// signedFigure is figure with its sign.
func signedFigure(v float64) string {
	if v < 0 {
		return "−" + figure(-v)
	}
	return "+" + figure(v)
}

// Verdict says in a sentence or two what the comparison found.
func (r Report) Verdict() string {
	by := map[string]Difference{}
	for _, m := range r.Comparison.Metrics {
		by[m.Metric] = m
	}
	f1, ok := by[MetricF1]
	if !ok {
		return ""
	}
	var found string
	switch f1.Better() {
	case "b":
		found = fmt.Sprintf("B (%s) answers better than A (%s)", r.B, r.A)
	case "a":
		found = fmt.Sprintf("A (%s) answers better than B (%s)", r.A, r.B)
	default:
		found = fmt.Sprintf("No difference between the answers of A (%s) and B (%s) that chance could not explain", r.A, r.B)
	}
	text := fmt.Sprintf("%s on %d questions: F1 %.3f and %.3f, p %.4f.", found, f1.Questions, f1.A, f1.B, f1.P)
	seconds, calls := by[MetricSeconds], by[MetricCalls]
	if seconds.A > 0 && calls.A > 0 {
		text += fmt.Sprintf(" A question costs B %.1f times the seconds and %.1f times the LLM calls of A.", seconds.B/seconds.A, calls.B/calls.A)
	}
	return text
}

// Plot is the picture of one difference, on an axis that is as long on both
// sides of 0. Its numbers are the picture's coordinates.
type Plot struct {
	Low, High, Point, Zero, Width float64
	Scale                         string // what the axis' ends stand for
	Class                         string // of the colour: "better", "worse", "even"
}

// plotWidth and plotMargin are in the picture's units.
const (
	plotWidth  = 240.0
	plotMargin = 8.0
)

func plotOf(d Difference) Plot {
	reach := max(math.Abs(d.Interval.Low), math.Abs(d.Interval.High), math.Abs(d.Mean))
	zero := plotWidth / 2
	x := func(v float64) float64 {
		if reach == 0 {
			return zero
		}
		return math.Round(10*(zero+v/reach*(zero-plotMargin))) / 10
	}
	return Plot{
		Low: x(d.Interval.Low), High: x(d.Interval.High), Point: x(d.Mean), Zero: zero, Width: plotWidth,
		Scale: "±" + figure(reach),
		Class: map[string]string{"a": "worse", "b": "better", "": "even"}[d.Better()],
	}
}

// Group is a part of the questions.
type Group struct {
	Name                           string
	Questions                      int
	F1A, F1B, AccuracyA, AccuracyB float64
	SecondsA, SecondsB             float64
	language                       string
	hops                           int
	a, b                           map[string]float64
}

// Groups are the questions by language and number of hops; none where all are
// of one group.
func (r Report) Groups() []Group {
	var groups []*Group
	for i, q := range r.Queries {
		at := slices.IndexFunc(groups, func(g *Group) bool { return g.language == q.Language() && g.hops == q.Hops })
		if at < 0 {
			at = len(groups)
			groups = append(groups, newGroup(q))
		}
		groups[at].add(r, i)
	}
	if len(groups) < 2 {
		return nil
	}
	slices.SortFunc(groups, func(a, b *Group) int { return cmp.Or(cmp.Compare(a.language, b.language), cmp.Compare(a.hops, b.hops)) })
	out := make([]Group, len(groups))
	for i, g := range groups {
		n := float64(g.Questions)
		g.F1A, g.F1B = g.a[MetricF1]/n, g.b[MetricF1]/n
		g.AccuracyA, g.AccuracyB = g.a[MetricAccuracy]/n, g.b[MetricAccuracy]/n
		g.SecondsA, g.SecondsB = g.a[MetricSeconds]/n, g.b[MetricSeconds]/n
		out[i] = *g
	}
	return out
}

func newGroup(q Query) *Group {
	g := &Group{language: q.Language(), hops: q.Hops, a: map[string]float64{}, b: map[string]float64{}}
	g.Name = map[string]string{"ko": "Korean", "en": "English"}[g.language]
	switch {
	case g.hops == 1:
		g.Name += ", 1 hop"
	case g.hops > 1:
		g.Name += fmt.Sprintf(", %d hops", g.hops)
	}
	return g
}

func (g *Group) add(r Report, i int) {
	g.Questions++
	for _, name := range []string{MetricF1, MetricAccuracy, MetricSeconds} {
		g.a[name] += r.value(name, i, r.OutcomesA)
		g.b[name] += r.value(name, i, r.OutcomesB)
	}
}

func (r Report) value(metric string, i int, outcomes []Outcome) float64 {
	for _, m := range Metrics() {
		if m.Name == metric {
			v, _ := m.Of(r.Queries[i], r.Dataset.Judgements[r.Queries[i].ID], outcomes[i])
			return v
		}
	}
	return 0
}

// Row is one question with both arms' answers.
type Row struct {
	Query
	Sides [2]Side
}

// Side is one arm's answer to a question.
type Side struct {
	Name string
	Outcome
	F1      float64
	Right   bool // the answer holds a right one
	Seconds float64
}

// Tokens is the sum of the answer's tokens.
func (s Side) Tokens() int { return s.Usage.PromptTokens + s.Usage.CompletionTokens }

// Rows are the questions, those first on which the arms' F1 differ most.
func (r Report) Rows() []Row {
	rows := make([]Row, len(r.Queries))
	for i, q := range r.Queries {
		rows[i] = Row{q, [2]Side{r.side("A", i, r.OutcomesA), r.side("B", i, r.OutcomesB)}}
	}
	apart := func(r Row) float64 { return math.Abs(r.Sides[0].F1 - r.Sides[1].F1) }
	slices.SortStableFunc(rows, func(a, b Row) int { return cmp.Compare(apart(b), apart(a)) })
	return rows
}

func (r Report) side(name string, i int, outcomes []Outcome) Side {
	return Side{
		Name: name, Outcome: outcomes[i],
		F1:      r.value(MetricF1, i, outcomes),
		Right:   r.value(MetricAccuracy, i, outcomes) == 1,
		Seconds: r.value(MetricSeconds, i, outcomes),
	}
}
