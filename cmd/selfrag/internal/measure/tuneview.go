package measure

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"

	"go.yaml.in/yaml/v3"

	"selfrag/cmd/selfrag/internal/term"
	"selfrag/eval"
)

// TuneReport is the output of tune --json.
type TuneReport struct {
	eval.Tuned
	DevQuestions  int    `json:"dev_questions"`
	HeldQuestions int    `json:"held_out_questions"`
	YAML          string `json:"settings_yaml"` // to paste into selfrag.yaml
}

func (o *Tune) tell(io term.Streams, r TuneReport) error {
	if o.yaml != "" {
		if err := os.WriteFile(o.yaml, []byte(r.YAML), 0o644); err != nil {
			return fmt.Errorf("write the settings: %w", err)
		}
	}
	if o.asJSON {
		return io.JSON(r)
	}
	return printTuned(io.Out, r)
}

// yamlOf returns the settings of a candidate as lines of selfrag.yaml, in the
// order of space.
func yamlOf(space []eval.Parameter, c eval.Candidate) string {
	var b strings.Builder
	for _, p := range space {
		// Numbers need no quotation marks, because each setting parses its
		// value from text.
		if _, err := strconv.ParseFloat(c[p.Key], 64); err == nil {
			fmt.Fprintf(&b, "%s: %s\n", p.Key, c[p.Key])
			continue
		}
		line, err := yaml.Marshal(map[string]string{p.Key: c[p.Key]})
		if err != nil {
			continue // cannot happen, because a string can be encoded
		}
		b.Write(line)
	}
	return b.String()
}

func printTuned(w io.Writer, r TuneReport) error {
	fmt.Fprintf(w, "%d combinations on %d questions, %s; %d questions held out\n\n", len(r.Trials), r.DevQuestions, r.Metric, r.HeldQuestions)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "\t%s\tseconds\tquestions\tsettings\n", r.Metric)
	for _, trial := range r.Trials {
		mark := ""
		if trial.Front {
			mark = "front"
		}
		fmt.Fprintf(t, "%s\t%.3f\t%.4f\t%d\t%s\n", mark, trial.Quality, trial.Seconds, trial.Questions, trial.Settings)
	}
	fmt.Fprintf(t, "\t\t\t\t\nheld out\t%s\tseconds\tquestions\tsettings\n", r.Metric)
	for i, trial := range r.Held {
		name := "front"
		switch {
		case i == 0 && trial.Settings.String() == r.Best.Settings.String():
			name = "present, best"
		case i == 0:
			name = "present"
		case trial.Settings.String() == r.Best.Settings.String():
			name = "best"
		}
		fmt.Fprintf(t, "%s\t%.3f\t%.4f\t%d\t%s\n", name, trial.Quality, trial.Seconds, trial.Questions, trial.Settings)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%s\n\n%s", tuneVerdict(r), r.YAML)
	return err
}

// tuneVerdict returns a sentence that says whether the held-out questions
// confirm the result.
func tuneVerdict(r TuneReport) string {
	for _, d := range r.Gain {
		if d.Metric != r.Metric {
			continue
		}
		gain := fmt.Sprintf("%s %s on the held-out questions (95 %%: %s to %s, p %.3f)", signedNumber(d.Mean), d.Metric,
			signedNumber(d.Interval.Low), signedNumber(d.Interval.High), d.P)
		switch d.Better() {
		case "b":
			return "The best settings are better: " + gain + "."
		case "a":
			return "The best settings are worse than the present ones: " + gain + ". Keep the present ones."
		}
		return "The gain is not confirmed: " + gain + ". It may be chance; more questions would show."
	}
	return "The present settings are the best that were tried."
}

// rungView shows the progress of tuning. A rung is a part of the search in
// which all remaining candidates are asked the same questions. Each rung gets a
// progress bar of its own.
type rungView struct {
	w     io.Writer
	view  *term.Counting
	total int
}

func (v *rungView) show(done, total int) {
	if v.view == nil || total != v.total || done == 0 {
		v.end()
		v.view, v.total = term.NewCounting(v.w, "questions"), total
	}
	v.view.Show(done, total)
}

func (v *rungView) end() {
	if v.view != nil {
		v.view.End()
	}
}
