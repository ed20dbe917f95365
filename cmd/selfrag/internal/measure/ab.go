package measure

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/pflag"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/eval"
	"selfrag/eval/report"
	"selfrag/fault"
)

// AB holds the options of the command ab, which compares two arms. An arm is a
// strategy with its settings.
type AB struct {
	questionRun
	online     onlineOptions
	strategies [2]string
	configs    [2]string
	without    [2][]string
	minEffect  float64
	report     string

	reportLanguage string
	asJSON         bool
}

// AddFlags declares the flags of the command.
func (o *AB) AddFlags(flags *pflag.FlagSet) {
	o.addFlags(flags)
	o.online.addFlags(flags)
	for i, name := range []string{"a", "b"} {
		flags.StringVar(&o.strategies[i], name, "", "`STRATEGY` of arm "+name)
		flags.StringVar(&o.configs[i], name+"-config", "", "configuration `FILE` of arm "+name)
		flags.StringSliceVar(&o.without[i], name+"-without-rule", nil, "`RULES` or heuristics that arm "+name+" leaves out, as in eval qa")
	}
	flags.Float64Var(&o.minEffect, "min-effect", 0, "print how many questions would find a difference of `SIZE`")
	flags.StringVar(&o.report, "report", "", "write a report: `FILE`.html (one page that needs no other file), FILE.md or FILE.json")
	flags.StringVar(&o.reportLanguage, "report-language", "", "`LANGUAGE` of the report, en or ko (default: that of most questions)")
	flags.BoolVar(&o.asJSON, "json", false, "print JSON")
}

// FromLogs reports whether the arms are compared by the logs of a server,
// without asking questions.
func (o *AB) FromLogs() bool { return len(o.online.files) > 0 }

// Check returns a usage error if the options contradict each other or a value
// is invalid.
func (o *AB) Check() error {
	const command = "ab"
	if o.online.experiment != "" {
		return fault.Usagef("%s: --experiment goes with --from-traces", command)
	}
	for i, name := range []string{"a", "b"} {
		if o.strategies[i] == "" && o.configs[i] == "" {
			return fault.Usagef("%s: name arm %s with --%s STRATEGY or --%s-config FILE", command, name, name, name)
		}
	}
	for i, name := range []string{"a", "b"} {
		if err := checkWithout(name+"-without-rule", o.without[i]); err != nil {
			return err
		}
	}
	if o.report != "" && !slices.Contains(report.Formats(), o.reportFormat()) {
		return fault.Usagef("%s: --report %s: a report is a file that ends in %s", command, o.report, strings.Join(report.Formats(), ", "))
	}
	if !slices.Contains([]string{"", "en", "ko"}, o.reportLanguage) {
		return fault.Usagef("%s: --report-language %q: use en or ko", command, o.reportLanguage)
	}
	if o.minEffect < 0 {
		return fault.Usage(errors.New("ab: --min-effect must not be negative"))
	}
	return o.check(command)
}

// arms returns the settings of both arms. An arm without a file of its own has
// the settings of the command.
func (o *AB) arms(of config.Settings, load func(file string) (config.Settings, error)) ([]armSetup, error) {
	var arms []armSetup
	for i, name := range []string{"a", "b"} {
		s := of
		if o.configs[i] != "" {
			var err error
			if s, err = load(o.configs[i]); err != nil {
				return nil, err
			}
			s.OfArm = true
		}
		if o.strategies[i] != "" {
			s.Strategy = o.strategies[i]
			if err := s.Check(); err != nil {
				return nil, fmt.Errorf("--%s: %w", name, err)
			}
		}
		s.Without = o.without[i]
		arms = append(arms, armSetup{name, s})
	}
	return arms, nil
}

// ABReport is the output of ab --json.
type ABReport struct {
	Arms    [2]armName `json:"arms"`
	Verdict string     `json:"verdict"`
	eval.Comparison
}

type armName struct {
	Strategy string `json:"strategy"`
	Model    string `json:"model"`
	Config   string `json:"config,omitempty"`
	// Without lists the rules and heuristics that the arm leaves out.
	Without []string `json:"without,omitempty"`
}

