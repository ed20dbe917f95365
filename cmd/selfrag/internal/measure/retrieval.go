package measure

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/pflag"

	"selfrag/agent"
	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/eval"
	"selfrag/fault"
	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
)

// Retrieval holds the options of the command eval retrieval, which measures
// search.
type Retrieval struct {
	questionRun
	takeApart, asJSON bool
}

// AddFlags declares the flags of the options.
func (o *Retrieval) AddFlags(flags *pflag.FlagSet) {
	o.addSampleFlags(flags)
	flags.BoolVar(&o.takeApart, "take-apart", false, "take questions of several look-ups apart by the language model")
	flags.BoolVar(&o.asJSON, "json", false, "print JSON")
}

// Check returns an error if the options are wrong.
func (o *Retrieval) Check(s config.Settings) error {
	if err := o.check("eval retrieval"); err != nil {
		return err
	}
	if s.NamesCollection() {
		return fault.Usage(errors.New("eval retrieval: it searches the data set's own corpus; leave out --collection"))
	}
	return nil
}

// searchArm is the name of the arm in the file of outcomes. There is only one
// arm: the search that is measured.
const searchArm = "search"

// Run measures search.
func (o *Retrieval) Run(ctx context.Context, parts *wire.Parts, io term.Streams) error {
	data, err := eval.Load(o.data)
	if err != nil {
		return err
	}
	s := parts.Settings
	s.Split = ingest.SplitNone
	s.K1, s.K2 = max(s.K1, 20), max(s.K2, 10)
	if s.Mode == string(retrieval.Lexical) && s.Embedder == "auto" && s.Reranker != "late" {
		s.Embedder = config.NoEmbedder
	}
	if o.takeApart || config.AsksModel(s.Reranker) {
		if s.Model, err = chosenModel(ctx, parts.With(s), io.Err, searchArm, o.out); err != nil {
			return err
		}
	}
	parts = parts.With(s)
	config, err := runConfig(ctx, parts, []armSetup{{searchArm, s}}, data, "", o.seed)
	if err != nil {
		return err
	}
	config["take_apart"] = fmt.Sprint(o.takeApart)
	log, err := eval.OpenLog(o.out, config)
	if err != nil {
		return err
	}
	defer log.Close()
	tellUntold(io.Err, log, o.out)
	run := eval.Run{
		Arms: []eval.Arm{{Name: searchArm}}, Queries: eval.Sample(data.Judged(), o.limit, o.seed), Log: log, Concurrency: o.concurrency,
	}
	if run.Pending() > 0 {
		own, remove, err := ingestToMeasure(ctx, parts, io, data.Corpus)
		if err != nil {
			return err
		}
		defer remove()
		if run.Arms[0], err = o.arm(ctx, own); err != nil {
			return err
		}
	}
	outcomes, err := ask(ctx, io.Err, run, "queries")
	if err != nil {
		return fmt.Errorf("measure search: %w", err)
	}
	scores, err := eval.ScoreRetrieval(data, run.Queries, outcomes[searchArm])
	if err != nil {
		return err
	}
	if o.asJSON {
		return io.JSON(scores)
	}
	return printRetrieval(io.Out, scores)
}

// arm returns an arm that searches the collection of the parts.
func (o *Retrieval) arm(ctx context.Context, parts *wire.Parts) (eval.Arm, error) {
	r, err := parts.Search(ctx)
	if err != nil {
		return eval.Arm{}, err
	}
	search := r.TwoStage.Search
	if o.takeApart {
		model, err := parts.Model(ctx)
		if err != nil {
			return eval.Arm{}, err
		}
		set, err := parts.Prompts(ctx)
		if err != nil {
			return eval.Arm{}, err
		}
		steps := func() (*agent.Steps, error) { return agent.NewSteps(model, r.TwoStage, set, agent.Config{}) }
		search = func(ctx context.Context, query string) (retrieval.Result, error) {
			return searchApart(ctx, r, steps, query)
		}
	}
	counted := func(ctx context.Context, query string) (retrieval.Result, error) {
		res, err := search(ctx, query)
		if err != nil {
			parts.Metrics.Failed(err)
			return res, err
		}
		parts.Metrics.Searched(res)
		return res, nil
	}
	return searchArmOf(searchArm, counted), nil
}

// searchArmOf returns an arm for a search over a corpus.jsonl.
func searchArmOf(name string, search func(context.Context, string) (retrieval.Result, error)) eval.Arm {
	return eval.SearchArm(name, func(ctx context.Context, query string) ([]string, agent.Timings, error) {
		begin := time.Now()
		res, err := search(ctx, query)
		res.Timings.Total = max(res.Timings.Total, time.Since(begin)) // includes the model's time for making a plan
		return eval.Ranking(res.Passages, func(p retrieval.Passage) string { return DocumentID(p, nil) }), SearchTimings(res), err
	})
}

func printRetrieval(w io.Writer, s eval.RetrievalScores) error {
	fmt.Fprintf(w, "%d queries: nDCG@10 %.3f, recall@5 %.3f, recall@10 %.3f\n", s.Queries, s.NDCG10, s.Recall5, s.Recall10)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "more\tprecision@5 %.3f, hit@5 %.3f, MRR %.3f, MAP %.3f\n", s.Precision5, s.Hit5, s.MRR, s.MAP)
	if err := t.Flush(); err != nil {
		return fmt.Errorf("print the scores: %w", err)
	}
	return term.PrintPerformance(w, s.Performance, "searches")
}

// searchApart searches for a question. If the question takes several look-ups,
// the model makes a plan of them, and searchApart returns the passages that are
// found along the plan. If there is no such plan, it returns the passages for
// the question itself.
func searchApart(ctx context.Context, o *wire.Search, newSteps func() (*agent.Steps, error), question string) (retrieval.Result, error) {
	steps, err := newSteps()
	if err != nil {
		return retrieval.Result{}, err
	}
	alone, err := o.TwoStage.Search(ctx, question)
	if err != nil {
		return alone, err
	}
	seen, err := steps.Evidence(ctx, question, alone)
	if err != nil || !agent.AsksSeveral(seen) {
		return alone, err
	}
	found, took, err := steps.FollowPlan(ctx, question)
	if err != nil || len(found) == 0 {
		return alone, err
	}
	return retrieval.Result{Query: question, Passages: found, Timings: retrieval.Timings{Search: took, Total: took}}, err
}
