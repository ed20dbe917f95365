package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"selfrag/agent"
	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/measure"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/fault"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
)

type searchOptions struct {
	query    string
	batch    string
	evidence bool
	asJSON   bool
}

func newSearchCmd(a *app) *cobra.Command {
	o := &searchOptions{}
	cmd := &cobra.Command{
		Use:   "search QUERY | --batch FILE",
		Short: "Find passages in two stages",
		Long: `Find passages in two stages: dense and lexical search, then a reranker.

--batch reads a query a line, or a JSON line {"_id","text"} as in BEIR's
queries.jsonl ("-" is standard input). It prints a JSON line for each, with its
times. At the end it prints their average, median and 95th percentile; with
--json as a last line.

--evidence shows, instead of whole passages, the sentences, rows of tables and
items of lists in them that may answer the query, each with the probability that
it does. One line sums them up: P(the documents answer it), P(one place has it
all), and the share of the query's words that the best sentence holds. It calls
no language model. With --json or --batch the passages are printed too.

--filter searches only passages with the fields that it names: id, document,
source, title, or a key of the metadata. It compares by =, !=, <, <=, >, >=, in
and not in, joined by and, or, not and parentheses. Put text in quotes, and an
unusual field in backquotes.`,
		Example: `  selfrag search "parental leave" --k2 3
  selfrag search "연차 이월" --filter 'lang = "ko" and year >= 2020'
  selfrag search "연차는 며칠까지 이월되나요?" --evidence
  selfrag search --batch queries.jsonl --mode lexical --rerank none`,
		Args: usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (len(args) == 1) == (o.batch != "") {
				return fault.Usage(errors.New("search: give either a query or --batch FILE"))
			}
			if len(args) == 1 {
				var err error
				if o.query, err = term.Question(args[0]); err != nil {
					return fault.Usage(err)
				}
			}
			err := runSearch(cmd.Context(), a, o)
			a.metrics.Failed(err)
			return err
		},
	}
	cmd.Flags().StringVar(&o.batch, "batch", "", "`FILE` of queries, one a line")
	cmd.Flags().BoolVar(&o.evidence, "evidence", false, "show the sentences that may answer, with P(answers)")
	cmd.Flags().BoolVar(&o.asJSON, "json", false, "print JSON")
	a.settings.AddFlags(cmd.Flags(), config.GroupSearch, config.GroupCount, config.GroupRerank)
	return cmd
}

func runSearch(ctx context.Context, a *app, o *searchOptions) error {
	parts := a.parts()
	defer parts.Close()
	r, err := parts.Search(ctx)
	if err != nil {
		return err
	}
	if o.batch != "" {
		return searchBatch(ctx, a, r, o)
	}
	res, err := find(ctx, r, o.query, o.evidence)
	if err != nil {
		return err
	}
	a.metrics.Searched(res.Result)
	if res.Degraded != "" {
		fmt.Fprintln(a.Err, res.Degraded)
	}
	if o.asJSON {
		return a.JSON(res.json(""))
	}
	if len(res.Passages) == 0 {
		fmt.Fprintln(a.Err, "Nothing found.")
		return nil
	}
	if res.evidence != nil {
		return term.PrintEvidence(a.Out, *res.evidence)
	}
	for i, p := range res.Passages {
		fmt.Fprintf(a.Out, "%d. %s  %s[%d:%d]%s  score %.3f\n", i+1, term.Printable(cmp.Or(p.Title, "(no title)")), term.Printable(p.Source), p.Start, p.End,
			term.Place(p.Metadata), p.Score)
		if fields := term.Fields(retrieval.Fields(p.Metadata)); len(fields) > 0 {
			fmt.Fprintln(a.Out, "   ("+strings.Join(fields, ", ")+")")
		}
		fmt.Fprintln(a.Out, indent(term.Printable(p.Text), "   "))
		for _, source := range p.Copies {
			fmt.Fprintln(a.Out, "   also in", term.OneLine(source))
		}
		fmt.Fprintln(a.Out)
	}
	return nil
}

// searched is the result of a search. evidence holds the sentences in the
// passages that may answer the query. It is nil if they were not requested.
type searched struct {
	retrieval.Result
	evidence *evidence.Found
	took     time.Duration // time to find the evidence
}

// find searches for passages. If withEvidence is set, it also finds the
// sentences in these passages that may answer the query.
func find(ctx context.Context, s *wire.Search, query string, withEvidence bool) (searched, error) {
	res, err := s.TwoStage.Search(ctx, query)
	if err != nil || !withEvidence {
		return searched{Result: res}, err
	}
	began := time.Now()
	found, err := s.Evidence.Find(ctx, evidence.Of(query, res))
	if err != nil {
		return searched{}, fmt.Errorf("find the evidence for %q: %w", query, err)
	}
	return searched{res, &found, time.Since(began)}, nil
}

// searchResult is the output of search --json.
type searchResult struct {
	ID       string              `json:"id,omitempty"` // id of the query in a batch
	Query    string              `json:"query"`
	Passages []retrieval.Passage `json:"passages"`
	Evidence *evidence.Found     `json:"evidence,omitempty"`
	Degraded string              `json:"degraded,omitempty"`
	Timings  timingsJSON         `json:"timings_ms"`
}

type timingsJSON struct {
	Embed    float64  `json:"embed"`
	Search   float64  `json:"search"`
	Rerank   float64  `json:"rerank"`
	Evidence *float64 `json:"evidence,omitempty"` // nil if not requested
	Total    float64  `json:"total"`
}

// json returns the result for the query with the given id.
func (s searched) json(id string) searchResult {
	out := searchResult{ID: id, Query: s.Query, Passages: s.Passages, Evidence: s.evidence, Degraded: s.Degraded}
	if out.Passages == nil {
		out.Passages = []retrieval.Passage{}
	}
	t := s.timings()
	out.Timings = timingsJSON{Embed: t.Embed, Search: t.Search, Rerank: t.Rerank, Total: t.Total}
	if s.evidence != nil {
		took := agent.Milliseconds(s.took)
		out.Timings.Evidence = &took
	}
	return out
}

// timings returns the times of a search in milliseconds. The total includes the
// time for the evidence.
func (s searched) timings() agent.Timings {
	t := measure.SearchTimings(s.Result)
	t.Total += agent.Milliseconds(s.took)
	return t
}

func indent(text, by string) string {
	return by + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n"+by)
}
