package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/fault"
	"selfrag/retrieval"
)

type rerankOptions struct{ query, model, file string }

func newRerankCmd(a *app) *cobra.Command {
	o := &rerankOptions{}
	cmd := &cobra.Command{
		Use:   "rerank --query Q [--model M] [FILE]",
		Short: "Order passages by how well they answer a query",
		Long: `Order passages by how well they answer a query.

Passages are JSON lines {"id","text"}, with a "title" if they have one, from FILE
or standard input. The output is the same lines with a "score" added, best first.
The scale of the score is the model's own.`,
		Example: `  selfrag rerank --query "parental leave" --model onnx/bge-reranker-base passages.jsonl
  selfrag rerank --query "육아휴직" --model cohere < passages.jsonl`,
		Args: usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.query == "" {
				return fault.Usage(errors.New("rerank: give the query with --query"))
			}
			var err error
			if o.query, err = term.Question(o.query); err != nil {
				return fault.Usage(err)
			}
			if len(args) == 1 {
				o.file = args[0]
			}
			return runRerank(cmd.Context(), a, o)
		},
	}
	cmd.Flags().StringVar(&o.query, "query", "", "`QUERY` that the passages should answer")
	cmd.Flags().StringVar(&o.model, "model", "", "`RERANKER`: late, late/MODEL, llm, llm/flag, llm/listwise, onnx/MODEL or a service, as for --rerank of search (default the setting rerank)")
	a.settings.AddFlags(cmd.Flags(), config.GroupRerank)
	return cmd
}

func runRerank(ctx context.Context, a *app, o *rerankOptions) error {
	lines, passages, err := readPassages(a, o.file)
	if err != nil {
		return err
	}
	s := a.settings
	s.Reranker = cmp.Or(o.model, s.Reranker)
	parts := a.parts().With(s)
	defer parts.Close()
	reranker, err := parts.Reranker(ctx)
	if err == nil && reranker == nil {
		err = fault.Usage(errors.New("rerank: name a reranker with --model: late, late/MODEL, llm, llm/flag, llm/listwise, onnx/MODEL or a service"))
	}
	if err != nil || len(passages) == 0 {
		return err
	}
	ranked, err := reranker.Rerank(ctx, o.query, passages)
	if err != nil {
		return err
	}
	for _, p := range ranked {
		place, err := strconv.Atoi(p.ID)
		if err != nil {
			return fmt.Errorf("the reranker returned a passage %q that it was not given", p.ID)
		}
		line := lines[place]
		if p.Rerank != nil {
			line["score"] = *p.Rerank
		}
		if err := a.JSONLine(line); err != nil {
			return fmt.Errorf("write a passage: %w", err)
		}
	}
	return nil
}

// readPassages reads JSON lines. It returns the decoded lines, and a passage
// for each line. The id of a passage is the index of its line, because the ids
// in a file may repeat.
func readPassages(a *app, file string) ([]map[string]any, []retrieval.Passage, error) {
	in := a.In
	if file != "" && file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, nil, fmt.Errorf("read the passages: %w", err)
		}
		defer f.Close()
		in = f
	}
	var lines []map[string]any
	var passages []retrieval.Passage
	reader := bufio.NewReader(in)
	for n := 1; ; n++ {
		raw, err := reader.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, nil, fmt.Errorf("read the passages: %w", err)
		}
		if len(bytes.TrimSpace(raw)) > 0 {
			line := map[string]any{}
			decoder := json.NewDecoder(bytes.NewReader(raw))
			decoder.UseNumber() // numbers are written exactly as they were read
			if err := decoder.Decode(&line); err != nil {
				return nil, nil, fmt.Errorf("passage in line %d: %w", n, err)
			}
			text, ok := line["text"].(string)
			if !ok {
				return nil, nil, fmt.Errorf(`passage in line %d: it has no "text"`, n)
			}
			title, _ := line["title"].(string)
			passages = append(passages, retrieval.Passage{ID: strconv.Itoa(len(lines)), Title: title, Text: text})
			lines = append(lines, line)
		}
		if err != nil {
			return lines, passages, nil
		}
	}
}
