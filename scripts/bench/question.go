package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// questionsAsked is the number of questions of a turn, half of them Korean.
const questionsAsked = 20

// questionRows are the whole of search and of ask over the demo handbook, on a running
// server, with the parts that are the default. end stops what they need.
func questionRows(ctx context.Context, s settings) (rows []row, end func() error, err error) {
	names := []string{"search", "search with evidence", "ask extractive", "ask self-rag, instant model"}
	wanted := false
	for _, name := range names {
		wanted = wanted || s.only.MatchString(name)
	}
	if !wanted {
		return nil, func() error { return nil }, nil
	}
	questions, err := s.questions()
	if err != nil {
		return nil, nil, err
	}
	data := filepath.Join(s.dir, "questions")
	fmt.Fprintln(s.log, "ingesting the handbook")
	if err := s.program(ctx, "ingest", s.handbook, "--data-dir", data); err != nil {
		return nil, nil, err
	}
	model, stopModel, err := instantModel()
	if err != nil {
		return nil, nil, err
	}
	srv, err := s.serve(ctx, "--data-dir", data, "--model", "openai/m", "--openai-address", model)
	if err != nil {
		stopModel()
		return nil, nil, err
	}
	end = func() error {
		defer stopModel()
		return srv.stop()
	}
	search := func(fields map[string]any) func(string) any {
		return func(question string) any { return with(fields, "query", question) }
	}
	ask := func(strategy string) func(string) any {
		return func(question string) any { return with(map[string]any{"strategy": strategy}, "question", question) }
	}
	const searching, asking = "/api/v1/search", "/api/v1/ask"
	whole := srv.each("selfrag", searching, questions, search(nil))
	evidence := srv.each("selfrag", searching, questions, search(map[string]any{"evidence": true}))
	floor := func(name string, of side) side { return side{name: "floor: " + name, run: of.run} }
	rows = []row{
		{names[0], questionsAsked, "questions", []side{
			whole, srv.each("floor: its first stage", searching, questions, search(map[string]any{"rerank": false})),
		}},
		{names[1], questionsAsked, "questions", []side{evidence, floor("search", whole)}},
		{names[2], questionsAsked, "questions", []side{srv.each("selfrag", asking, questions, ask("extractive")), floor("search with evidence", evidence)}},
		{names[3], questionsAsked, "questions", []side{
			srv.each("selfrag", asking, questions, ask("self-rag")), srv.each("two-stage", asking, questions, ask("two-stage")),
		}},
	}
	if s.python == "" {
		fmt.Fprintln(s.log, "search: no Python with sentence-transformers is named, so that peer is left out")
		return rows, end, nil
	}
	peer, stopPeer, err := s.pythonSearch(ctx, questions)
	if err != nil {
		return nil, nil, errors.Join(err, end())
	}
	rows[0].sides = append(rows[0].sides, peer)
	stopServer := end
	end = func() error { return errors.Join(stopServer(), stopPeer()) }
	return rows, end, nil
}

// with returns the fields of a request with one more.
func with(fields map[string]any, name string, value any) map[string]any {
	out := map[string]any{name: value}
	for k, v := range fields {
		out[k] = v
	}
	return out
}

// questions returns answerable questions of the handbook, in both languages by turns.
func (s settings) questions() ([]string, error) {
	path := filepath.Join(s.handbook, "questions.jsonl")
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the questions: %w", err)
	}
	defer f.Close()
	of := map[string][]string{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var q struct {
			Text, Language string
			Answerable     bool
		}
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			return nil, fmt.Errorf("read the questions in %s: %w", path, err)
		}
		if q.Answerable {
			of[q.Language] = append(of[q.Language], q.Text)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the questions in %s: %w", path, err)
	}
	var out []string
	for i := range questionsAsked / 2 {
		if i >= len(of["en"]) || i >= len(of["ko"]) {
			return nil, fmt.Errorf("%s has fewer than %d questions of a language", path, questionsAsked/2)
		}
		out = append(out, of["en"][i], of["ko"][i])
	}
	return out, nil
}
