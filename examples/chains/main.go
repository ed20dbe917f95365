// Command chains puts our steps and langchaingo's own chains together: it
// searches a collection, drafts an answer, and has a chain of langchaingo's
// turn it into a headline.
//
//	selfrag ingest docs/ --embedder none --data-dir .
//	go run ./examples/chains "Who leads the Device Team?"
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/tmc/langchaingo/chains"
	"github.com/tmc/langchaingo/prompts"

	"selfrag/agent"
	"selfrag/ollama"
	"selfrag/retrieval"
	"selfrag/retrieval/sqlite"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal(`usage: chains "QUESTION"`)
	}
	headline, err := run(context.Background(), os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(headline)
}

func run(ctx context.Context, question string) (string, error) {
	db, err := sqlite.Open(ctx, "selfrag.db", sqlite.Config{})
	if err != nil {
		return "", err
	}
	defer db.Close()
	docs, err := db.Collection(ctx, "default")
	if err != nil {
		return "", err
	}
	finder, err := retrieval.New(docs, nil, nil, retrieval.Config{Mode: retrieval.Lexical})
	if err != nil {
		return "", err
	}
	model, err := ollama.New(ollama.Config{Model: "qwen2.5-coder:1.5b"})
	if err != nil {
		return "", err
	}
	defer model.Close()
	steps, err := agent.NewSteps(model, finder, nil, agent.Config{})
	if err != nil {
		return "", err
	}
	draft := func(ctx context.Context, found retrieval.Result) (string, error) {
		d, err := steps.Draft(ctx, agent.DraftInput{Question: found.Query, Passages: found.Passages})
		return d.Text, err
	}
	whole, err := chains.NewSequentialChain([]chains.Chain{
		agent.ChainOf(steps.Search, "question", "found"),
		agent.ChainOf(draft, "found", "draft"),
		chains.NewLLMChain(model, prompts.NewPromptTemplate("Write a headline for: {{.draft}}", []string{"draft"})),
	}, []string{"question"}, []string{"text"})
	if err != nil {
		return "", err
	}
	out, err := chains.Call(ctx, whole, map[string]any{"question": question})
	if err != nil {
		return "", err
	}
	return fmt.Sprint(out["text"]), nil
}
