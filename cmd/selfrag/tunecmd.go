package main

import (
	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/measure"
)

func newTuneCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "tune",
		Short: "Search for better settings on questions with known answers",
		Long: `Search for better settings on questions with known answers.

The questions are shuffled and divided: the settings are chosen on one part, and
measured on the other, held-out part. The command prints the trials, with their
place on the Pareto front of quality against seconds, the held-out result beside
that of the present settings, and the settings as YAML to paste.`,
		RunE: onlySubcommands,
	}
	cmd.AddCommand(newTuneRetrievalCmd(a), newTuneQACmd(a))
	return cmd
}

func newTuneRetrievalCmd(a *app) *cobra.Command {
	var o measure.Tune
	cmd := &cobra.Command{
		Use:   "retrieval --data DIR",
		Short: "Tune the settings of search; needs no language model",
		Long: `Tune the settings of search, on a data set in BEIR layout; needs no language
model. It tries k1, mode and, if the store is Milvus, ef (SQLite searches exactly
and has no such setting). --try tries any other setting.`,
		Example: `  selfrag tune retrieval --data musique-100 --embedder onnx/all-minilm-l6-v2 --metric recall@5
  selfrag tune retrieval --data autorag-ko --try rerank=none,late --try k1=20,50`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.Check("tune retrieval"); err != nil {
				return err
			}
			parts := a.parts()
			defer parts.Close()
			return o.Retrieval(cmd.Context(), parts, a.Streams)
		},
	}
	o.AddRetrievalFlags(cmd.Flags())
	a.settings.AddFlags(cmd.Flags(), config.GroupSearch, config.GroupRerank)
	return cmd
}

func newTuneQACmd(a *app) *cobra.Command {
	var o measure.Tune
	cmd := &cobra.Command{
		Use:   "qa --data DIR",
		Short: "Tune the settings of answers, with the language model",
		Long: `Tune the settings of answers, with the language model. It tries k1 and k2, and
for strategies with a loop max_iterations and the thresholds relevance, support,
support_several and usefulness. --try tries any other setting.

All combinations are asked few questions, and the better half twice as many,
again and again (successive halving). Data sets, short answers and --out are as
in eval qa: a stopped run can be resumed, also with more --trials.`,
		Example: `  selfrag tune qa --data musique-100 --strategy self-rag --trials 16 --limit 60 --out tune.jsonl
  selfrag tune qa --data musique-100 --strategy two-stage --try k2=3,5,8,12 --yaml selfrag.yaml`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.Check("tune qa"); err != nil {
				return err
			}
			parts := a.parts()
			defer parts.Close()
			return o.QA(cmd.Context(), parts, a.Streams)
		},
	}
	o.AddQAFlags(cmd.Flags())
	a.settings.AddFlags(cmd.Flags(), config.GroupSearch, config.GroupRerank, config.GroupAsk, config.GroupIngest)
	return cmd
}
