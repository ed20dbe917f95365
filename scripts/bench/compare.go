package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"time"
)

// repeatable is the share by which a ratio may differ between two runs on one
// machine.
const repeatable = 0.10

// printComparison compares the ratios of two runs, whose measurements are in files
// of -out separated by a comma.
func printComparison(w io.Writer, files string) error {
	first, second, ok := strings.Cut(files, ",")
	if !ok {
		return fmt.Errorf("-compare: %q is not two files separated by a comma", files)
	}
	before, err := readTurns(first)
	if err != nil {
		return err
	}
	after, err := readTurns(second)
	if err != nil {
		return err
	}
	fmt.Fprintln(w, "| work | side | time: first | second | differs | processor: first | second | differs |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|")
	compared, alike := 0, 0
	for _, r := range before {
		for i, s := range r.sides[1:] {
			again, j := sideOf(after, r.name, s.name)
			if j < 1 {
				continue
			}
			line := fmt.Sprintf("| %s | %s |", r.name, s.name)
			for _, of := range []func(turn) float64{wallOf, processorOf} {
				a, b := r.ratio(i+1, of), again.ratio(j, of)
				if a == 0 || b == 0 {
					line += "  |  |  |"
					continue
				}
				differs := math.Max(a, b)/math.Min(a, b) - 1
				line += fmt.Sprintf(" %.2f | %.2f | %.0f %% |", a, b, 100*differs)
				compared++
				if differs < repeatable {
					alike++
				}
			}
			fmt.Fprintln(w, line)
		}
	}
	if compared == 0 {
		return fmt.Errorf("%s and %s have no ratio in common", first, second)
	}
	_, err = fmt.Fprintf(w, "\n%d of %d ratios differ by less than %.0f %%.\n", alike, compared, 100*repeatable)
	return err
}

// sideOf returns the result of a row and the index of a side of it, or -1.
func sideOf(results []result, work, name string) (result, int) {
	for _, r := range results {
		for i, s := range r.sides {
			if r.name == work && s.name == name {
				return r, i
			}
		}
	}
	return result{}, -1
}

// readTurns reads what benchLines wrote. The names stay as they are written there.
func readTurns(path string) ([]result, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read a run: %w", err)
	}
	runs, err := readBenchmarks(raw)
	if err != nil {
		return nil, fmt.Errorf("read a run: %s: %w", path, err)
	}
	var results []result
	for _, run := range runs {
		work, name, ok := strings.Cut(strings.TrimPrefix(run.name, "Benchmark/"), "/")
		if !ok {
			return nil, fmt.Errorf("read a run: %s: %q names no row and side", path, run.name)
		}
		if len(results) == 0 || results[len(results)-1].name != work {
			results = append(results, result{row: row{name: work}})
		}
		r := &results[len(results)-1]
		if n := len(r.sides); n == 0 || r.sides[n-1].name != name {
			r.sides, r.turns = append(r.sides, side{name: name}), append(r.turns, nil)
		}
		last := len(r.turns) - 1
		r.turns[last] = append(r.turns[last], turn{
			wall: time.Duration(run.metrics["ns/op"]), processor: time.Duration(run.metrics["cpu-ns/op"]), memory: int64(run.metrics["peak-bytes"]),
		})
	}
	return results, nil
}
