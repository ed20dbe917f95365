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
