package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"selfrag/agent"
	"selfrag/eval"
	"selfrag/retrieval"
)

func newEvalCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "eval", Short: "Measure on data sets with known answers", RunE: onlySubcommands}
	cmd.AddCommand(newEvalRetrievalCmd(a), newEvalQACmd(a))
	return cmd
}

func newEvalRetrievalCmd(a *app) *cobra.Command {
	o := &retrievalOptions{}
	cmd := &cobra.Command{
		Use:   "retrieval --data DIR",
		Short: "nDCG@10 and recall of search on a data set in BEIR layout",
		Long: `nDCG@10, recall@5 and recall@10 of search on a data set in BEIR layout
(corpus.jsonl, queries.jsonl, qrels.tsv). The corpus is ingested into a
temporary store, each document as one passage.

--take-apart searches as self-rag does: where the language model finds that a
question takes several look-ups it takes it apart, and what is found along them
is merged with what the question itself finds.`,
		Example: `  selfrag eval retrieval --data musique-100 --mode dense --rerank none
  selfrag eval retrieval --data musique-100 --rerank none --take-apart --model qwen2.5-coder:1.5b`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.dir == "" {
				return usageError{errors.New("eval retrieval: name the data set with --data DIR")}
			}
			return runEvalRetrieval(cmd.Context(), a, o)
		},
	}
	cmd.Flags().StringVar(&o.dir, "data", "", "folder of the data set")
	cmd.Flags().BoolVar(&o.takeApart, "take-apart", false, "take questions of several look-ups apart by the language model")
	cmd.Flags().BoolVar(&o.asJSON, "json", false, "print JSON")
	a.settings.addFlags(cmd.Flags(), groupSearch, groupCount, groupRerank)
	return cmd
}

type retrievalOptions struct {
	dir               string
	takeApart, asJSON bool
}

func runEvalRetrieval(ctx context.Context, a *app, o *retrievalOptions) error {
	data, err := eval.Load(o.dir)
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
	search := r.twoStage.Search
	if o.takeApart {
		if err := a.openModel(ctx, r); err != nil {
			return err
		}
		search = func(ctx context.Context, query string) (retrieval.Result, error) { return searchApart(ctx, r, query) }
	}
	view := newCountView(a.stderr, "queries")
	defer view.end()
	view.show(0, len(data.Queries))
	var timings []agent.Timings
	scores, err := eval.Retrieval(ctx, data, func(ctx context.Context, query string) ([]string, error) {
		res, err := search(ctx, query)
		timings = append(timings, timingsOf(res))
		a.metrics.Searched(res)
		return eval.Ranking(res.Passages, func(p retrieval.Passage) string { return documentID(p, nil) }), err
	}, func(n int) { view.show(n, len(data.Queries)) })
	if err != nil {
		return fmt.Errorf("measure search: %w", err)
	}
	report := retrievalReport{RetrievalScores: scores}
	if !o.takeApart {
		sum := eval.Perform(timings)
		report.Performance = &sum
	}
	if o.asJSON {
		return a.printJSON(report)
	}
	_, err = fmt.Fprintf(a.stdout, "%d queries: nDCG@10 %.3f, recall@5 %.3f, recall@10 %.3f\n",
		scores.Queries, scores.NDCG10, scores.Recall5, scores.Recall10)
	if err != nil || report.Performance == nil {
		return err
	}
	return printPerformance(a.stdout, *report.Performance, "searches")
}

// retrievalReport is what eval retrieval --json prints.
type retrievalReport struct {
	eval.RetrievalScores
	// Performance is nil with --take-apart, whose look-ups are not timed by stage.
	Performance *eval.Performance `json:"performance,omitempty"`
}

// searchApart searches as the first round of self-rag does.
func searchApart(ctx context.Context, o *opened, question string) (retrieval.Result, error) {
	steps, err := agent.NewSteps(o.model, o.twoStage, nil, agent.Config{})
	if err != nil {
		return retrieval.Result{}, err
	}
	_, plan, err := steps.TakeApart(ctx, question)
	if err != nil {
		return retrieval.Result{}, err
	}
	if len(plan) < 2 {
		return o.twoStage.Search(ctx, question)
	}
	found, _, err := steps.Follow(ctx, question, plan)
	return retrieval.Result{Query: question, Passages: found}, err
}