func (n armName) String() string {
	said := n.Strategy + ", " + cmp.Or(n.Model, "no model")
	if n.Config != "" {
		said += " (" + n.Config + ")"
	}
	if len(n.Without) > 0 {
		said += ", without " + strings.Join(n.Without, ", ")
	}
	return said
}

// Run compares two arms. load reads the configuration file of an arm.
func (o *AB) Run(ctx context.Context, parts *wire.Parts, io term.Streams, load func(file string) (config.Settings, error)) error {
	arms, err := o.arms(parts.Settings, load)
	if err != nil {
		return err
	}
	res, err := o.run(ctx, parts, io, arms)
	if err != nil {
		return err
	}
	result := ABReport{Comparison: eval.Compare(res.data, res.queries, res.outcomes["a"], res.outcomes["b"], o.minEffect, o.seed)}
	for i, arm := range arms {
		result.Arms[i] = armName{arm.settings.Strategy, arm.settings.Model, o.configs[i], arm.settings.Without}
	}
	full := o.reportOf(result, res)
	result.Verdict = full.Verdict()
	if o.report != "" {
		if err := writeFile(o.report, func(f *os.File) error { return full.Write(f, o.reportFormat()) }); err != nil {
			return err
		}
	}
	if o.asJSON {
		return io.JSON(result)
	}
	return printAB(io.Out, result, o.minEffect)
}

// reportOf returns the content of the report file for a comparison.
func (o *AB) reportOf(r ABReport, res results) report.Report {
	full := report.Report{
		Data: fileName(o.data), A: r.Arms[0].String(), B: r.Arms[1].String(), Language: o.reportLanguage, Made: time.Now(), Judge: o.judge.model,
		Comparison: r.Comparison, Dataset: res.data, Queries: res.queries, OutcomesA: res.outcomes["a"], OutcomesB: res.outcomes["b"],
	}
	if full.Language == "" {
		full.Language = report.LanguageOf(res.queries)
	}
	return full
}

// reportFormat returns the format of the report file, which is the extension of
// its name. It returns ".html" for ".htm".
func (o *AB) reportFormat() string {
	if ending := strings.ToLower(filepath.Ext(o.report)); ending != ".htm" {
		return ending
	}
	return ".html"
}

func printAB(w io.Writer, r ABReport, minEffect float64) error {
	fmt.Fprintf(w, "%d questions\nA: %s\nB: %s\n\n", r.Questions, r.Arms[0], r.Arms[1])
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(t, "metric\tA\tB\tB - A\t95 %\tp\twin/tie/loss")
	if minEffect != 0 {
		fmt.Fprintf(t, "\tquestions to find %g", minEffect)
	}
	fmt.Fprintln(t)
	for _, m := range r.Metrics {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s to %s\t%.4f\t%d/%d/%d", m.Metric, number(m.A), number(m.B), signedNumber(m.Mean),
			signedNumber(m.Interval.Low), signedNumber(m.Interval.High), m.P, m.Win, m.Tie, m.Loss)
		if m.Needed != nil {
			fmt.Fprintf(t, "\t%d", *m.Needed)
		}
		fmt.Fprintln(t)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w)
	t = tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for i, s := range []eval.Summary{r.A, r.B} {
		fmt.Fprintf(t, "%s: a correct answer costs\t%s\n", "AB"[i:i+1], perCorrectLine(s.Correct))
		fmt.Fprintf(t, "   latency\tp50 %.1f s, p95 %.1f s, at most %.1f s\n", s.Seconds.P50, s.Seconds.P95, s.Seconds.Max)
		fmt.Fprintf(t, "   abstention\t%s\n", abstentionLine(s.Abstention))
		if s.Claims.Graded > 0 {
			fmt.Fprintf(t, "   claims\t%s\n", claimsLine(s.Claims))
		}
		if s.Judged > 0 {
			fmt.Fprintf(t, "   judge\t%s\n", judgeLine(s))
		}
		fmt.Fprintf(t, "   stopped by\t%s\n", counts(s.StoppedBy))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%s\n", r.Verdict)
	return err
}

// signedNumber formats v as the function number does, with a plus sign if v is
// not negative.
func signedNumber(v float64) string {
	if v >= 0 {
		return "+" + number(v)
	}
	return number(v)
}
