package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/schollz/progressbar/v3"

	"selfrag/agent"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/eval"
)

// searchBatch searches for each query of a file and prints the average times.
func searchBatch(ctx context.Context, a *app, r *wire.Search, o *searchOptions) error {
	queries, err := readQueries(a.In, o.batch)
	if err != nil {
		return err
	}
	bar := progressbar.NewOptions(max(len(queries), 1),
		progressbar.OptionSetWriter(term.Raw(a.Err)),
		progressbar.OptionSetVisibility(term.IsTerminal(a.Err)),
		progressbar.OptionShowCount(),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionFullWidth(),
		progressbar.OptionSetDescription("search"))
	timings := make([]agent.Timings, 0, len(queries))
	for _, q := range queries {
		res, err := find(ctx, r, q.text, o.evidence)
		if err != nil {
			_ = bar.Clear()
			return fmt.Errorf("%s, line %d: %w", o.batch, q.line, err)
		}
		a.metrics.Searched(res.Result)
		// Remove the bar, so that the result does not follow it on the same
		// line of a terminal.
		_ = bar.Clear()
		if err := a.JSONLine(res.json(q.id)); err != nil {
			return fmt.Errorf("write a result: %w", err)
		}
		_ = bar.Add(1)
		timings = append(timings, res.timings())
	}
	_ = bar.Clear()
	sum := eval.Perform(timings)
	if o.asJSON {
		return a.JSONLine(map[string]eval.Performance{"summary": sum})
	}
	return term.PrintPerformance(a.Err, sum, "queries")
}

type batchQuery struct {
	id, text string
	line     int
}

// readQueries reads all queries of a file, or of standard input for "-". It
// reads all of them before the first search, so that a broken line is reported
// at once and the progress bar knows the total.
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
	content, err := io.ReadAll(in)
	if err != nil {
		return nil, fmt.Errorf("read the queries: %w", err)
	}
	decoded, err := term.Question(string(content))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var queries []batchQuery
	lines := bufio.NewScanner(strings.NewReader(decoded))
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

// readQuery parses one query: a line of plain text, or a JSON line such as
// {"_id": "q1", "text": "parental leave"}. A line of plain text has no id.
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
