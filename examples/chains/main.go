// Command chains combines the agent with langchaingo's own chains. The agent
// answers a question from a collection, and a langchaingo chain turns the
// answer into a headline.
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
	"selfrag/agent/langchain"
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
	a, err := agent.New(model, finder, nil, agent.Config{Strategy: agent.SelfRAG{}})
	if err != nil {
		return "", err
	}
	headline := chains.NewLLMChain(model, prompts.NewPromptTemplate("Write a headline for: {{.text}}", []string{"text"}))
	headline.OutputKey = "headline" // "text" is the key of the agent's answer
	whole, err := chains.NewSequentialChain([]chains.Chain{langchain.Chain(a), headline}, []string{"question"}, []string{"headline"})
	if err != nil {
		return "", err
	}
	return chains.Run(ctx, whole, question)
}
