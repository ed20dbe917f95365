package main

import (
	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/measure"
)

func newFromFeedbackCmd(a *app) *cobra.Command {
	var o measure.FromFeedback
	cmd := &cobra.Command{
		Use:   "from-feedback [FILE...] --out FILE",
		Short: "Make a data set from the thumbs on a server's answers",
		Long: `Make a data set from the thumbs on a server's answers: from feedback.jsonl of the
data folder, or from the files that are named. The answers come from the sessions
of the data folder (--data-dir), so thumbs on answers outside of sessions are left
out.

A thumb up on an answer gives a question with that answer and the documents that
it cites. A thumb up on an abstention gives a question that the documents do not
answer. A question with only thumbs down has no answer yet, and commands leave it
out until eval review gives it one; the comments are shown there.`,
		Example: `  selfrag eval from-feedback --out feedback-questions.jsonl
  selfrag eval review feedback-questions.jsonl`,
		RunE: func(_ *cobra.Command, args []string) error { return o.Run(a.settings, a.Streams, args) },
	}
	o.AddFlags(cmd.Flags())
	return cmd
}
