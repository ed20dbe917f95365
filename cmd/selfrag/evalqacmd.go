package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"selfrag/agent"
	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/eval"
)

func newEvalQACmd(a *app) *cobra.Command {
	r := &questionRun{}
	var asJSON bool
	var without []string
	cmd := &cobra.Command{
		Use:   "qa --data DIR",
		Short: "Answers, evidence and cost of a strategy on questions with known answers",
		Long: `Answers, evidence and cost of a strategy on questions with known answers.

The data set is a folder (corpus.jsonl, queries.jsonl with "answers", and
qrels.tsv or qrels/test.tsv if there are judgements), or a JSONL file of
questions in that layout or FlashRAG's. The corpus goes into a temporary store,
a line a passage; --corpus ingests other documents, --collection uses a
collection that is there.

Every answer is also asked for as a phrase, by one more call that is not
counted to the strategy; F1 and exact match score the phrase, accuracy looks
for a right answer in the full text. An abstention scores as empty. Of a
question that no phrase answers the data set tells what a good answer must
hold: must is the share of it that the full text holds.

--judge has a language model judge the answers: citation precision and recall
(ALCE), faithfulness and answer relevancy (RAGAS). It judges a run that is there
in --out without asking its questions again; its cost is told apart.

--without-rule leaves out a rule that code holds claims to, or a heuristic of the
loop, by its name (docs/strategies.md), to find out what it is worth.

With --out the outcomes are kept, a JSON line a question. The same command
goes on where it was stopped; a file of another configuration is refused.`,
		Example: `  selfrag eval qa --data musique-100 --strategy two-stage --limit 30 --out two-stage.jsonl
  selfrag eval qa --data musique-100 --strategy two-stage --limit 30 --out two-stage.jsonl --judge qwen2.5-coder:1.5b
  selfrag eval qa --data examples/handbook --corpus examples/handbook --strategy self-rag
  selfrag eval qa --data examples/handbook/kinds.jsonl --corpus examples/handbook --strategy self-rag`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := r.check("eval qa"); err != nil {
				return err
			}
			if err := checkWithout("without-rule", without); err != nil {
				return err
			}
			parts, end, err := a.traced(cmd.Context())
			if err != nil {
				return err
			}
			defer end()
			s := a.settings
			s.Without = without
			return runEvalQA(cmd.Context(), parts.With(s), a.Streams, r, asJSON)
		},
	}
	r.addFlags(cmd.Flags())
	cmd.Flags().StringSliceVar(&without, "without-rule", nil, "leave out a rule that code holds claims to, or a heuristic of the loop: "+strings.Join(agent.Removable(), ", "))
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	a.settings.AddFlags(cmd.Flags(), config.GroupSearch, config.GroupCount, config.GroupRerank, config.GroupAsk, config.GroupIngest, config.GroupTrace)
	return cmd
}

// qaReport is what eval qa --json prints.
type qaReport struct {
	Strategy string `json:"strategy"`
	Model    string `json:"model"`
	eval.Summary
	Performance eval.Performance `json:"performance"`
}

func runEvalQA(ctx context.Context, parts *wire.Parts, io term.Streams, r *questionRun, asJSON bool) error {
	arms := []armSetup{{"run", parts.Settings}}
	res, err := r.run(ctx, parts, io, arms)
	if err != nil {
		return err
	}
	s := arms[0].settings
	outcomes := res.outcomes["run"]
	report := qaReport{s.Strategy, s.Model, eval.Summarise(res.data, res.queries, outcomes), eval.Perform(timingsOfAll(outcomes))}
	if asJSON {
		return io.JSON(report)
	}
	return printQA(io.Out, report)
}

func printQA(w io.Writer, r qaReport) error {
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

// number shows shares with three decimals and large numbers with fewer.
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
