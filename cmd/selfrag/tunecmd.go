package main

import (
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/eval"
	"selfrag/fault"
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
			parts := a.parts()
			defer parts.Close()
			return o.tuneRetrieval(cmd.Context(), parts, a.Streams)
		},
	}
	o.addSampleFlags(cmd.Flags())
	o.addTuneFlags(cmd, "ndcg@10")
	a.settings.AddFlags(cmd.Flags(), config.GroupSearch, config.GroupRerank)
	return cmd
}

func newTuneQACmd(a *app) *cobra.Command {
	o := &tuneOptions{}
	cmd := &cobra.Command{
		Use:   "qa --data DIR",
		Short: "Tune what answers depend on, with the language model",
		Long: `Tune what answers depend on, with the language model. Tried are k1 and k2, and
for strategies with a loop max_iterations and the thresholds relevance, support,
support_several and usefulness. --try tries any other setting.

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
			parts := a.parts()
			defer parts.Close()
			return o.tuneQA(cmd.Context(), parts, a.Streams)
		},
	}
	o.addFlags(cmd.Flags())
	_ = cmd.Flags().MarkHidden("judge") // answers that are dropped need none
	_ = cmd.Flags().MarkHidden("judge-embedder")
	_ = cmd.Flags().MarkHidden("langfuse-dataset") // trials are no experiments to keep
	o.addTuneFlags(cmd, eval.MetricF1)
	a.settings.AddFlags(cmd.Flags(), config.GroupSearch, config.GroupRerank, config.GroupAsk, config.GroupIngest)
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
		return fault.Usagef("%s: --trials must be at least 2", command)
	case o.share <= 0 || o.share >= 1:
		return fault.Usagef("%s: --dev-share must be between 0 and 1", command)
	case !slices.Contains(tunable(), o.metric):
		return fault.Usagef("%s: --metric %q: use %s", command, o.metric, strings.Join(tunable(), ", "))
	case o.judge.model != "":
		return fault.Usagef("%s: it has no judge", command)
	case o.dataset != "":
		return fault.Usagef("%s: it keeps no dataset in Langfuse; leave out --langfuse-dataset, and measure what was found by eval qa", command)
	}
	if o.yaml != "" {
		if _, err := os.Stat(o.yaml); err == nil {
			return fault.Usagef("%s: --yaml %s: the file is there already", command, o.yaml)
		}
	}
	return o.questionRun.check(command)
}

// space are the parameters to try: the usual ones, with those of --try in
// their place.
func (o *tuneOptions) space(s config.Settings, usual []eval.Parameter) ([]eval.Parameter, error) {
	space := slices.Clone(usual)
	for _, text := range o.values {
		key, values, given := strings.Cut(text, "=")
		if s.Origin(key) == "" {
			return nil, fault.Usagef("--try %s: unknown setting %q; `selfrag config show` lists them", text, key)
		}
		space = slices.DeleteFunc(space, func(p eval.Parameter) bool { return p.Key == key })
		if given {
			space = append(space, eval.Parameter{Key: key, Values: strings.Split(values, ",")})
		}
	}
	if err := eval.CheckSpace(space); err != nil {
		return nil, fault.Usage(err)
	}
	for _, p := range space { // a value that cannot be is told before anything is asked
		for _, v := range p.Values {
			if _, err := having(s, eval.Candidate{p.Key: v}); err != nil {
				return nil, fault.Usagef("%s=%s: %w", p.Key, v, err)
			}
		}
	}
	return space, nil
}

// having are the settings with a candidate's values.
func having(s config.Settings, c eval.Candidate) (config.Settings, error) {
	for _, key := range slices.Sorted(maps.Keys(c)) {
		var err error
		if s, err = s.With(key, c[key], "tune"); err != nil {
			return s, err
		}
	}
	return s, nil
}

// present is the candidate that the settings are.
func present(s config.Settings, space []eval.Parameter) eval.Candidate {
	c := eval.Candidate{}
	for _, p := range space {
		c[p.Key] = s.Text(p.Key)
	}
	return c
}
