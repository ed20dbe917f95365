package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"selfrag/eval"
	"selfrag/retrieval"
)

func newEvalCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "eval", Short: "Measure on data sets with known answers", RunE: onlySubcommands}
	cmd.AddCommand(newEvalRetrievalCmd(a), newEvalQACmd(a))
	return cmd
}

func newEvalRetrievalCmd(a *app) *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "retrieval --data DIR",
		Short: "nDCG@10 and recall of search on a data set in BEIR layout",
		Long: `nDCG@10, recall@5 and recall@10 of search on a data set in BEIR layout
(corpus.jsonl, queries.jsonl, qrels.tsv). The corpus is ingested into a
temporary store, each document as one passage.`,
		Example: `  selfrag eval retrieval --data musique-100 --mode dense --rerank none`,
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if dir == "" {
				return usageError{errors.New("eval retrieval: name the data set with --data DIR")}
			}
			return runEvalRetrieval(cmd.Context(), a, dir, asJSON)
		},
	}
	cmd.Flags().StringVar(&dir, "data", "", "folder of the data set")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	a.settings.addFlags(cmd.Flags(), groupSearch, groupRerank)
	return cmd
}

func runEvalRetrieval(ctx context.Context, a *app, dir string, asJSON bool) error {
	data, err := eval.Load(dir)
	if err != nil {
		return err
	}
	a.settings.Split = "none"
	a.settings.K1 = max(a.settings.K1, 20)
	a.settings.K2 = max(a.settings.K2, 10)
	if a.settings.Mode == string(retrieval.Lexical) && a.settings.Embedder == "auto" && a.settings.Reranker != "late" {
		a.settings.Embedder = noEmbedder
	}
	remove, err := a.ingestToMeasure(ctx, data.Corpus)
	if err != nil {
		return err
	}
	defer remove()
	r, err := a.openRetrieval(ctx)
	if err != nil {
		return err
	}
	defer r.Close()
	scores, err := eval.Retrieval(ctx, data, func(ctx context.Context, query string) ([]string, error) {
		res, err := r.twoStage.Search(ctx, query)
		if err != nil {
			return nil, err
		}
		ids := make([]string, len(res.Passages))
		for i, p := range res.Passages {
			ids[i] = documentID(p, nil)
		}
		return ids, nil
	}, nil)
	if err != nil {
		return fmt.Errorf("measure search: %w", err)
	}
	if asJSON {
		return a.printJSON(scores)
	}
	_, err = fmt.Fprintf(a.stdout, "%d queries: nDCG@10 %.3f, recall@5 %.3f, recall@10 %.3f\n",
		scores.Queries, scores.NDCG10, scores.Recall5, scores.Recall10)
	return err
}
