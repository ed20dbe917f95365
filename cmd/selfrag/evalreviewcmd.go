package main

import (
	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/measure"
)

func newEvalReviewCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "review FILE",
		Short: "Look through questions with known answers: keep, edit or drop each",
		Long: `Look through the questions of a data set, such as those of eval make-questions,
and keep (k), edit (e) or drop (d) each. u undoes the last step, n goes on
without a decision, q quits. Every step is saved at once, so the same command
continues later with the questions that nobody has reviewed.

A dropped question stays in the file, and every command leaves it out. The same
is true of a question without an answer, such as one from feedback, until it is
edited.`,
		Example: `  selfrag eval review questions.jsonl`,
		Args:    usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return measure.Review(cmd.Context(), args[0], a.getenv, a.Streams)
		},
	}
}
