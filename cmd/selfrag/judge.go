package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"selfrag/agent"
	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/eval"
	"selfrag/prompts"
	"selfrag/retrieval"
)

// judgeOptions say who judges answers.
type judgeOptions struct {
	model    string
	embedder string
}

func (j *judgeOptions) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&j.model, "judge", "", "language model that judges the answers: citation precision and recall, faithfulness, answer relevancy; better another one than answered")
	flags.StringVar(&j.embedder, "judge-embedder", "", "embedder for answer relevancy (default that of the run); none: without answer relevancy")
}

// judgeBudget bounds what judging one answer takes: none comes near it.
var judgeBudget = agent.Budget{Calls: 1000, Tokens: 2_000_000}

// judgeRun is the judging of a run's answers. A nil one judges none.
type judgeRun struct {
	eval.Judging

	by  *judgeOptions
	set *prompts.Set
}

// of is the judging of a run.
func (j *judgeOptions) of(ctx context.Context, a *app, run eval.Run) (*judgeRun, error) {
	if j.model == "" {
		return nil, nil //nolint:nilnil // a nil one judges none
	}
	set, err := a.openPrompts(ctx)
	if err != nil {
		return nil, err
	}
	out := &judgeRun{Judging: eval.Judging{Queries: run.Queries, Log: run.Log, Concurrency: run.Concurrency}, by: j, set: set}
	for _, arm := range run.Arms {
		out.Arms = append(out.Arms, arm.Name)
	}
	out.Judge.Name = fmt.Sprintf("%s, prompts %.12s, embedder %s", j.model, set.Digest(append(judgePrompts, prompts.NameGradeSupport)...), j.embedderName(a))
	return out, nil
}

// pending is how many of the answers that are there are not judged yet.
func (r *judgeRun) pending() int {
	if r == nil {
		return 0
	}
	return r.Pending()
}

// do has the answers judged that are not yet, and attaches what the judge made
// of all of them.
func (r *judgeRun) do(ctx context.Context, a *app, outcomes map[string][]eval.Outcome) error {
	if r == nil {
		return nil
	}
	if r.Pending() > 0 {
		closing, err := r.by.open(ctx, a, &r.Judge, r.set, r.by.embedderName(a))
		defer closing()
		if err != nil {
			return err
		}
	}
	view := term.NewCounting(a.Err, "judged answers")
	defer view.End()
	r.Progress = view.Show
	if err := r.Do(ctx); err != nil {
		return err
	}
	for _, of := range outcomes {
		r.Attach(of)
	}
	return nil
}

func (j *judgeOptions) embedderName(a *app) string {
	name := cmp.Or(j.embedder, a.settings.Embedder)
	if name == "auto" {
		name = defaultEmbedder()
	}
	return name
}

// open makes the judge's parts. closing is never nil.
func (j *judgeOptions) open(ctx context.Context, a *app, judge *eval.Judge, set *prompts.Set, embedderName string) (closing func(), err error) {
	closing = func() {}
	asked := a.settings
	asked.Model = j.model
	name, err := a.with(asked).modelName(ctx)
	if err != nil {
		return closing, fmt.Errorf("the judge: %w", err)
	}
	model, err := a.dialModel(name)
	if err != nil {
		return closing, err
	}
	closing = model.Close
	judge.Steps = func() (*agent.Steps, error) {
		return agent.NewSteps(model, noRetriever{}, set, agent.Config{Budget: judgeBudget})
	}
	if embedderName == config.NoEmbedder {
		return closing, nil
	}
	vectors, closeVectors, err := a.openEmbedder(ctx, embedderName, nil)
	if err != nil {
		return closing, fmt.Errorf("the judge's embedder (--judge-embedder none does without): %w", err)
	}
	judge.Embedder = vectors
	return func() { closeVectors(); model.Close() }, nil
}

// noRetriever is that of steps that never search.
type noRetriever struct{}

// Search always fails.
func (noRetriever) Search(context.Context, string) (retrieval.Result, error) {
	return retrieval.Result{}, errors.New("a judge does not search")
}
