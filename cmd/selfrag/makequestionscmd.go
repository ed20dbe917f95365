package main

import (
	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/measure"
)

func newMakeQuestionsCmd(a *app) *cobra.Command {
	var o measure.MakeQuestions
	cmd := &cobra.Command{
		Use:   "make-questions (--corpus PATH | --collection NAME) --out FILE",
		Short: "Make questions with known answers from your own documents",
		Long: `Make questions with known answers from your own documents, as a data set that
eval qa, ab, tune qa and calibrate read.

There are questions of one look-up, questions over two documents that share a
name, and questions that the documents do not answer. The answer is always a
phrase of the document. A language model of at least 4 billion parameters, or
one that --model names, writes the question; without one, or with --no-model,
code turns the sentence into a question. A question is kept only if evidence
finds the answer in its passage and nowhere else, and if it is not nearly the
same as another one.

The same documents, seed and model give the same questions. If the command is
stopped, the same command goes on: the model's replies are kept in FILE.replies
until all questions are made.

Look through the questions with eval review before you trust a figure.`,
		Example: `  selfrag eval make-questions --corpus examples/handbook --out questions.jsonl
  selfrag eval make-questions --collection wiki --count 100 --language ko --out questions.jsonl
  selfrag eval qa --data questions.jsonl --corpus examples/handbook --strategy self-rag`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.Check(a.settings, cmd.Flags()); err != nil {
				return err
			}
			parts := a.parts()
			defer parts.Close()
			return o.Run(cmd.Context(), parts, a.Streams)
		},
	}
	o.AddFlags(cmd.Flags())
	a.settings.AddFlags(cmd.Flags(), config.GroupSearch, config.GroupCount, config.GroupRerank, config.GroupAsk, config.GroupIngest)
	return cmd
}
