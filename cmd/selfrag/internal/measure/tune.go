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

// Tune holds the options of the command tune, which searches for better
// settings.
type Tune struct {
	questionRun
	trials int
	share  float64
	metric string
	values []string // of the option --try, as KEY=VALUE,VALUE or KEY
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
		"judge", "judge-embedder", // candidates are compared without a judge
		"langfuse-dataset", // trials are not stored as experiments
	} {
		_ = flags.MarkHidden(name) // fails only for an unknown flag
	}
	o.addTuneFlags(flags, eval.MetricF1)
}

func (o *Tune) addTuneFlags(flags *pflag.FlagSet, metric string) {
	flags.IntVar(&o.trials, "trials", 24, "`N` combinations to try, the present settings among them")
	flags.Float64Var(&o.share, "dev-share", 0.5, "`SHARE` of the questions to choose on; the rest is held out")
	flags.StringVar(&o.metric, "metric", metric, "`METRIC` to maximise: "+strings.Join(tunable(), ", "))
	flags.StringArrayVar(&o.values, "try", nil, "`KEY=VALUE,VALUE`: try these values of a setting instead of the default ones; may be repeated. KEY alone leaves a setting out")
	flags.StringVar(&o.yaml, "yaml", "", "write the best settings into a `FILE` that does not exist yet")
	flags.BoolVar(&o.asJSON, "json", false, "print JSON")
}

// tunable returns the names of the metrics for which a higher value is better.
func tunable() []string {
	var out []string
	for _, m := range eval.Metrics() {
		if !m.Lower {
			out = append(out, m.Name)
		}
	}
	return out
}

// Check returns an error if the options are wrong.
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
			return fault.Usagef("%s: --yaml %s: the file already exists", command, o.yaml)
		}
	}
	return o.check(command)
}

// space returns the settings to tune, each with the values to try. It begins
// with the usual settings. An option --try KEY=VALUE,VALUE adds a setting or
// replaces its values, and --try KEY leaves a setting out.
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
	for _, p := range space { // an invalid value is reported before any question is asked
		for _, v := range p.Values {
			if _, err := having(s, eval.Candidate{p.Key: v}); err != nil {
				return nil, fault.Usagef("%s=%s: %w", p.Key, v, err)
			}
		}
	}
	return space, nil
}

// having returns a copy of the settings with the values of a candidate.
func having(s config.Settings, c eval.Candidate) (config.Settings, error) {
	for _, key := range slices.Sorted(maps.Keys(c)) {
		var err error
		if s, err = s.With(key, c[key], "tune"); err != nil {
			return s, err
		}
	}
	return s, nil
}

// present returns the current values of the settings in space as a candidate.
func present(s config.Settings, space []eval.Parameter) eval.Candidate {
	c := eval.Candidate{}
	for _, p := range space {
		c[p.Key] = s.Text(p.Key)
	}
	return c
}
