package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/schollz/progressbar/v3"

	"selfrag/eval"
	"selfrag/retrieval"
)

// searchBatch searches for each query of a file, and sums up the time.
func searchBatch(ctx context.Context, a *app, r *retrieval.TwoStage, o *searchOptions) error {
	queries, err := readQueries(a.stdin, o.batch)
	if err != nil {
		return err
	}
	bar := progressbar.NewOptions(max(len(queries), 1),
		progressbar.OptionSetWriter(a.stderr),
		progressbar.OptionSetVisibility(isTerminal(a.stderr)),
		progressbar.OptionShowCount(),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionFullWidth(),
		progressbar.OptionSetDescription("search"))
	timings := make([]searchTimings, 0, len(queries))
	for _, q := range queries {
		res, err := r.Search(ctx, q.text)
		if err != nil {
			_ = bar.Clear()
			return fmt.Errorf("%s, line %d: %w", o.batch, q.line, err)
		}
		out := searchJSON(q.id, res)
		// On a terminal the bar would stand before the result.
		_ = bar.Clear()
		if err := a.printJSONLine(out); err != nil {
			return fmt.Errorf("write a result: %w", err)
		}
		_ = bar.Add(1)
		timings = append(timings, out.Timings)
	}
	_ = bar.Clear()
	return a.printSummary(summarise(timings), o.asJSON)
}

type batchQuery struct {
	id, text string
	line     int
}

// readQueries reads all queries of a file, or of standard input for "-". All
// are read before the first is searched: a broken line is told at once, and
// the progress knows its end.
func readQueries(stdin io.Reader, path string) ([]batchQuery, error) {
	in := stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("read the queries: %w", err)
		}
		defer f.Close()
		in = f
	}
	var queries []batchQuery
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for n := 1; lines.Scan(); n++ {
		id, text, err := readQuery(lines.Text())
		if err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", path, n, err)
		}
		if text != "" {
			queries = append(queries, batchQuery{id, text, n})
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the queries: %w", err)
	}
	return queries, nil
}

// readQuery reads a line of text, or a JSON line {"_id","text"}.
func readQuery(line string) (id, text string, err error) {
	line = strings.TrimSpace(line)
	if !strings.HasPrefix(line, "{") {
		return "", line, nil
	}
	var q struct {
		ID   string `json:"_id"`
		Text string `json:"text"`
	}
	if err := json.Unmarshal([]byte(line), &q); err != nil {
		return "", "", fmt.Errorf("read a JSON query: %w", err)
	}
	if q.Text == "" {
		return "", "", errors.New(`a JSON query needs "text"`)
	}
	return q.ID, q.Text, nil
}

// batchSummary sums up the times of a batch, in milliseconds: averages, and
// what half and 95 of 100 queries took at most. Search holds the embedding of
// the query.
type batchSummary struct {
	Queries     int     `json:"queries"`
	Search      float64 `json:"search_ms"`
	Rerank      float64 `json:"rerank_ms"`
	Total       float64 `json:"total_ms"`
	SearchShare float64 `json:"search_share"` // of the total

	P50 stageTimes `json:"p50_ms"`
	P95 stageTimes `json:"p95_ms"`
}

type stageTimes struct {
	Search float64 `json:"search"`
	Rerank float64 `json:"rerank"`
	Total  float64 `json:"total"`
}

func summarise(timings []searchTimings) batchSummary {
	s := batchSummary{Queries: len(timings)}
	if len(timings) == 0 {
		return s
	}
	stages := []struct {
		of       func(searchTimings) float64
		mean     *float64
		p50, p95 *float64
	}{
		{func(t searchTimings) float64 { return t.Embed + t.Search }, &s.Search, &s.P50.Search, &s.P95.Search},
		{func(t searchTimings) float64 { return t.Rerank }, &s.Rerank, &s.P50.Rerank, &s.P95.Rerank},
		{func(t searchTimings) float64 { return t.Total }, &s.Total, &s.P50.Total, &s.P95.Total},
	}
	for _, stage := range stages {
		times := make([]float64, len(timings))
		for i, t := range timings {
			times[i] = stage.of(t)
			*stage.mean += times[i]
		}
		*stage.mean /= float64(len(timings))
		slices.Sort(times)
		*stage.p50, *stage.p95 = eval.Percentile(times, 50), eval.Percentile(times, 95)
	}
	if s.Total > 0 {
		s.SearchShare = s.Search / s.Total
	}
	return s
}

func (a *app) printSummary(s batchSummary, asJSON bool) error {
	if asJSON {
		return a.printJSONLine(map[string]batchSummary{"summary": s})
	}
	fmt.Fprintf(a.stderr, "%d queries; search is %.0f%% of the total\n", s.Queries, 100*s.SearchShare)
	fmt.Fprintf(a.stderr, "%8s %10s %10s %10s\n", "ms", "average", "p50", "p95")
	for _, row := range []struct {
		name           string
		mean, p50, p95 float64
	}{
		{"search", s.Search, s.P50.Search, s.P95.Search},
		{"rerank", s.Rerank, s.P50.Rerank, s.P95.Rerank},
		{"total", s.Total, s.P50.Total, s.P95.Total},
	} {
		fmt.Fprintf(a.stderr, "%8s %10.1f %10.1f %10.1f\n", row.name, row.mean, row.p50, row.p95)
	}
	return nil
}
