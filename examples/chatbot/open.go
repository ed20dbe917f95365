package chatbot

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent"
	"selfrag/ollama"
	"selfrag/prompts"
	"selfrag/retrieval"
	"selfrag/retrieval/sqlite"
)

// Config says what a bot answers from, and with what.
type Config struct {
	DataDir    string // where `selfrag ingest --data-dir` keeps its store
	Collection string // default; it is searched lexically
	Model      string // in Ollama
	LLM        llms.Model
	// Time is the most that one answer takes; 5 min. The agent then answers
	// from what it has, or says that the documents do not tell.
	Time time.Duration
	// AtATime is how many questions are answered at a time (4), and Waiting how
	// many more are taken (64).
	AtATime, Waiting int
}

// Open opens the collection and the model. Close the desk when done.
func Open(ctx context.Context, cfg Config) (_ *Desk, err error) {
	d := newDesk(cmp.Or(cfg.AtATime, 4), cmp.Or(cfg.Waiting, 64))
	defer func() {
		if err != nil {
			_ = d.Close(ctx)
		}
	}()
	path := filepath.Join(cfg.DataDir, "selfrag.db")
	db, err := sqlite.Open(ctx, path, sqlite.Config{})
	if err != nil {
		return nil, fmt.Errorf("open the store %s: %w", path, err)
	}
	d.closers = append(d.closers, db.Close)
	documents, err := db.Collection(ctx, cmp.Or(cfg.Collection, "default"))
	if err != nil {
		return nil, fmt.Errorf("open the collection; `selfrag ingest` makes one: %w", err)
	}
	search, err := retrieval.New(documents, nil, nil, retrieval.Config{Mode: retrieval.Lexical})
	if err != nil {
		return nil, err
	}
	llm := cfg.LLM
	if llm == nil {
		client, err := ollama.New(ollama.Config{Model: cfg.Model})
		if err != nil {
			return nil, err
		}
		d.closers = append(d.closers, func() error { client.Close(); return nil })
		llm = client
	}
	set, err := prompts.New(nil)
	if err != nil {
		return nil, err
	}
	d.newAgent = func() (*agent.Agent, error) {
		// Passages stand between marks that no document can know.
		return agent.New(llm, search, set.Fenced(prompts.NewMark()), agent.Config{Budget: agent.Budget{Time: cfg.Time}})
	}
	return d, nil
}
