package measure

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/pflag"

	"selfrag/cmd/selfrag/internal/term"
	"selfrag/eval/online"
	"selfrag/fault"
)

// onlineOptions holds the options of ab for comparing arms by the logs of a
// server.
type onlineOptions struct {
	files      []string
	experiment string
}

func (o *onlineOptions) addFlags(flags *pflag.FlagSet) {
	flags.StringArrayVar(&o.files, "from-traces", nil, "`FILE`: compare the arms of an experiment by these logs of selfrag serve: feedback.jsonl and the files of --trace-file; further logs can follow as arguments")
	flags.StringVar(&o.experiment, "experiment", "", "with --from-traces: the experiment `NAME` to compare, if the logs hold several")
}

// OnlineReport is the output of ab --from-traces --json.
type OnlineReport struct {
	online.Comparison
	Verdict string `json:"verdict"`
	// Outside is the number of thumbs that were left out because their answers
	// belong to no experiment. BadLines is the number of log lines that were
	// left out because they could not be parsed.
	Outside  int `json:"thumbs_outside"`
	BadLines int `json:"bad_lines"`
}

// checkOnline returns an error for wrong usage of ab --from-traces.
func (o *AB) checkOnline(flags *pflag.FlagSet) error {
	useful := []string{"from-traces", "experiment", "a", "b", "seed", "json", "report", "config"}
	var err error
	flags.Visit(func(f *pflag.Flag) {
		if !slices.Contains(useful, f.Name) {
			err = cmp.Or(err, fault.Usagef("ab --from-traces only reads logs: it cannot be combined with --%s", f.Name))
		}
	})
	switch {
	case err != nil:
		return err
	case (o.strategies[0] == "") != (o.strategies[1] == ""):
		return fault.Usage(errors.New("ab --from-traces: name both arms with --a and --b, or neither"))
	case o.strategies[0] != "" && o.strategies[0] == o.strategies[1]:
		return fault.Usagef("ab --from-traces: --a and --b are both %s", o.strategies[0])
	case o.report != "" && strings.ToLower(filepath.Ext(o.report)) != ".json":
		return fault.Usagef("ab --from-traces: --report %s: this report is a file that ends in .json", o.report)
	}
	return nil
}

// RunOnline compares arms by the logs of a server. flags are the flags that the
// command was called with. args are the command's arguments, which are log
// files in addition to those of --from-traces.
func (o *AB) RunOnline(io term.Streams, flags *pflag.FlagSet, args []string) error {
	o.online.files = append(o.online.files, args...)
	if err := o.checkOnline(flags); err != nil {
		return err
	}
	var log online.Log
	for _, path := range o.online.files {
		if err := readLog(&log, path); err != nil {
			return err
		}
	}
	tellBad(io.Err, log.Bad)
	experiment, arms, err := o.chooseOnline(&log)
	if err != nil {
		return err
	}
	c, err := log.Compare(experiment, arms[0], arms[1], o.seed)
	if err != nil {
		return err
	}
	result := OnlineReport{c, c.Verdict(), log.Outside, len(log.Bad)}
	if o.report != "" {
		write := func(f *os.File) error {
			return term.Streams{Out: f}.JSON(result)
		}
		if err := writeFile(o.report, write); err != nil {
			return err
		}
	}
	if o.asJSON {
		return io.JSON(result)
	}
	return printOnline(io.Out, result)
}

func readLog(log *online.Log, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read what was logged: %w", err)
	}
	defer f.Close()
	return log.Read(path, f)
}

// shownBad is the maximum number of bad lines that are listed one by one.
const shownBad = 10

func tellBad(w io.Writer, bad []online.Bad) {
	for i, b := range bad {
		if i == shownBad {
			fmt.Fprintf(w, "… and %d more lines that cannot be read\n", len(bad)-i)
			return
		}
		fmt.Fprintf(w, "%s; the line is left out\n", b)
	}
}

