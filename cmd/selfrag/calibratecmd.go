package main

import (
	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/measure"
)

func newCalibrateCmd(a *app) *cobra.Command {
	var o measure.Calibrate
	cmd := &cobra.Command{
		Use:   "calibrate --data DIR [--data DIR ...]",
		Short: "Fit the probabilities of evidence and of the reranker to questions with known answers",
		Long: `Fit the probabilities of evidence and of the reranker to questions with known
answers: P(answers) of a sentence, P(the documents answer it), P(one place has
it all), and P(relevant) of a reranked passage.

Each question is searched twice: as it is, and with its documents hidden, which
turns it into a question that the documents do not answer. The look-ups of a
question ("hops") count as questions of their own. Cross-validation measures
the curves, and its figures are printed; the curves themselves are fitted on
all questions.

A data set is a folder in BEIR layout or one with questions.jsonl. Without a
corpus.jsonl, the folder's own files are searched, or those that --corpus names.
At least some thirty questions are needed to fit curves.

--out writes a file that ask, chat, search and serve take as --calibration.`,
		Example: `  selfrag calibrate --data examples/handbook --out my-calibration.json
  selfrag ask "연차는 며칠까지 이월할 수 있나요?" --calibration my-calibration.json`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.Check(a.settings); err != nil {
				return err
			}
			parts := a.parts()
			defer parts.Close()
			return o.Run(cmd.Context(), parts, a.Streams)
		},
	}
	o.AddFlags(cmd.Flags())
	a.settings.AddFlags(cmd.Flags(), config.GroupSearch, config.GroupCount, config.GroupRerank)
	return cmd
}
