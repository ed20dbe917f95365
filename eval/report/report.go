package report

import (
	"fmt"
	"io"
	"math"
	"time"

	"selfrag/eval"
)

// Report is what the report of a comparison shows.
type Report struct {
	Data     string // the data set's name
	A, B     string // the arms' names
	Language string // of the report: "ko", else English
	Made     time.Time
	Command  string // that makes it anew; may be empty
	// Judge says who judged the answers; empty when nobody did.
	Judge string

	Comparison eval.Comparison

	Dataset              eval.Dataset
	Queries              []eval.Query
	OutcomesA, OutcomesB []eval.Outcome // in the order of the queries
}

// Formats are the endings of files that Write knows.
func Formats() []string { return []string{".html", ".md", ".json"} }

// Write writes the report in a format, which is one of Formats.
func (r Report) Write(w io.Writer, format string) error {
	var err error
	switch format {
	case ".html":
		err = r.writeHTML(w)
	case ".md":
		err = r.writeMarkdown(w)
	case ".json":
		err = r.writeJSON(w)
	default:
		return fmt.Errorf("a report cannot be written as %q: use %v", format, Formats())
	}
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// LanguageOf is the language that most of the questions are in.
func LanguageOf(queries []eval.Query) string {
	korean := 0
	for _, q := range queries {
		if q.Language() == "ko" {
			korean++
		}
	}
	if 2*korean > len(queries) {
		return "ko"
	}
	return "en"
}

// HasClaims reports whether a claim of any arm was graded.
func (r Report) HasClaims() bool {
	return r.Comparison.A.Claims.Graded+r.Comparison.B.Claims.Graded > 0
}

// value is a metric of the question at i; 0 where it does not apply.
func (r Report) value(metric string, i int, outcomes []eval.Outcome) float64 {
	v, _ := eval.Value(metric, r.Queries[i], r.Dataset.Judgements[r.Queries[i].ID], outcomes[i])
	return v
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

// short is a number as a sentence says it.
func short(v float64) string {
	if math.Abs(v) >= 20 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.1f", v)
}

func percent(v *float64) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprintf("%.0f %%", 100**v)
}
