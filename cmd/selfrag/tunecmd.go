package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"selfrag/eval"
	"selfrag/retrieval"
)

func newTuneCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "tune",
		Short: "Search for better settings on questions with known answers",
		Long: `Search for better settings on questions with known answers.

The questions are shuffled and parted: on some the settings are chosen, on the
others, held out, it is measured what they are worth. Printed are the trials
with their place on the Pareto front of quality against seconds, the held-out
result beside that of the present settings, and the settings as YAML to paste.`,
		RunE: onlySubcommands,
	}
	cmd.AddCommand(newTuneRetrievalCmd(a), newTuneQACmd(a))
	return cmd
}

type tuneOptions struct {
	questionRun
	trials int
	share  float64
	metric string
	values []string // KEY=VALUE,VALUE
	yaml   string
	asJSON bool
}

func newTuneRetrievalCmd(a *app) *cobra.Command {
	o := &tuneOptions{}
	cmd := &cobra.Command{
		Use:   "retrieval --data DIR",
		Short: "Tune what search depends on; needs no language model",
		Long: `Tune what search depends on, on a data set in BEIR layout; needs no language
model. Tried are k1, mode, and ef where the store is Milvus (SQLite searches
exactly and has no such setting). --try tries any other setting.`,
		Example: `  selfrag tune retrieval --data musique-100 --embedder onnx/all-minilm-l6-v2 --metric recall@5
  selfrag tune retrieval --data autorag-ko --try rerank=none,late --try k1=20,50`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check("tune retrieval"); err != nil {
				return err
			}
			return o.tuneRetrieval(cmd.Context(), a)
		},
	}
	o.addSampleFlags(cmd.Flags())
	o.addTuneFlags(cmd, "ndcg@10")
	a.settings.addFlags(cmd.Flags(), groupSearch, groupRerank)
	return cmd
}

func newTuneQACmd(a *app) *cobra.Command {
	o := &tuneOptions{}
	cmd := &cobra.Command{
		Use:   "qa --data DIR",
		Short: "Tune what answers depend on, with the language model",
		Long: `Tune what answers depend on, with the language model. Tried are k1 and k2, and
for strategies with a loop max_iterations and the thresholds relevance, support
and usefulness. --try tries any other setting.

Few questions are asked of all combinations, and twice as many of the better
half, again and again (successive halving). Data sets, short answers and --out
are as in eval qa: a run that was stopped goes on, also with more --trials.`,
		Example: `  selfrag tune qa --data musique-100 --strategy self-rag --trials 16 --limit 60 --out tune.jsonl
  selfrag tune qa --data musique-100 --strategy two-stage --try k2=3,5,8,12 --yaml selfrag.yaml`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check("tune qa"); err != nil {
				return err
			}
			return o.tuneQA(cmd.Context(), a)
		},
	}
	o.questionRun.addFlags(cmd.Flags())
	_ = cmd.Flags().MarkHidden("judge") // answers that are dropped need none
	_ = cmd.Flags().MarkHidden("judge-embedder")
	o.addTuneFlags(cmd, eval.MetricF1)
	a.settings.addFlags(cmd.Flags(), groupSearch, groupRerank, groupAsk, groupIngest)
	return cmd
}

func (o *tuneOptions) addTuneFlags(cmd *cobra.Command, metric string) {
	flags := cmd.Flags()
	flags.IntVar(&o.trials, "trials", 24, "combinations to try, the present settings among them")
	flags.Float64Var(&o.share, "dev-share", 0.5, "share of the questions to choose on; the rest is held out")
	flags.StringVar(&o.metric, "metric", metric, "what is to be high: "+strings.Join(tunable(), ", "))
	flags.StringArrayVar(&o.values, "try", nil, "KEY=VALUE,VALUE: try these values of a setting, in place of those of the same key; may be given again. KEY alone leaves one out")
	flags.StringVar(&o.yaml, "yaml", "", "write the settings found into a file that does not exist yet")
	flags.BoolVar(&o.asJSON, "json", false, "print JSON")
}

