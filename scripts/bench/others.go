package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// others runs the benchmarks that have their own rounds, and returns what they
// measured as rows of this one: cross-encoders and the embedder beside their peers in
// Python, and the first stage and the evidence, which are Go benchmarks.
func (s settings) others(ctx context.Context) ([]result, error) {
	if s.tests == "" {
		fmt.Fprintln(s.log, "-tests is not set, so rerank, embed, first stage and evidence are left out")
		return nil, nil
	}
	var results []result
	for _, other := range []struct {
		name string
		run  func(context.Context) ([]result, error)
	}{
		{"first stage", s.firstStage}, {"evidence", s.evidence},
		{"embed", func(ctx context.Context) ([]result, error) {
			return s.script(ctx, "bench-embed", "embed.test", s.models, "--texts", "32")
		}},
		{"rerank", func(ctx context.Context) ([]result, error) {
			return s.script(ctx, "bench-rerank", "rerank.test", filepath.Join(s.models, "fixtures"), "--requests", "2")
		}},
	} {
		if !s.only.MatchString(other.name) {
			continue
		}
		fmt.Fprintf(s.log, "%s: in rounds of its own\n", other.name)
		measured, err := other.run(ctx)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", other.name, err)
		}
		results = append(results, measured...)
	}
	return results, nil
}

// script runs a benchmark in Python that writes its rows into a file, once a round. Each
// round is a process of its own, because one process and the next may differ in speed by
// a sixth on the same work.
func (s settings) script(ctx context.Context, name, test, models string, more ...string) ([]result, error) {
	if s.python == "" {
		fmt.Fprintf(s.log, "%s: no Python is named, so it is left out\n", name)
		return nil, nil
	}
	var results []result
	for round := range s.rounds {
		rows := filepath.Join(s.dir, fmt.Sprintf("%s-%d.jsonl", name, round))
		arguments := append([]string{
			filepath.Join("scripts", name), filepath.Join(s.tests, test), s.data, "--models", models, "--rounds", "1", "--rows", rows,
		}, more...)
		cmd := exec.CommandContext(ctx, s.python, arguments...) //nolint:gosec // the peers to measure
		cmd.Env = plainEnvironment()
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, out)
		}
		raw, err := os.ReadFile(rows)
		if err != nil {
			return nil, fmt.Errorf("read the rows of %s: %w", name, err)
		}
		measured, err := readRows(raw)
		if err != nil {
			return nil, err
		}
		if results, err = joined(results, measured); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return results, nil
}

// joined adds the turns of another round to the rows so far.
func joined(sofar, round []result) ([]result, error) {
	if len(sofar) == 0 {
		return round, nil
	}
	for i, r := range sofar {
		if i >= len(round) || round[i].name != r.name || len(round[i].sides) != len(r.sides) {
			return nil, fmt.Errorf("a later round lacks the row %q", r.name)
		}
		for k, ours := range r.sides {
			at := slices.IndexFunc(round[i].sides, func(other side) bool { return other.name == ours.name })
			if at < 0 {
				return nil, fmt.Errorf("a later round of %q lacks the side %q", r.name, ours.name)
			}
			r.turns[k] = append(r.turns[k], round[i].turns[at]...)
		}
	}
	return sofar, nil
}

