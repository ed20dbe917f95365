package report

import (
	"fmt"
	"io"
	"math"
	"time"

	"selfrag/eval"
)

// Report holds the content of the report on a comparison.
type Report struct {
	Data     string // name of the data set
	A, B     string // names of the arms
	Language string // language of the report: "ko" for Korean, otherwise English
	Made     time.Time
	Command  string // command to repeat the report; may be empty
	// Judge names the judge of the answers. It is empty if the answers were not
	// judged.
	Judge string

	Comparison eval.Comparison

	Dataset              eval.Dataset
	Queries              []eval.Query
	OutcomesA, OutcomesB []eval.Outcome // in the order of the queries
}

// Formats returns the file extensions that Write supports.
func Formats() []string { return []string{".html", ".md", ".json"} }

// Write writes the report in one of Formats.
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

// LanguageOf returns the language of most of the questions.
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

// value returns a metric of question i, or 0 if the metric does not apply to
// the question.
func (r Report) value(metric string, i int, outcomes []eval.Outcome) float64 {
	v, _ := eval.Value(metric, r.Queries[i], r.Dataset.Judgements[r.Queries[i].ID], outcomes[i])
	return v
}

// figure formats shares with three decimals and large numbers with fewer.
func figure(v float64) string {
	switch {
	case math.Abs(v) >= 100:
		return fmt.Sprintf("%.0f", v)
	case math.Abs(v) >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.3f", v)
}

// signedFigure formats a number like figure, with a plus or minus sign.
func signedFigure(v float64) string {
	if v < 0 {
		return "−" + figure(-v)
	}
	return "+" + figure(v)
}

// short formats a number for a sentence.
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
