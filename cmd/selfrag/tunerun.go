package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/eval"
	"selfrag/retrieval"
)

// tuneArm is the name in a run's file under which the settings stand that are
// not tuned.
const tuneArm = "tune"

func (o *tuneOptions) tuneRetrieval(ctx context.Context, a *app) error {
	data, err := eval.Load(o.data)
	if err != nil {
		return err
	}
	s := &a.settings
	s.Split, s.K2 = "none", max(s.K2, 10)
	usual := []eval.Parameter{{Key: "k1", Values: []string{"10", "20", "40", "80"}}}
	if s.Embedder != config.NoEmbedder {
		usual = append(usual, eval.Parameter{Key: "mode", Values: []string{string(retrieval.Hybrid), string(retrieval.Dense), string(retrieval.Lexical)}})
	}
	space, err := o.space(*s, o.withEf(a, usual))
	if err != nil {
		return err
	}
	if config.AsksModel(s.Reranker) || slices.ContainsFunc(space, triesModelAsReranker) {
		if err := a.chooseModel(ctx, s, tuneArm, o.out); err != nil {
			return err
		}
	}
	open := func(ctx context.Context, m *measured, own *app, name string) (eval.Arm, error) {
		parts, err := m.openRetrieval(ctx, own)
		if err != nil {
			return eval.Arm{}, err
		}
		return searchArmOf(name, parts.twoStage.Search), nil
	}
	return o.tune(ctx, a, data, data.Judged(), space, false, open)
}

func (o *tuneOptions) tuneQA(ctx context.Context, a *app) error {
	data, err := eval.LoadQA(o.data)
	if err != nil {
		return err
	}
	arms := []armSetup{{tuneArm, a.settings}}
	if err := o.chooseModels(ctx, a, arms); err != nil {
		return err
	}
	s := &a.settings
	s.Model = arms[0].settings.Model
	usual := []eval.Parameter{{Key: "k1", Values: []string{"10", "20", "40"}}, {Key: "k2", Values: []string{"3", "5", "8"}}}
	switch {
	case s.AsksNoModel():
		usual = append(usual, eval.Parameter{Key: "answerable", Values: []string{"0.3", "0.5", "0.7"}})
	case s.Strategy != "two-stage":
		usual = append(usual, eval.Parameter{Key: "max_iterations", Values: []string{"1", "2", "3"}},
			eval.Parameter{Key: "relevance", Values: []string{"0.1", "0.2", "0.4"}}, eval.Parameter{Key: "support", Values: []string{"0.3", "0.5", "0.7"}},
			// The higher of both holds where a question takes several look-ups.
			eval.Parameter{Key: "support_several", Values: []string{"0.5", "0.8", "0.9"}},
			eval.Parameter{Key: "usefulness", Values: []string{"0.3", "0.5", "0.7"}})
	}
	space, err := o.space(*s, o.withEf(a, usual))
	if err != nil {
		return err
	}
	open := func(ctx context.Context, m *measured, own *app, name string) (eval.Arm, error) {
		return m.open(ctx, own, armSetup{name, own.settings})
	}
	return o.tune(ctx, a, data, data.Queries, space, true, open)
}

// triesModelAsReranker tells whether the language model is among the rerankers
// to try.
func triesModelAsReranker(p eval.Parameter) bool {
	return p.Key == "rerank" && slices.ContainsFunc(p.Values, config.AsksModel)
}

// withEf adds the breadth of search where the store has such a setting.
func (o *tuneOptions) withEf(a *app, usual []eval.Parameter) []eval.Parameter {
	if a.settings.Store == config.StoreMilvus {
		return append(usual, eval.Parameter{Key: "ef", Values: []string{"50", "100", "200"}})
	}
	fmt.Fprintln(a.Err, "The SQLite store searches exactly: there is no ef to tune.")
	return usual
}

// openTrial makes the arm of a candidate whose settings own has.
type openTrial func(ctx context.Context, m *measured, own *app, name string) (eval.Arm, error)

func (o *tuneOptions) tune(ctx context.Context, a *app, data eval.Dataset, queries []eval.Query, space []eval.Parameter, halving bool, open openTrial) error {
	queries = eval.Sample(queries, o.limit, o.seed)
	if len(queries) < 4 {
		return errors.New("too few questions to tune on: at least 4 are needed")
	}
	log, err := o.openLog(ctx, a, data, space)
	if err != nil {
		return err
	}
	defer log.Close()
	a.embedders = map[string]embedder{}
	parts := &measured{run: &o.questionRun, data: data}
	defer parts.close()
	arms := map[string]eval.Arm{} // each is opened once, for all its rungs
	t := eval.Tuning{
		Dataset: data, Metric: o.metric, Candidates: eval.Candidates(space, present(a.settings, space), o.trials, o.seed), Halving: halving,
		Log: log, Concurrency: o.concurrency,
		Open: func(ctx context.Context, c eval.Candidate) (eval.Arm, error) {
			if arm, ok := arms[c.String()]; ok {
				return arm, nil
			}
			with, err := having(a.settings, c)
			if err != nil {
				return eval.Arm{}, err
			}
			arm, err := open(ctx, parts, a.with(with), c.String())
			arms[c.String()] = arm
			return arm, err
		},
	}
	t.Dev, t.Held = eval.Split(queries, o.share, o.seed)
	view := &rungView{w: a.Err}
	t.Progress = view.show
	found, err := t.Do(ctx, o.seed)
	view.end()
	if err != nil {
		if o.out != "" {
			fmt.Fprintf(a.Err, "What was found is in %s; the same command goes on from there.\n", o.out)
		}
		return err
	}
	return o.tell(a, tuneReport{Tuned: found, DevQuestions: len(t.Dev), HeldQuestions: len(t.Held), YAML: yamlOf(space, found.Best.Settings)})
}

// openLog opens the run's file. What is tuned is in the arms' names, and no
// part of the configuration.
func (o *tuneOptions) openLog(ctx context.Context, a *app, data eval.Dataset, space []eval.Parameter) (*eval.Log, error) {
	config, err := a.runConfig(ctx, []armSetup{{tuneArm, a.settings}}, data, o.corpus, o.seed)
	if err != nil {
		return nil, err
	}
	var keys []string
	for _, p := range space {
		delete(config, tuneArm+"."+p.Key)
		keys = append(keys, p.Key)
	}
	config["tuned"] = strings.Join(slices.Sorted(slices.Values(keys)), " ")
	config["short_answer"] = fmt.Sprint(!o.noShort)
	log, err := eval.OpenLog(o.out, config)
	if err == nil {
		a.tellUntold(log, o.out)
	}
	return log, err
}
