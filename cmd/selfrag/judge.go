package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"selfrag/agent"
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

// run has the answers of a run judged that are not yet, and attaches what the
// judge made of them.
func (j *judgeOptions) run(ctx context.Context, a *app, run eval.Run, outcomes map[string][]eval.Outcome) error {
	if j.model == "" {
		return nil
	}
	set, err := a.openPrompts(ctx)
	if err != nil {
		return err
	}
	judging := eval.Judging{Queries: run.Queries, Log: run.Log, Concurrency: run.Concurrency}
	for _, arm := range run.Arms {
		judging.Arms = append(judging.Arms, arm.Name)
	}
	embedderName := j.embedderName(a)
	judging.Judge.Name = fmt.Sprintf("%s, prompts %.12s, embedder %s", j.model, set.Digest(append(judgePrompts, prompts.NameGradeSupport)...), embedderName)
	if judging.Pending() > 0 {
		closing, err := j.open(ctx, a, &judging.Judge, set, embedderName)
		defer closing()
		if err != nil {
			return err
		}
	}
	view := newCountView(a.stderr, "judged answers")
	defer view.end()
	judging.Progress = view.show
	if err := judging.Do(ctx); err != nil {
		return err
	}
	for _, of := range outcomes {
		judging.Attach(of)
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
	if embedderName == noEmbedder {
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
