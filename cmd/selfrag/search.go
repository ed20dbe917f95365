package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"selfrag/agent"
	"selfrag/retrieval"
)

type searchOptions struct {
	query  string
	batch  string
	asJSON bool
}

func newSearchCmd(a *app) *cobra.Command {
	o := &searchOptions{}
	cmd := &cobra.Command{
		Use:   "search QUERY | --batch FILE",
		Short: "Find passages in two stages",
		Long: `Find passages in two stages: dense and lexical search, then a reranker.

--batch reads a query a line, or a JSON line {"_id","text"} as in BEIR's
queries.jsonl ("-" is standard input), and prints a JSON line for each.
With --json, a last line sums up the batch.`,
		Example: `  selfrag search "parental leave" --k2 3
  selfrag search --batch queries.jsonl --mode lexical --rerank none`,
		Args: usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (len(args) == 1) == (o.batch != "") {
				return usageError{errors.New("search: give either a query or --batch FILE")}
			}
			if len(args) == 1 {
				o.query = args[0]
			}
			return runSearch(cmd.Context(), a, o)
		},
	}
	cmd.Flags().StringVar(&o.batch, "batch", "", "file of queries, one a line")
	cmd.Flags().BoolVar(&o.asJSON, "json", false, "print JSON")
	a.settings.addFlags(cmd.Flags(), groupSearch)
	return cmd
}

func runSearch(ctx context.Context, a *app, o *searchOptions) error {
	r, err := a.openRetrieval(ctx)
	if err != nil {
		return err
	}
	defer r.Close()
	if o.batch != "" {
		return searchBatch(ctx, a, r.twoStage, o)
	}
	res, err := r.twoStage.Search(ctx, o.query)
	if err != nil {
		return err
	}
	if res.Degraded != "" {
		fmt.Fprintln(a.stderr, res.Degraded)
	}
	if o.asJSON {
		return a.printJSON(searchJSON("", res))
	}
	if len(res.Passages) == 0 {
		fmt.Fprintln(a.stderr, "Nothing found.")
	}
	for i, p := range res.Passages {
		fmt.Fprintf(a.stdout, "%d. %s  %s[%d:%d]%s  score %.3f\n", i+1, printable(cmp.Or(p.Title, "(no title)")), printable(p.Source), p.Start, p.End,
			place(p.Metadata), p.Score)
		fmt.Fprintln(a.stdout, indent(p.Text, "   "))
		fmt.Fprintln(a.stdout)
	}
	return nil
}

// searchResult is what search --json prints.
type searchResult struct {
	ID       string              `json:"id,omitempty"` // of the query, in a batch
	Query    string              `json:"query"`
	Passages []retrieval.Passage `json:"passages"`
	Degraded string              `json:"degraded,omitempty"`
	Timings  searchTimings       `json:"timings_ms"`
}

type searchTimings struct {
	Embed  float64 `json:"embed"`
	Search float64 `json:"search"`
	Rerank float64 `json:"rerank"`
	Total  float64 `json:"total"`
}

func searchJSON(id string, res retrieval.Result) searchResult {
	out := searchResult{ID: id, Query: res.Query, Passages: res.Passages, Degraded: res.Degraded}
	if out.Passages == nil {
		out.Passages = []retrieval.Passage{}
	}
	t := res.Timings
	out.Timings = searchTimings{agent.Milliseconds(t.Embed), agent.Milliseconds(t.Search), agent.Milliseconds(t.Rerank), agent.Milliseconds(t.Total)}
	return out
}

func searchBatch(ctx context.Context, a *app, r *retrieval.TwoStage, o *searchOptions) error {
	in := a.stdin
	if o.batch != "-" {
		f, err := os.Open(o.batch)
		if err != nil {
			return fmt.Errorf("read the queries: %w", err)
		}
		defer f.Close()
		in = f
	}
	var sum searchTimings
	n := 0
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for line := 1; lines.Scan(); line++ {
		id, text, err := readQuery(lines.Text())
		if err != nil {
			return fmt.Errorf("%s, line %d: %w", o.batch, line, err)
		}
		if text == "" {
			continue
		}
		res, err := r.Search(ctx, text)
		if err != nil {
			return fmt.Errorf("%s, line %d: %w", o.batch, line, err)
		}
		out := searchJSON(id, res)
		if err := a.printJSONLine(out); err != nil {
			return fmt.Errorf("write a result: %w", err)
		}
		n++
		sum.Embed += out.Timings.Embed
		sum.Search += out.Timings.Search
		sum.Rerank += out.Timings.Rerank
		sum.Total += out.Timings.Total
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read the queries: %w", err)
	}
	return a.printSummary(n, sum, o.asJSON)
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

// batchSummary averages over the queries of a batch, in milliseconds.
type batchSummary struct {
	Queries     int     `json:"queries"`
	Search      float64 `json:"search_ms"`
	Rerank      float64 `json:"rerank_ms"`
	Total       float64 `json:"total_ms"`
	SearchShare float64 `json:"search_share"` // of the total, embedding included
}

func (a *app) printSummary(n int, sum searchTimings, asJSON bool) error {
	s := batchSummary{Queries: n}
	if n > 0 {
		s.Search = (sum.Embed + sum.Search) / float64(n)
		s.Rerank = sum.Rerank / float64(n)
		s.Total = sum.Total / float64(n)
	}
	if s.Total > 0 {
		s.SearchShare = s.Search / s.Total
	}
	if asJSON {
		return a.printJSONLine(map[string]batchSummary{"summary": s})
	}
	fmt.Fprintf(a.stderr, "%d queries; on average search %.1f ms, rerank %.1f ms, total %.1f ms; search is %.0f%% of the total\n",
		s.Queries, s.Search, s.Rerank, s.Total, 100*s.SearchShare)
	return nil
}

func indent(text, by string) string {
	return by + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n"+by)
}