// readRows reads rows, a JSON line each:
//
//	{"name": "embed queries", "count": 32, "unit": "texts", "sides": [{"name": "…", "turns": [[wall, processor], …]}]}
//
// with seconds.
func readRows(raw []byte) ([]result, error) {
	var results []result
	for line := range bytes.Lines(raw) {
		var said struct {
			Name, Unit string
			Count      int
			Sides      []struct {
				Name  string
				Turns [][2]float64
			}
		}
		if err := json.Unmarshal(line, &said); err != nil {
			return nil, fmt.Errorf("read a row: %w", err)
		}
		r := result{row: row{name: said.Name, count: said.Count, unit: said.Unit}}
		for _, of := range said.Sides {
			var turns []turn
			for _, t := range of.Turns {
				turns = append(turns, turn{wall: seconds(t[0]), processor: seconds(t[1])})
			}
			r.sides, r.turns = append(r.sides, side{name: of.Name}), append(r.turns, turns)
		}
		results = append(results, r)
	}
	return results, nil
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// firstStage is hybrid search in a store of 10,000 passages. Its floor compares the
// question with every vector in memory, and reads no passage.
func (s settings) firstStage(ctx context.Context) ([]result, error) {
	runs, err := s.benchmark(ctx, "sqlite.test", "Hybrid/10000$", "200x", 10_000, s.rounds)
	if err != nil {
		return nil, err
	}
	r := result{row: row{name: "first stage, 10,000 passages", count: 1, unit: "searches", sides: []side{{name: "selfrag"}, {name: "floor: the exact scan in memory"}}}, turns: make([][]turn, 2)}
	for _, run := range runs {
		m := run.metrics
		r.turns[0] = append(r.turns[0], turn{seconds(m["p50-ms"] / 1000), seconds(m["cpu-ms"] / 1000), int64(m["held-MiB"] * (1 << 20))})
		r.turns[1] = append(r.turns[1], turn{wall: seconds(m["exact-cpu-ms"] / 1000), processor: seconds(m["exact-cpu-ms"] / 1000)})
	}
	return []result{r}, nil
}

// evidence is late interaction with the evidence of its passages, read for the first
// time and kept from a round before.
func (s settings) evidence(ctx context.Context) ([]result, error) {
	runs, err := s.benchmark(ctx, "evidence.test", "SecondStage", "5x", 0, s.rounds)
	if err != nil {
		return nil, err
	}
	var results []result
	for _, run := range runs {
		_, name, _ := strings.Cut(run.name, "/")
		name = "evidence, " + strings.ReplaceAll(name, "_", " ")
		if len(results) == 0 || results[len(results)-1].name != name {
			results = append(results, result{row: row{name: name, count: 1, unit: "questions", sides: []side{{name: "selfrag"}}}, turns: make([][]turn, 1)})
		}
		last := &results[len(results)-1]
		last.turns[0] = append(last.turns[0], turn{wall: seconds(run.metrics["ns/op"] / 1e9)})
	}
	return results, nil
}

// goBenchmark is a line of a Go benchmark.
type goBenchmark struct {
	name    string
	metrics map[string]float64
}

// benchmark runs a Go benchmark from a test binary a number of times. Those of the store
// hold a number of passages.
func (s settings) benchmark(ctx context.Context, test, pattern, times string, passages, runs int) ([]goBenchmark, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(s.tests, test), "-test.run", "^$", "-test.bench", pattern, "-test.benchtime", times, "-test.count", strconv.Itoa(runs), "-test.timeout", "3h") //nolint:gosec // our own tests
	cmd.Env = append(plainEnvironment(), "SELFRAG_PASSAGES="+strconv.Itoa(passages))
	cmd.Dir = s.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", test, err, out)
	}
	return readBenchmarks(out)
}

// readBenchmarks reads the lines of benchmarks in the output of a test.
func readBenchmarks(out []byte) ([]goBenchmark, error) {
	var runs []goBenchmark
	processors := regexp.MustCompile(`-\d+$`) // what Go appends to a name
	lines := bufio.NewScanner(bytes.NewReader(out))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		run := goBenchmark{name: processors.ReplaceAllString(fields[0], ""), metrics: map[string]float64{}}
		for i := 2; i+1 < len(fields); i += 2 {
			value, err := strconv.ParseFloat(fields[i], 64)
			if err != nil {
				return nil, fmt.Errorf("read a benchmark: %q: %w", lines.Text(), err)
			}
			run.metrics[fields[i+1]] = value
		}
		runs = append(runs, run)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read benchmarks: %w", err)
	}
	if len(runs) == 0 {
		return nil, fmt.Errorf("no benchmark ran:\n%s", out)
	}
	return runs, nil
}