// tunable are the metrics of which more is better.
func tunable() []string {
	var out []string
	for _, m := range eval.Metrics() {
		if !m.Lower {
			out = append(out, m.Name)
		}
	}
	return out
}

// check tells wrong usage.
func (o *tuneOptions) check(command string) error {
	switch {
	case o.trials < 2:
		return usageError{fmt.Errorf("%s: --trials must be at least 2", command)}
	case o.share <= 0 || o.share >= 1:
		return usageError{fmt.Errorf("%s: --dev-share must be between 0 and 1", command)}
	case !slices.Contains(tunable(), o.metric):
		return usageError{fmt.Errorf("%s: --metric %q: use %s", command, o.metric, strings.Join(tunable(), ", "))}
	case o.judge.model != "":
		return usageError{fmt.Errorf("%s: it has no judge", command)}
	}
	if o.yaml != "" {
		if _, err := os.Stat(o.yaml); err == nil {
			return usageError{fmt.Errorf("%s: --yaml %s: the file is there already", command, o.yaml)}
		}
	}
	return o.questionRun.check(command)
}

// space are the parameters to try: the usual ones, with those of --try in
// their place.
func (o *tuneOptions) space(s *settings, usual []eval.Parameter) ([]eval.Parameter, error) {
	space := slices.Clone(usual)
	for _, text := range o.values {
		key, values, given := strings.Cut(text, "=")
		if s.from[key] == "" {
			return nil, usageError{fmt.Errorf("--try %s: unknown setting %q; `selfrag config show` lists them", text, key)}
		}
		space = slices.DeleteFunc(space, func(p eval.Parameter) bool { return p.Key == key })
		if given {
			space = append(space, eval.Parameter{Key: key, Values: strings.Split(values, ",")})
		}
	}
	if err := eval.CheckSpace(space); err != nil {
		return nil, usageError{err}
	}
	for _, p := range space { // a value that cannot be is told before anything is asked
		for _, v := range p.Values {
			if _, err := s.having(eval.Candidate{p.Key: v}); err != nil {
				return nil, usageError{fmt.Errorf("%s=%s: %w", p.Key, v, err)}
			}
		}
	}
	return space, nil
}

// having are the settings with a candidate's values.
func (s *settings) having(c eval.Candidate) (settings, error) {
	with := *s
	with.from = maps.Clone(s.from)
	for _, key := range slices.Sorted(maps.Keys(c)) {
		if err := with.set(key, c[key], "tune"); err != nil {
			return with, err
		}
	}
	return with, nil
}

// present is the candidate that the settings are.
func (s *settings) present(space []eval.Parameter) eval.Candidate {
	c := eval.Candidate{}
	for _, p := range space {
		c[p.Key] = s.value(p.Key).text()
	}
	return c
}

func (o *tuneOptions) tuneRetrieval(ctx context.Context, a *app) error {
	data, err := eval.Load(o.data)
	if err != nil {
		return err
	}
	s := &a.settings
	s.Split, s.K2 = "none", max(s.K2, 10)
	usual := []eval.Parameter{{Key: "k1", Values: []string{"10", "20", "40", "80"}}}
	if s.Embedder != noEmbedder {
		usual = append(usual, eval.Parameter{Key: "mode", Values: []string{string(retrieval.Hybrid), string(retrieval.Dense), string(retrieval.Lexical)}})
	}
	space, err := o.space(s, o.withEf(a, usual))
	if err != nil {
		return err
	}
	open := func(ctx context.Context, m *measured, own *app, name string) (eval.Arm, error) {
		if err := m.fill(ctx, own); err != nil {
			return eval.Arm{}, err
		}
		parts, err := own.openRetrieval(ctx)
		if err != nil {
			return eval.Arm{}, err
		}
		m.closers = append(m.closers, parts.Close)
		return searchArmOf(name, parts.twoStage.Search), nil
	}
	return o.tune(ctx, a, data, data.Judged(), space, false, open)
}