// chooseOnline returns the experiment and the two arms to compare. They come
// from the options or, if there is only one choice, from the log.
func (o *AB) chooseOnline(log *online.Log) (experiment string, arms [2]string, err error) {
	experiments := log.Experiments()
	experiment = o.online.experiment
	switch {
	case len(experiments) == 0 && log.Outside > 0:
		return "", arms, fmt.Errorf("nothing to compare in %s: none of the %d thumbs is on an answer of an experiment; only questions that name no strategy are part of one, see --arms in `selfrag serve --help`",
			strings.Join(o.online.files, ", "), log.Outside)
	case len(experiments) == 0:
		return "", arms, fmt.Errorf("nothing to compare in %s: there is no line of an experiment; selfrag serve writes them with the setting arms, see `selfrag serve --help`", strings.Join(o.online.files, ", "))
	case experiment == "" && len(experiments) > 1:
		return "", arms, fault.Usagef("the logs hold several experiments: choose one with --experiment: %s", strings.Join(experiments, ", "))
	case experiment == "":
		experiment = experiments[0]
	case !slices.Contains(experiments, experiment):
		return "", arms, fault.Usagef("the logs hold no experiment %q: they hold %s", experiment, strings.Join(experiments, ", "))
	}
	known := log.Arms(experiment)
	arms = o.strategies
	for _, arm := range arms {
		if arm != "" && !slices.Contains(known, arm) {
			return "", arms, fault.Usagef("experiment %s has no answer of arm %q: it has those of %s", experiment, arm, strings.Join(known, ", "))
		}
	}
	switch {
	case arms[0] != "":
	case len(known) == 1:
		return "", arms, fmt.Errorf("nothing to compare: experiment %s has only entries of arm %s", experiment, known[0])
	case len(known) > 2:
		return "", arms, fault.Usagef("experiment %s has more than two arms: choose two with --a and --b: %s", experiment, strings.Join(known, ", "))
	default:
		arms = [2]string{known[0], known[1]}
	}
	return experiment, arms, nil
}

func printOnline(w io.Writer, r OnlineReport) error {
	fmt.Fprintf(w, "experiment %s\nA: %s\nB: %s\n\n", r.Experiment, r.A, r.B)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "arm\tunits\tthumbs\tup\tquestions\tabstained\tfailed\tp50\tp95")
	for _, arm := range r.Arms {
		up, abstained, p50, p95 := "-", "-", "-", "-"
		if arm.Thumbs > 0 {
			up = fmt.Sprintf("%.0f %%", 100*float64(arm.Up)/float64(arm.Thumbs))
		}
		if answered := arm.Questions - arm.Failed; answered > 0 {
			abstained = fmt.Sprintf("%.0f %%", 100*float64(arm.Abstained)/float64(answered))
			p50, p95 = fmt.Sprintf("%.1f s", arm.P50), fmt.Sprintf("%.1f s", arm.P95)
		}
		fmt.Fprintf(t, "%s\t%d\t%d\t%s\t%d\t%s\t%d\t%s\t%s\n", arm.Arm, arm.Units, arm.Thumbs, up, arm.Questions, abstained, arm.Failed, p50, p95)
	}
	fmt.Fprintln(t, "\nmetric\tA\tB\tB - A\t95 %\tp\tunits of A\tof B")
	for _, m := range r.Metrics {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s to %s\t%.4f\t%d\t%d\n", m.Metric, number(m.A), number(m.B), signedNumber(m.Mean),
			signedNumber(m.Interval.Low), signedNumber(m.Interval.High), m.P, m.UnitsA, m.UnitsB)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w)
	if r.Both > 0 {
		fmt.Fprintf(w, "%d units had both arms, and count once in each: the weights were changed meanwhile.\n", r.Both)
	}
	if r.Outside > 0 {
		fmt.Fprintf(w, "%d thumbs on answers outside of any experiment were left out.\n", r.Outside)
	}
	_, err := fmt.Fprintln(w, r.Verdict)
	return err
}
