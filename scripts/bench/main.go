// Command bench measures the whole way of a document and of a question beside
// peers, and prints one table.
//
//	go run ./scripts/bench -selfrag bin/selfrag [-rounds 5] [-only NAME] [-out FILE]
//	go run ./scripts/bench -selfrag bin/selfrag -load
//	go run ./scripts/bench -selfrag bin/selfrag -mixed 1024
//	go run ./scripts/bench -tests DIR -growth 1000,10000,100000 [-picture FILE]
//
// A row is a piece of work that several sides do. The sides take turns, round after
// round, so that what else the machine does strikes all of them. A figure is the
// median over the rounds, and a ratio is the median of the rounds' ratios. Processor
// time stands beside wall time: it says what a side costs where other work delays
// it. Some rows have a floor in place of a peer: the least that the work can cost,
// measured in the same run.
//
// Peers that are not there are left out, and a line says which. FILE gets every
// measurement in the format of Go benchmarks, which benchstat reads.
//
// Shape: turns.go has rows, sides and rounds; process.go measures a command and
// server.go a running server; the rows are in program.go, ingest.go and question.go,
// and those that other benchmarks measure in others.go; report.go prints.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
)

// settings says what to measure and with which programs.
type settings struct {
	selfrag   string // path of the program
	handbook  string // folder of the documents of questions
	python    string // Python with sentence-transformers; empty: no such peer
	models    string // folder of the models, for the peers in Python
	hangul    string // Python with unhwp; empty: no such peer
	tests     string // folder of the test binaries of others.go; empty: none
	data      string // folder of the data sets, for others.go
	rounds    int
	documents int // number of documents of each kind to ingest
	only      *regexp.Regexp

	mixed     int    // megabytes of text in files of all kinds to ingest, in place of the rows
	watched   int    // number of files of a watched folder to measure, in place of the rows
	compared  string // two files of -out to compare, in place of the rows
	underLoad bool   // measure a server under load, in place of the rows
	growth    string // numbers of passages to measure the first stage at, in place of the rows
	picture   string // path of the picture of the growth

	dir string    // folder for what the rows need
	log io.Writer // progress
}

func main() {
	var s settings
	flag.StringVar(&s.selfrag, "selfrag", "bin/selfrag", "`PATH` of the program")
	flag.StringVar(&s.handbook, "handbook", "examples/handbook", "`DIR` of the documents that questions are about")
	flag.StringVar(&s.python, "python", "", "`PATH` of a Python with sentence-transformers")
	flag.StringVar(&s.models, "models", "", "`DIR` of the models for the peers in Python")
	flag.StringVar(&s.hangul, "unhwp", "", "`PATH` of a Python with unhwp")
	flag.StringVar(&s.tests, "tests", "", "`DIR` of the test binaries rerank.test, embed.test, sqlite.test and evidence.test")
	flag.StringVar(&s.data, "data", "../shared/data", "`DIR` of the data sets")
	flag.IntVar(&s.rounds, "rounds", 5, "number of rounds")
	flag.IntVar(&s.documents, "documents", 40, "number of documents of each kind to ingest")
	flag.BoolVar(&s.underLoad, "load", false, "measure a server under 1, 10 and 100 clients, in place of the table")
	flag.StringVar(&s.growth, "growth", "", "measure the first stage at these `NUMBERS` of passages, separated by commas, in place of the table")
	flag.StringVar(&s.picture, "picture", "", "`FILE` for the picture of -growth, as SVG")
	flag.IntVar(&s.mixed, "mixed", 0, "ingest files of all kinds with this `NUMBER` of megabytes of text, in place of the table")
	flag.IntVar(&s.watched, "watched", 0, "measure a watched folder of this `NUMBER` of files, in place of the table")
	flag.StringVar(&s.compared, "compare", "", "compare the ratios of two runs, `FILE,FILE` of -out, in place of the table")
	only := flag.String("only", "", "`REGEXP` of the rows to measure")
	out := flag.String("out", "", "`FILE` for every measurement, readable by benchstat")
	flag.Parse()
	s.log = os.Stderr
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := measure(ctx, s, *only, *out); err != nil {
		stop()
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1) //nolint:gocritic // stop has run
	}
}

func measure(ctx context.Context, s settings, only, out string) (err error) {
	if s.only, err = regexp.Compile(only); err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	if s.rounds < 1 || s.documents < 1 {
		return errors.New("-rounds and -documents must be at least 1")
	}
	if s.compared != "" {
		return printComparison(os.Stdout, s.compared)
	}
	for _, path := range []*string{&s.selfrag, &s.handbook, &s.data} {
		if *path, err = filepath.Abs(*path); err != nil {
			return fmt.Errorf("find %s: %w", *path, err)
		}
	}
	if s.dir, err = os.MkdirTemp("", "selfrag-bench-"); err != nil {
		return fmt.Errorf("make a folder for the work: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(s.dir)) }()
	switch {
	case s.mixed > 0:
		return s.printMixed(ctx, os.Stdout, s.mixed)
	case s.watched > 0:
		return s.printWatch(ctx, os.Stdout, s.watched)
	case s.underLoad:
		return s.printLoad(ctx, os.Stdout)
	case s.growth != "":
		sizes, err := numbers(s.growth)
		if err != nil {
			return fmt.Errorf("-growth: %w", err)
		}
		return s.printGrowth(ctx, os.Stdout, sizes, s.picture)
	}
	program, err := programRows(ctx, s)
	if err != nil {
		return err
	}
	ingestion, err := ingestRows(s)
	if err != nil {
		return err
	}
	questions, end, err := questionRows(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	var results []result
	for _, rows := range [][]row{program, ingestion, questions} {
		measured, err := s.run(ctx, rows)
		if err != nil {
			return err
		}
		results = append(results, measured...)
	}
	others, err := s.others(ctx)
	if err != nil {
		return err
	}
	results = append(results, others...)
	report(os.Stdout, results)
	if out == "" {
		return nil
	}
	if err := os.WriteFile(out, []byte(benchLines(results)), 0o600); err != nil {
		return fmt.Errorf("write the measurements: %w", err)
	}
	return nil
}

// numbers reads positive numbers that are separated by commas.
func numbers(list string) ([]int, error) {
	var out []int
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%q is not a positive number", text)
		}
		out = append(out, n)
	}
	return out, nil
}