func (o *tuneOptions) tuneQA(ctx context.Context, a *app) error {
	data, err := eval.LoadQA(o.data)
	if err != nil {
		return err
	}
	s := &a.settings
	if s.Model == "" {
		if s.Model, err = a.modelName(ctx); err != nil {
			return err
		}
	}
	usual := []eval.Parameter{{Key: "k1", Values: []string{"10", "20", "40"}}, {Key: "k2", Values: []string{"3", "5", "8"}}}
	if s.Strategy != "two-stage" {
		usual = append(usual, eval.Parameter{Key: "max_iterations", Values: []string{"1", "2", "3"}},
			eval.Parameter{Key: "relevance", Values: []string{"0.1", "0.2", "0.4"}}, eval.Parameter{Key: "support", Values: []string{"0.3", "0.5", "0.7"}},
			eval.Parameter{Key: "usefulness", Values: []string{"0.3", "0.5", "0.7"}})
	}
	space, err := o.space(s, o.withEf(a, usual))
	if err != nil {
		return err
	}
	open := func(ctx context.Context, m *measured, own *app, name string) (eval.Arm, error) {
		return m.open(ctx, own, armSetup{name, own.settings})
	}
	return o.tune(ctx, a, data, data.Queries, space, true, open)
}

// withEf adds the breadth of search where the store has such a setting.
func (o *tuneOptions) withEf(a *app, usual []eval.Parameter) []eval.Parameter {
	if a.settings.Store == storeMilvus {
		return append(usual, eval.Parameter{Key: "ef", Values: []string{"50", "100", "200"}})
	}
	fmt.Fprintln(a.stderr, "The SQLite store searches exactly: there is no ef to tune.")
	return usual
}

// openTrial makes the arm of a candidate whose settings own has.
type openTrial func(ctx context.Context, m *measured, own *app, name string) (eval.Arm, error)

func (o *tuneOptions) tune(ctx context.Context, a *app, data eval.Dataset, queries []eval.Query, space []eval.Parameter, halving bool, open openTrial) error {
	queries = eval.Sample(queries, o.limit, o.seed)
	if len(queries) < 4 {
		return errors.New("too few questions to tune on: at least 4 are needed")
	}
	log, err := o.openLog(a, data, space)
	if err != nil {
		return err
	}
	defer log.Close()
	a.embedders = map[string]embedder{}
	parts := &measured{run: &o.questionRun, data: data}
	defer parts.close()
	arms := map[string]eval.Arm{} // each is opened once, for all its rungs
	t := eval.Tuning{
		Dataset: data, Metric: o.metric, Candidates: eval.Candidates(space, a.settings.present(space), o.trials, o.seed), Halving: halving,
		Log: log, Concurrency: o.concurrency,
		Open: func(ctx context.Context, c eval.Candidate) (eval.Arm, error) {
			if arm, ok := arms[c.String()]; ok {
				return arm, nil
			}
			with, err := a.settings.having(c)
			if err != nil {
				return eval.Arm{}, err
			}
			arm, err := open(ctx, parts, a.with(with), c.String())
			arms[c.String()] = arm
			return arm, err
		},
	}
	t.Dev, t.Held = eval.Split(queries, o.share, o.seed)
	view := &rungView{app: a}
	t.Progress = view.show
	found, err := t.Do(ctx, o.seed)
	view.end()
	if err != nil {
		if o.out != "" {
			fmt.Fprintf(a.stderr, "What was found is in %s; the same command goes on from there.\n", o.out)
		}
		return err
	}
	return o.tell(a, tuneReport{Tuned: found, DevQuestions: len(t.Dev), HeldQuestions: len(t.Held), YAML: yamlOf(space, found.Best.Settings)})
}

// openLog opens the run's file. What is tuned is in the arms' names, and no
// part of the configuration.
func (o *tuneOptions) openLog(a *app, data eval.Dataset, space []eval.Parameter) (*eval.Log, error) {
	config, err := a.runConfig([]armSetup{{"tune", a.settings}}, data, o.corpus, o.seed)
	if err != nil {
		return nil, err
	}
	var keys []string
	for _, p := range space {
		delete(config, "tune."+p.Key)
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
