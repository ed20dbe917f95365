package measure

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/pflag"

	"selfrag/agent"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/eval"
)

// QAReport is the output of eval qa --json.
type QAReport struct {
	Strategy string `json:"strategy"`
	Model    string `json:"model"`
	eval.Summary
	Performance eval.Performance `json:"performance"`
}

// QA holds the options of the command eval qa, which measures answers.
type QA struct {
	questionRun
	without []string // rules and heuristics to leave out
	asJSON  bool
}

// AddFlags declares the flags of the options.
func (o *QA) AddFlags(flags *pflag.FlagSet) {
	o.addFlags(flags)
	flags.StringSliceVar(&o.without, "without-rule", nil, "leave out a `RULE` that code checks claims by, or a heuristic of the loop: "+strings.Join(agent.Removable(), ", "))
	flags.BoolVar(&o.asJSON, "json", false, "print JSON")
}

// Check returns an error if the options are wrong.
func (o *QA) Check() error {
	if err := o.check("eval qa"); err != nil {
		return err
	}
	return checkWithout("without-rule", o.without)
}

// Run measures the answers of the strategy in the settings.
func (o *QA) Run(ctx context.Context, parts *wire.Parts, io term.Streams) error {
	s := parts.Settings
	s.Without = o.without
	arms := []armSetup{{"run", s}}
	res, err := o.run(ctx, parts, io, arms)
	if err != nil {
		return err
	}
	s = arms[0].settings
	outcomes := res.outcomes["run"]
	report := QAReport{s.Strategy, s.Model, eval.Summarise(res.data, res.queries, outcomes), eval.Perform(timingsOfAll(outcomes))}
	if o.asJSON {
		return io.JSON(report)
	}
	return printQA(io.Out, report)
}

func printQA(w io.Writer, r QAReport) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "%d questions, strategy %s, model %s\n", r.Questions, r.Strategy, cmp.Or(r.Model, "none"))
	for _, m := range eval.Metrics() {
		if v, ok := r.Means[m.Name]; ok {
			fmt.Fprintf(t, "%s\t%s\t%s\n", m.Name, number(v), m.About)
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(r.Must)) {
		fmt.Fprintf(t, "%s of %s\t%s\tof questions of this kind\n", eval.MetricMust, kind, number(r.Must[kind]))
	}
	fmt.Fprintf(t, "latency\tp50 %.1f s, p90 %.1f s, p95 %.1f s, p99 %.1f s, at most %.1f s\n",
		r.Seconds.P50, r.Seconds.P90, r.Seconds.P95, r.Seconds.P99, r.Seconds.Max)
	fmt.Fprintf(t, "abstention\t%s\n", abstentionLine(r.Abstention))
	fmt.Fprintf(t, "stopped by\t%s\n", counts(r.StoppedBy))
	if r.Claims.Graded > 0 {
		fmt.Fprintf(t, "claims\t%s\n", claimsLine(r.Claims))
	}
	fmt.Fprintf(t, "a correct answer costs\t%s\n", perCorrectLine(r.Correct))
	if r.ShortCalls > 0 {
		fmt.Fprintf(t, "short answers\t%.1f calls and %.0f tokens a question, not counted above\n", r.ShortCalls, r.ShortTokens)
	}
	if r.Judged > 0 {
		fmt.Fprintf(t, "judge\t%s\n", judgeLine(r.Summary))
	}
	if r.Degraded > 0 {
		fmt.Fprintf(t, "degraded\t%d answers did without a part that failed\n", r.Degraded)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w)
	return term.PrintPerformance(w, r.Performance, "questions")
}

func timingsOfAll(outcomes []eval.Outcome) []agent.Timings {
	out := make([]agent.Timings, len(outcomes))
	for i, o := range outcomes {
		out[i] = o.Timings
	}
	return out
}

// number formats v with three decimals, or without decimals if v is 100 or
// more, or -100 or less.
func number(v float64) string {
	if v >= 100 || v <= -100 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.3f", v)
}

func abstentionLine(a eval.Abstention) string {
	share := func(v *float64) string {
		if v == nil {
			return "-"
		}
		return fmt.Sprintf("%.3f", *v)
	}
	return fmt.Sprintf("%d abstained, %d unanswerable; precision %s, recall %s", a.Abstained, a.Unanswerable, share(a.Precision), share(a.Recall))
}

func claimsLine(c eval.Claims) string {
	line := fmt.Sprintf("%d graded, %d refused by code", c.Graded, c.AllRefuted())
	if len(c.Refuted) > 0 {
		line += ": " + counts(c.Refuted)
	}
	return line
}

func judgeLine(s eval.Summary) string {
	return fmt.Sprintf("%d answers judged, by %.1f calls and %.0f tokens each, not counted to the strategy", s.Judged, s.JudgeCalls, s.JudgeTokens)
}

func perCorrectLine(c eval.PerCorrect) string {
	if c.Answers == 0 {
		return "no answer was correct"
	}
	return fmt.Sprintf("%.1f s, %.1f calls, %.0f tokens (%d correct)", c.Seconds, c.Calls, c.Tokens, c.Answers)
}

func counts(of map[string]int) string {
	parts := make([]string, 0, len(of))
	for _, k := range slices.Sorted(maps.Keys(of)) {
		parts = append(parts, fmt.Sprintf("%s %d", k, of[k]))
	}
	return strings.Join(parts, ", ")
}
