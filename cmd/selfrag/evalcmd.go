package main

import (
	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/measure"
)

func newEvalCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "eval", Short: "Measure on data sets with known answers", RunE: onlySubcommands}
	cmd.AddCommand(newEvalRetrievalCmd(a), newEvalQACmd(a), newMakeQuestionsCmd(a), newEvalReviewCmd(a), newFromFeedbackCmd(a))
	return cmd
}

func newEvalRetrievalCmd(a *app) *cobra.Command {
	var o measure.Retrieval
	cmd := &cobra.Command{
		Use:   "retrieval --data DIR",
		Short: "Measure quality and speed of search on a data set in BEIR layout",
		Long: `Measure nDCG@10, recall@5 and @10, precision@5, hit@5, MRR, MAP and the times of
search on a data set in BEIR layout (corpus.jsonl, queries.jsonl, and qrels.tsv
or qrels/test.tsv). The corpus is ingested into a temporary store, each document
as one passage.

--take-apart searches as self-rag does: if the language model finds that a
question takes several look-ups, it takes the question apart, and their results
are merged with those of the question itself.

--out keeps the results, a JSON line a query. The same command resumes a stopped
run; a file of another configuration is refused.`,
		Example: `  selfrag eval retrieval --data musique-100 --mode dense --rerank none
  selfrag eval retrieval --data musique-100 --rerank none --take-apart --model qwen2.5-coder:1.5b --out apart.jsonl`,
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
