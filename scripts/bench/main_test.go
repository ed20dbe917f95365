package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestMedianAndRatio(t *testing.T) {
	for _, tc := range []struct {
		values []float64
		want   float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 2, 9}, 3}} {
		if got := median(tc.values); got != tc.want {
			t.Errorf("median of %v is %v, want %v", tc.values, got, tc.want)
		}
	}
	// The other side needs twice as much in two of three rounds, in which the machine
	// was slow for both.
	r := result{turns: [][]turn{
		{{wall: time.Second}, {wall: 10 * time.Second}, {wall: time.Second}},
		{{wall: 2 * time.Second}, {wall: 20 * time.Second}, {wall: 3 * time.Second}},
	}}
	if got := r.ratio(1, wallOf); got != 2 {
		t.Errorf("the ratio is %v, want 2", got)
	}
}

func TestReadBenchmarks(t *testing.T) {
	got, err := readBenchmarks([]byte("goos: linux\nBenchmarkHybrid/10000-2 \t 200\t 0 ns/op\t 5.1 p50-ms\t 1.000 recall@20\nPASS\n"))
	if err != nil || len(got) != 1 || got[0].name != "BenchmarkHybrid/10000" || got[0].metrics["p50-ms"] != 5.1 || got[0].metrics["recall@20"] != 1 {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := readBenchmarks([]byte("PASS\n")); err == nil {
		t.Errorf("of no benchmark: got %+v and no error", got)
	}
	if got, err := readBenchmarks([]byte("BenchmarkA 1 x ns/op\n")); err == nil {
		t.Errorf("of a line without numbers: got %+v and no error", got)
	}
}

func TestReport(t *testing.T) {
	results, err := readRows([]byte(`{"name": "embed, queries", "count": 32, "unit": "texts", "sides": [{"name": "selfrag int8", "turns": [[0.5, 0.9], [0.5, 1.1]]}, {"name": "a peer", "turns": [[1, 2], [1.5, 2.2]]}]}` + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	report(&out, results)
	const want = `| work | side | time | processor | memory | a second | its time / ours | its processor / ours |
|---|---|---|---|---|---|---|---|
| embed, queries | selfrag int8 | 500 ms | 1 s |  | 64 texts |  |  |
|  | a peer | 1.25 s | 2.1 s |  | 25.6 texts | 2.50 | 2.11 |
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
	lines, err := readBenchmarks([]byte(benchLines(results)))
	if err != nil || len(lines) != 4 || lines[3].metrics["cpu-ns/op"] != 2.2e9 {
		t.Errorf("the lines for benchstat are read as %+v, %v", lines, err)
	}
}

// The rounds of a script are processes of their own, whose sides may come in any order.
func TestJoinedRounds(t *testing.T) {
	round := func(name string, sides ...string) []result {
		r := result{row: row{name: name}}
		for i, s := range sides {
			r.sides, r.turns = append(r.sides, side{name: s}), append(r.turns, []turn{{wall: time.Duration(i + len(s))}})
		}
		return []result{r}
	}
	first, err := joined(nil, round("embed", "ours", "a peer"))
	if err == nil {
		first, err = joined(first, round("embed", "a peer", "ours"))
	}
	if err != nil || len(first) != 1 || len(first[0].turns[0]) != 2 || first[0].turns[0][1].wall != 5 || first[0].turns[1][1].wall != 6 {
		t.Errorf("got %+v, %v", first, err)
	}
	for _, other := range [][]result{nil, round("rerank", "ours", "a peer"), round("embed", "ours", "another")} {
		if got, err := joined(round("embed", "ours", "a peer"), other); err == nil {
			t.Errorf("%+v: got %+v and no error", other, got)
		}
	}
}

func TestDrawGrowth(t *testing.T) {
	path := filepath.Join(t.TempDir(), "growth.svg")
	grown := []growing{
		{1000, map[string]float64{"p50-ms": 1, "exact-cpu-ms": 0.2, "first-ms": 20, "held-MiB": 2, "file-MiB": 4}},
		{100_000, map[string]float64{"p50-ms": 14, "exact-cpu-ms": 20, "first-ms": 200, "held-MiB": 0, "file-MiB": 400}},
	}
	if err := drawGrowth(grown, path); err != nil {
		t.Fatal(err)
	}
	svg, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<svg", "passages", "MiB", "milliseconds", "the exact scan alone"} {
		if !bytes.Contains(svg, []byte(want)) {
			t.Errorf("the picture has no %q", want)
		}
	}
	if _, err := numbers("1000, 0"); err == nil {
		t.Error("0 passages are taken")
	}
}

// TestMeasure measures the real program: its start, and an ingestion of each kind, which
// fails if a file that the bench writes cannot be read.
func TestMeasure(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the program and ingests files of every kind")
	}
	program := filepath.Join(t.TempDir(), "selfrag")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../../cmd/selfrag")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	s := settings{selfrag: program, rounds: 1, documents: 2, only: regexp.MustCompile("^(start|ingest )"), dir: t.TempDir(), log: io.Discard}
	start, err := programRows(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	ingestion, err := ingestRows(s)
	if err != nil {
		t.Fatal(err)
	}
	results, err := s.run(t.Context(), append(start, ingestion...))
	if err != nil {
		t.Fatal(err)
	}
	if len(results) != 1+len(kinds()) {
		t.Errorf("%d rows were measured, want the start and %d kinds", len(results), len(kinds()))
	}
	for _, r := range results {
		for i, side := range r.sides {
			if r.median(i, wallOf) <= 0 || r.median(i, processorOf) <= 0 || r.median(i, memoryOf) <= 0 {
				t.Errorf("%s, %s: %+v", r.name, side.name, r.turns[i])
			}
		}
	}

	var out bytes.Buffer
	if err := s.printMixed(t.Context(), &out, 1); err != nil {
		t.Fatal(err)
	}
	if want := regexp.MustCompile(`^1 MB of text in \d+ files of 12 kinds \(.* MB on the disk\): .*s, processor .*s, \d+\.\d MB of text a second, peak memory \d+ MB\n$`); !want.MatchString(out.String()) {
		t.Errorf("the mixed ingestion printed %q", out.String())
	}
}

func TestAFailureNamesTheCommand(t *testing.T) {
	_, err := command("no such file", nil, "sh", "-c", "echo it is gone >&2; exit 7").run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "it is gone") || !strings.Contains(err.Error(), "exit status 7") {
		t.Errorf("got %v", err)
	}
}

// Two runs are compared by their ratios, so a machine that is slower in one of them
// changes nothing.
func TestComparison(t *testing.T) {
	run := func(name string, ours, theirs, third time.Duration) string {
		r := result{row: row{name: "ask, extractive", sides: []side{{name: "selfrag"}, {name: "a peer"}, {name: "floor: nothing"}}}}
		for _, wall := range []time.Duration{ours, theirs, third} {
			r.turns = append(r.turns, []turn{{wall: wall, processor: wall}, {wall: wall, processor: wall}})
		}
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(benchLines([]result{r})), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var out bytes.Buffer
	if err := printComparison(&out, run("a", 100, 200, 50)+","+run("b", 300, 600, 180)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| ask-extractive | a-peer | 2.00 | 2.00 | 0 % | 2.00 | 2.00 | 0 % |",
		"| ask-extractive | floor-nothing | 0.50 | 0.60 | 20 % | 0.50 | 0.60 | 20 % |",
		"2 of 4 ratios differ by less than 10 %.",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("got\n%swithout %q", out.String(), want)
		}
	}
	for _, files := range []string{"one", "no such,file"} {
		if err := printComparison(io.Discard, files); err == nil {
			t.Errorf("%q: no error", files)
		}
	}
}
