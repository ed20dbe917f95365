// Command embed is the smallest program around Selfrag. It ingests a folder and
// answers a question from it, with public packages only.
//
//	go run ./examples/embed examples/handbook "Who leads the Device Team?"
//
// It needs Ollama with the model below. Search is lexical, so it needs no
// embedder.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"

	"selfrag/agent"
	"selfrag/ollama"
	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
	"selfrag/retrieval/sqlite"
)

const model = "qwen2.5-coder:0.5b"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "embed:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) != 2 {
		return errors.New(`usage: embed FOLDER "QUESTION"`)
	}
	dir, err := os.MkdirTemp("", "selfrag-embed-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)

	db, err := sqlite.Open(ctx, filepath.Join(dir, "selfrag.db"), sqlite.Config{})
	if err != nil {
		return err
	}
	defer db.Close()
	notes, err := db.Create(ctx, "notes", retrieval.EmbedderSpec{Model: "none"})
	if err != nil {
		return err
	}
	in, err := ingest.New(notes, nil, ingest.Config{})
	if err != nil {
		return err
	}
	if _, err := in.Run(ctx, args[:1], nil); err != nil {
		return err
	}

	llm, err := ollama.New(ollama.Config{Model: model})
	if err != nil {
		return err
	}
	defer llm.Close()
	search, err := retrieval.New(notes, nil, nil, retrieval.Config{Mode: retrieval.Lexical})
	if err != nil {
		return err
	}
	a, err := agent.New(llm, search, nil, agent.Config{})
	if err != nil {
		return err
	}
	for event, err := range a.Ask(ctx, agent.Question{Text: args[1]}) {
		if err != nil {
			return err
		}
		switch e := event.(type) {
		case agent.Searched:
			fmt.Println("searched:", e.Result.Query)
		case agent.Answered:
			fmt.Println(e.Answer.Text)
			for _, c := range e.Answer.Citations {
				fmt.Printf("[%d] %s: %q\n", c.N, c.Source, c.Quote)
			}
		}
	}
	return nil
}
