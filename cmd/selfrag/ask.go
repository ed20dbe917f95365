package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"selfrag/agent"
	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/fault"
	"selfrag/trace"
)

type askOptions struct {
	question string
	asJSON   bool
	quiet    bool
	why      bool
	cost     bool
}

func newAskCmd(a *app) *cobra.Command {
	o := &askOptions{}
	cmd := &cobra.Command{
		Use:   "ask QUESTION",
		Short: "Answer a question from the documents, with citations",
		Long: `Answer a question from the documents, with citations.

The steps appear on standard error as they happen, with the draft marked as not
yet checked. The answer and its quotes go to standard output. Exit code 4 means
that the documents do not say; the nearest sentences are then quoted.

If no language model can be reached, the answer is made of sentences of the
documents, as with --strategy extractive, and a line on standard error says so.
If a flag names a model or another strategy, that must be available; otherwise
the exit code is 3.`,
		Example: `  selfrag ask "Who leads the team that owns Tidegate?"
  selfrag ask "연차는 며칠까지 이월할 수 있나요?" --json`,
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if o.question, err = term.Question(args[0]); err != nil {
				return fault.Usage(err)
			}
			if o.why && o.asJSON {
				return fault.Usage(errors.New("give --json or --why, not both: the JSON document holds the reasoning"))
			}
			return runAsk(cmd.Context(), a, o)
		},
	}
	cmd.Flags().BoolVar(&o.asJSON, "json", false, "print one JSON document")
	cmd.Flags().BoolVarP(&o.quiet, "quiet", "q", false, "do not show the steps")
	cmd.Flags().BoolVar(&o.why, "why", false, "after the answer, print the whole reasoning as a tree")
	cmd.Flags().BoolVar(&o.cost, "explain-cost", false, `after the answer, print on standard error what each step cost; --json has it as "cost"`)
	a.settings.AddFlags(cmd.Flags(), config.GroupSearch, config.GroupCount, config.GroupRerank, config.GroupAsk, config.GroupTrace)
	return cmd
}

func runAsk(ctx context.Context, a *app, o *askOptions) error {
	until := time.Now().Add(a.settings.Timeout)
	parts, end, err := a.traced(ctx)
	if err != nil {
		return err
	}
	defer end()
	parts.Until = until
	ctx = trace.With(ctx, trace.Labels{Name: "ask"})
	search, err := parts.Search(ctx)
	if err != nil {
		return err
	}
	ag, without, err := parts.Answering(ctx, search)
	if err != nil {
		return err
	}
	term.TellDegraded(a.Err, without, "")
	var steps term.Progress = term.NewSteps(a.Err, o.quiet || o.asJSON)
	if o.why {
		// The tree shows the steps again later, so the progress may disappear.
		steps = term.NewProgress(a.Err, o.quiet)
	}
	var answer agent.Answer
	var why term.Reasoning
	for e, err := range a.metrics.Follow(ag.Ask(ctx, agent.Question{Text: o.question})) {
		if err != nil {
			steps.End()
			return err
		}
		steps.Show(e)
		why.Show(e)
		if end, ok := e.(agent.Answered); ok {
			answer = end.Answer
		}
	}
	steps.End()
	switch {
	case o.asJSON:
		err = a.JSON(answer)
	default:
		err = term.PrintAnswer(a.Out, answer)
	}
	if err == nil && o.why {
		_, err = io.WriteString(a.Out, why.Draw(term.Columns(a.Out)))
	}
	if err != nil {
		return fmt.Errorf("print the answer: %w", err)
	}
	term.TellDegraded(a.Err, answer.Degraded, without)
	if o.cost {
		if err := term.PrintCost(a.Err, answer.Cost); err != nil {
			return err
		}
	}
	if answer.Abstained {
		return errAbstained
	}
	return nil
}
