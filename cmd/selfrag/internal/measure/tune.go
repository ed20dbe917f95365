package measure

import (
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/eval"
	"selfrag/fault"
)

// Tune are what settings are tuned on, and which are tried.
type Tune struct {
	questionRun
	trials int
	share  float64
	metric string
	values []string // KEY=VALUE,VALUE
	yaml   string
	asJSON bool
}

// AddRetrievalFlags declares the flags of tuning search.
func (o *Tune) AddRetrievalFlags(flags *pflag.FlagSet) {
	o.addSampleFlags(flags)
	o.addTuneFlags(flags, "ndcg@10")
}

// AddQAFlags declares the flags of tuning answers.
func (o *Tune) AddQAFlags(flags *pflag.FlagSet) {
	o.addFlags(flags)
	for _, name := range []string{
		"judge", "judge-embedder", // answers that are dropped need none
		"langfuse-dataset", // trials are no experiments to keep
	} {
		_ = flags.MarkHidden(name) // it is there
	}
	o.addTuneFlags(flags, eval.MetricF1)
}

func (o *Tune) addTuneFlags(flags *pflag.FlagSet, metric string) {
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

// Check says what is wrong with the options.
func (o *Tune) Check(command string) error {
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
	return o.check(command)
}

// space are the parameters to try: the usual ones, with those of --try in
// their place.
func (o *Tune) space(s config.Settings, usual []eval.Parameter) ([]eval.Parameter, error) {
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
