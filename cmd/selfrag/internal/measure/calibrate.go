package measure

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/pflag"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/eval"
	"selfrag/fault"
	"selfrag/rerank/evidence"
)

// Calibrate holds the options of the command calibrate, which fits and measures
// calibration curves.
type Calibrate struct {
	data    []string
	corpus  string
	folds   int
	seed    uint64
	out     string
	samples string
	from    []string
	words   bool
	signals bool
	plot    string
	noFit   bool
	curves  *evidence.Curves // read from the file of --calibration; nil: the built-in curves
	asJSON  bool
}

// AddFlags declares the flags of the options.
func (o *Calibrate) AddFlags(flags *pflag.FlagSet) {
	flags.StringArrayVar(&o.data, "data", nil, "`DIR` of a data set with known answers; may be repeated")
	flags.StringVar(&o.corpus, "corpus", "", "`PATH` of the documents to search if the data set has no corpus.jsonl: a file or folder")
	flags.IntVar(&o.folds, "folds", 10, "`N` parts of the cross-validation")
	flags.Uint64Var(&o.seed, "seed", 0, "seed `N` of the choice of folds")
	flags.StringVar(&o.out, "out", "", "`FILE` for the curves")
	flags.StringVar(&o.samples, "samples", "", "`FILE` for the samples that the curves are fitted on, a JSON line a question")
	flags.StringArrayVar(&o.from, "from", nil, "`FILE` of --samples to fit on, which takes seconds; may be repeated")
	flags.BoolVar(&o.words, "words-alone", false, "leave the encoder out: curves for collections whose embedder gives no token vectors")
	flags.StringVar(&o.plot, "plot", "", "SVG `FILE` for a plot of the stated probabilities and how often they were right")
	flags.BoolVar(&o.signals, "signals", false, "also print the worth of each signal")
	flags.BoolVar(&o.noFit, "no-fit", false, "fit nothing: measure the curves that are built in, or those of --calibration")
	flags.BoolVar(&o.asJSON, "json", false, "print JSON")
}

// Check returns an error if the options are wrong.
func (o *Calibrate) Check(s config.Settings) error {
	switch {
	case len(o.data)+len(o.from) == 0:
		return fault.Usage(errors.New("calibrate: name a data set with --data DIR"))
	case o.noFit && (o.out != "" || o.signals):
		return fault.Usage(errors.New("calibrate: --no-fit fits nothing, so leave out --out and --signals"))
	case o.folds < 2:
		return fault.Usage(errors.New("calibrate: --folds must be at least 2"))
	case o.corpus != "" && len(o.data) > 1:
		return fault.Usage(errors.New("calibrate: --corpus goes with one --data"))
	case s.NamesCollection():
		return fault.Usage(errors.New("calibrate: it searches the data set's own documents; leave out --collection"))
	}
	return nil
}

// Run fits the curves and reports how well they predict.
func (o *Calibrate) Run(ctx context.Context, parts *wire.Parts, io term.Streams) error {
	given, err := wire.ReadCalibration(parts.Settings.Calibration)
	if err != nil {
		return err
	}
	o.curves = given.Evidence
	var all samples
	for _, path := range o.from {
		some, err := readSamples(path)
		if err != nil {
			return err
		}
		all.add(some)
	}
	for _, path := range o.data {
		data, err := eval.LoadQA(path)
		if err != nil {
			return err
		}
		some, err := o.collect(ctx, parts, io, path, data)
		if err != nil {
			return fmt.Errorf("calibrate on %s: %w", path, err)
		}
		all.add(some)
	}
	if o.samples != "" {
		if err := writeFile(o.samples, func(w *os.File) error { return all.write(w) }); err != nil {
			return err
		}
	}
	report, err := all.report(o)
	if err != nil {
		return err
	}
	report.Calibration.Embedder = all.embedder
	if e := report.Calibration.Evidence; e != nil && e.WeighsReranker() {
		report.Calibration.RerankedBy = all.reranker
	}
	if o.out != "" {
		if err := writeFile(o.out, func(w *os.File) error {
			e := json.NewEncoder(w)
			e.SetIndent("", "  ")
			return e.Encode(report.Calibration)
		}); err != nil {
			return err
		}
	}
	if o.plot != "" {
		if err := report.plot(o.plot); err != nil {
			return fmt.Errorf("draw the plot: %w", err)
		}
	}
	if o.asJSON {
		return io.JSON(report)
	}
	return report.print(io.Out)
}
