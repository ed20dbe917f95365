package main

import (
	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/measure"
)

func newEvalQACmd(a *app) *cobra.Command {
	var o measure.QA
	cmd := &cobra.Command{
		Use:   "qa --data DIR",
		Short: "Measure answers, evidence and cost of a strategy on questions with known answers",
		Long: `Measure the answers, evidence and cost of a strategy on questions with known
answers.

The data set is a folder (corpus.jsonl, queries.jsonl with "answers", and
qrels.tsv or qrels/test.tsv if there are judgements), or a JSONL file of
questions in that layout or FlashRAG's. The corpus goes into a temporary store,
a line a passage; --corpus ingests other documents, --collection uses an
existing collection.

Every answer is also asked for as a phrase, by one more call that is not counted
to the strategy. F1 and exact match score the phrase, and accuracy looks for a
right answer in the full text. An abstention scores as empty. For a question
that no phrase answers, the data set lists what a good answer must hold; the
metric must is the share of it that the full text holds.

--judge has a language model judge the answers: citation precision and recall
(ALCE), faithfulness and answer relevancy (RAGAS). It judges an existing run in
--out without asking its questions again; its cost is reported separately.

--without-rule leaves out a rule that code checks claims by, or a heuristic of
the loop, by its name, to measure its worth.

--out keeps the outcomes, a JSON line a question. The same command resumes a
stopped run; a file of another configuration is refused.`,
		Example: `  selfrag eval qa --data musique-100 --strategy two-stage --limit 30 --out two-stage.jsonl
  selfrag eval qa --data musique-100 --strategy two-stage --limit 30 --out two-stage.jsonl --judge qwen2.5-coder:1.5b
  selfrag eval qa --data examples/handbook --corpus examples/handbook --strategy self-rag
  selfrag eval qa --data examples/handbook/kinds.jsonl --corpus examples/handbook --strategy self-rag`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.Check(); err != nil {
				return err
			}
			parts, end, err := a.traced(cmd.Context())
			if err != nil {
				return err
			}
			defer end()
			return o.Run(cmd.Context(), parts, a.Streams)
		},
	}
	o.AddFlags(cmd.Flags())
	a.settings.AddFlags(cmd.Flags(), config.GroupSearch, config.GroupCount, config.GroupRerank, config.GroupAsk, config.GroupIngest, config.GroupTrace)
	return cmd
}
