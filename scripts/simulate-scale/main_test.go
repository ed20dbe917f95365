package main

import (
	"bytes"
	"math"
	"os"
	"strings"
	"testing"
)

// TestPage holds that docs/development/scale.md shows what the command prints.
func TestPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/development/scale.md")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run(nil, &out, &out); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if !bytes.Contains(page, []byte(strings.TrimRight(line, " \n"))) {
			t.Errorf("the page lacks the line\n%s", line)
		}
	}
}

func TestFlags(t *testing.T) {
	for _, bad := range []string{
		"-ask 1.5", "-ask -1", "-loop NaN", "-full 0", "-full 1", "-memory 0", "-requests 9", "-cores 0", "-passages -1", "-rate -1", "-rate Inf", "-unknown",
	} {
		if err := run(strings.Fields(bad), &bytes.Buffer{}, &bytes.Buffer{}); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
	var out bytes.Buffer
	if err := run([]string{"-passages", "1e6", "-rate", "5", "-requests", "2000"}, &out, &out); err != nil ||
		strings.Count(out.String(), "requests a second") != 1 {
		t.Errorf("%v\n%s", err, out.String())
	}
}

func TestRecords(t *testing.T) {
	records, err := readRecords(recorded)
	if err != nil {
		t.Fatal(err)
	}
	for i, part := range []string{"embedder", "store", "reranker", "model", "loop"} {
		r := records[i]
		if r.Part != part || r.What == "" || r.Command == "" || r.Machine == "" || r.Date == "" || r.Source == "" {
			t.Errorf("record %d is of %s and must say what, by which command, where and when: %+v", i, r.Part, r)
		}
	}
	for _, bad := range []string{`{`, `[{"part":"x"}]`, `[{"median":2,"p99":1}]`, `[{"fixed":-1}]`, `[{"replayed":[{"seconds":-1,"times":1}]}]`} {
		if _, err := readRecords([]byte(bad)); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}

// TestSizes holds the arithmetic to figures worked out by hand.
func TestSizes(t *testing.T) {
	c := contents{dimensions: 384, links: 16, terms: 100, text: 1000}
	// 4 * 384, and 4 * (32 + 16/15) for the links.
	if got, want := indexKinds()[1].memory(c), 1536+128+4*16.0/15; math.Abs(got-want) > 1e-9 {
		t.Errorf("HNSW: %g, want %g", got, want)
	}
	if got := fieldBytes(c); got != 1448 {
		t.Errorf("fields: %g", got)
	}
	// Two nodes of 1,760 bytes go on a page of 4,096.
	if got := indexKinds()[6].disk(c); got != 2048 {
		t.Errorf("DISKANN: %g", got)
	}
	if got := machines(1000, machine{bytes: 100, full: 0.5}); got != 20 {
		t.Errorf("%d machines", got)
	}
}
