package measure

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/eval"
	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
)

// tuneArm is the arm under whose name the file of outcomes records the settings
// that are not tuned.
const tuneArm = "tune"

// Retrieval runs the command that tunes the settings of search.
func (o *Tune) Retrieval(ctx context.Context, parts *wire.Parts, io term.Streams) error {
	data, err := eval.Load(o.data)
	if err != nil {
		return err
	}
	s := parts.Settings
	s.Split, s.K2 = ingest.SplitNone, max(s.K2, 10)
	usual := []eval.Parameter{{Key: "k1", Values: []string{"10", "20", "40", "80"}}}
	if s.Embedder != config.NoEmbedder {
		usual = append(usual, eval.Parameter{Key: "mode", Values: []string{string(retrieval.Hybrid), string(retrieval.Dense), string(retrieval.Lexical)}})
	}
	space, err := o.space(s, withEf(s, io.Err, usual))
	if err != nil {
		return err
	}
	if config.AsksModel(s.Reranker) || slices.ContainsFunc(space, triesModelAsReranker) {
		if s.Model, err = chosenModel(ctx, parts.With(s), io.Err, tuneArm, o.out); err != nil {
			return err
		}
	}
	open := func(m *measured, ctx context.Context, parts *wire.Parts, name string) (eval.Arm, error) {
		_, search, err := m.search(ctx, parts)
		if err != nil {
			return eval.Arm{}, err
		}
		return searchArmOf(name, search.TwoStage.Search), nil
	}
	return o.tune(ctx, parts.With(s), io, data, data.Judged(), space, false, open)
}

// QA runs the command that tunes the settings of answers.
func (o *Tune) QA(ctx context.Context, parts *wire.Parts, io term.Streams) error {
	data, err := eval.LoadQA(o.data)
	if err != nil {
		return err
	}
	arms := []armSetup{{tuneArm, parts.Settings}}
	if err := o.chooseModels(ctx, parts, io.Err, arms); err != nil {
		return err
	}
	s := arms[0].settings
	usual := []eval.Parameter{{Key: "k1", Values: []string{"10", "20", "40"}}, {Key: "k2", Values: []string{"3", "5", "8"}}}
	switch {
	case s.AsksNoModel():
		usual = append(usual, eval.Parameter{Key: "answerable", Values: []string{"0.3", "0.5", "0.7"}})
	case s.Strategy != "two-stage":
		usual = append(usual, eval.Parameter{Key: "max_iterations", Values: []string{"1", "2", "3"}},
			eval.Parameter{Key: "relevance", Values: []string{"0.1", "0.2", "0.4"}}, eval.Parameter{Key: "support", Values: []string{"0.3", "0.5", "0.7"}},
			// For a question with several look-ups, the threshold is the higher
			// one of support and support_several.
			eval.Parameter{Key: "support_several", Values: []string{"0.5", "0.8", "0.9"}},
			eval.Parameter{Key: "usefulness", Values: []string{"0.3", "0.5", "0.7"}})
	}
	space, err := o.space(s, withEf(s, io.Err, usual))
	if err != nil {
		return err
	}
	return o.tune(ctx, parts.With(s), io, data, data.Queries, space, true, (*measured).open)
}

// triesModelAsReranker reports whether one of the values to try is a reranker
// that asks the language model.
func triesModelAsReranker(p eval.Parameter) bool {
	return p.Key == "rerank" && slices.ContainsFunc(p.Values, config.AsksModel)
}

// withEf adds the setting ef, the breadth of a vector search, if the store has
// such a setting.
func withEf(s config.Settings, w io.Writer, usual []eval.Parameter) []eval.Parameter {
	if s.Store == config.StoreMilvus {
		return append(usual, eval.Parameter{Key: "ef", Values: []string{"50", "100", "200"}})
	}
	fmt.Fprintln(w, "The SQLite store searches exactly: there is no ef to tune.")
	return usual
}

// openTrial is a function that opens the arm of a candidate. parts are the
// parts of the candidate's settings.
type openTrial func(m *measured, ctx context.Context, parts *wire.Parts, name string) (eval.Arm, error)

func (o *Tune) tune(ctx context.Context, parts *wire.Parts, io term.Streams, data eval.Dataset, queries []eval.Query, space []eval.Parameter, halving bool, open openTrial) error {
	queries = eval.Sample(queries, o.limit, o.seed)
	if len(queries) < 4 {
		return errors.New("too few questions to tune on: at least 4 are needed")
	}
	log, err := o.openLog(ctx, parts, io.Err, data, space)
	if err != nil {
		return err
	}
	defer log.Close()
	m := &measured{run: &o.questionRun, io: io, data: data}
	defer m.close()
	arms := map[string]eval.Arm{} // each arm is opened once and used with more questions later
	t := eval.Tuning{
		Dataset: data, Metric: o.metric, Candidates: eval.Candidates(space, present(parts.Settings, space), o.trials, o.seed), Halving: halving,
		Log: log, Concurrency: o.concurrency,
		Open: func(ctx context.Context, c eval.Candidate) (eval.Arm, error) {
			if arm, ok := arms[c.String()]; ok {
				return arm, nil
			}
			with, err := having(parts.Settings, c)
			if err != nil {
				return eval.Arm{}, err
			}
			arm, err := open(m, ctx, parts.With(with), c.String())
			arms[c.String()] = arm
			return arm, err
		},
	}
	t.Dev, t.Held = eval.Split(queries, o.share, o.seed)
	view := &rungView{w: io.Err}
	t.Progress = view.show
	found, err := t.Do(ctx, o.seed)
	view.end()
	if err != nil {
		if o.out != "" {
			fmt.Fprintf(io.Err, "The results so far are in %s; the same command resumes from there.\n", o.out)
		}
		return err
	}
	return o.tell(io, TuneReport{Tuned: found, DevQuestions: len(t.Dev), HeldQuestions: len(t.Held), YAML: yamlOf(space, found.Best.Settings)})
}

// openLog opens the file of the run. The values that are tuned are recorded in
// the names of the arms, not in the configuration of the run.
func (o *Tune) openLog(ctx context.Context, parts *wire.Parts, w io.Writer, data eval.Dataset, space []eval.Parameter) (*eval.Log, error) {
	config, err := runConfig(ctx, parts, []armSetup{{tuneArm, parts.Settings}}, data, o.corpus, o.seed)
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
		tellUntold(w, log, o.out)
	}
	return log, err
}
