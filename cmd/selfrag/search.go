package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
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
queries.jsonl ("-" is standard input), and prints a JSON line for each, with
its times. At the end the times are summed up: average, median and 95th
percentile; with --json as a last line.

--filter searches only passages with the fields that it names: id, document,
source, title, or a key of the metadata. It compares by =, !=, <, <=, >, >=, in
and not in, joined by and, or, not and parentheses. Text goes in quotes, an
unusual field in backquotes.`,
		Example: `  selfrag search "parental leave" --k2 3
  selfrag search "연차 이월" --filter 'lang = "ko" and year >= 2020'
  selfrag search --batch queries.jsonl --mode lexical --rerank none`,
		Args: usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (len(args) == 1) == (o.batch != "") {
				return usageError{errors.New("search: give either a query or --batch FILE")}
			}
			if len(args) == 1 {
				o.query = args[0]
			}
			err := runSearch(cmd.Context(), a, o)
			a.metrics.Failed(err)
			return err
		},
	}
	cmd.Flags().StringVar(&o.batch, "batch", "", "file of queries, one a line")
	cmd.Flags().BoolVar(&o.asJSON, "json", false, "print JSON")
	a.settings.addFlags(cmd.Flags(), groupSearch, groupCount, groupRerank)
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
	a.metrics.Searched(res)
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
	t := timingsOf(res)
	out.Timings = searchTimings{t.Embed, t.Search, t.Rerank, t.Total}
	return out
}

// timingsOf are a search's times in milliseconds.
func timingsOf(res retrieval.Result) agent.Timings {
	t := res.Timings
	return agent.Timings{
		Embed: agent.Milliseconds(t.Embed), Search: agent.Milliseconds(t.Search), Rerank: agent.Milliseconds(t.Rerank), Total: agent.Milliseconds(t.Total),
	}
}

func indent(text, by string) string {
	return by + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n"+by)
}
