// Command simulate-scale prints what many passages need and what happens when
// requests queue for the parts of a service: the arithmetic of
// docs/development/scale.md. It replays the times of times.json, which says where
// each was measured, against rates of arrival.
//
//	go run ./scripts/simulate-scale [-passages N] [-rate R] [-ask SHARE] [-loop SHARE] [-full SHARE]
//	    [-memory GIB] [-cores N] [-requests N] [-seed N]
//
// Without flags it prints what the page shows.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(2)
	}
}

// settings are what is asked for. Rates and shares are assumptions: nobody has
// measured them.
type settings struct {
	passages, rate, ask, loop, full, memory float64
	requests, cores                         int
	seed                                    uint64
}

func run(args []string, stdout, stderr io.Writer) error {
	var s settings
	flags := flag.NewFlagSet("simulate-scale", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Float64Var(&s.passages, "passages", 0, "`number` of passages; 0: first a hundred million, then ten billion")
	flags.Float64Var(&s.rate, "rate", 0, "requests a second; 0: 100 and 1,000")
	flags.Float64Var(&s.ask, "ask", 0.2, "`share` of requests that are questions to a model; the others are searches")
	flags.Float64Var(&s.loop, "loop", 0.25, "`share` of these questions that self-rag answers; two-stage answers the others")
	flags.Float64Var(&s.full, "full", 0.7, "`share` of its time that a server may work, and of its memory that may be full")
	flags.Float64Var(&s.memory, "memory", 256, "`GiB` of memory of a machine of the store")
	flags.IntVar(&s.cores, "cores", 32, "`number` of cores of a machine of the store")
	flags.IntVar(&s.requests, "requests", 60_000, "`number` of requests in a simulation")
	flags.Uint64Var(&s.seed, "seed", 1, "seed of chance")
	if err := flags.Parse(args); err != nil {
		return err
	}
	for _, share := range []float64{s.ask, s.loop} {
		if !(share >= 0 && share <= 1) {
			return fmt.Errorf("%g is no share between 0 and 1", share)
		}
	}
	if !(s.full > 0 && s.full < 1) || !(s.memory > 0) || s.requests < 100 || s.cores < 1 || !(s.passages >= 0) || !(s.rate >= 0) || math.IsInf(s.passages+s.rate, 0) {
		return errors.New("-full must be between 0 and 1, -memory above 0, -requests at least 100, -cores at least 1, -passages and -rate not below 0")
	}
	records, err := readRecords(recorded)
	if err != nil {
		return err
	}
	m := machine{bytes: s.memory * gib, full: s.full}
	printSizes(stdout, contents{dimensions: 384, links: 16, terms: 100, text: 1000}, m)
	fmt.Fprintln(stdout)
	printSizes(stdout, contents{dimensions: 1024, links: 16, terms: 100, text: 1000}, m)
	fmt.Fprintln(stdout)
	printRecords(stdout, records)
	plans := []settings{s, s}
	plans[0].passages, plans[0].rate = 1e8, 100
	plans[1].passages, plans[1].rate = 1e10, 1000
	if s.passages > 0 || s.rate > 0 {
		plans = plans[:1]
		if s.passages > 0 {
			plans[0].passages = s.passages
		}
		if s.rate > 0 {
			plans[0].rate = s.rate
		}
	}
	for _, p := range plans {
		fmt.Fprintln(stdout)
		if err := printPlan(stdout, p, records, m); err != nil {
			return err
		}
	}
	return nil
}
