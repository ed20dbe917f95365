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
	"selfrag/retrieval/text"
)

// Config says what a bot answers from, and with what.
type Config struct {
	DataDir    string // where `selfrag ingest --data-dir` keeps its store
	Collection string // default; it is searched lexically
	Model      string // in Ollama
	LLM        llms.Model
	// Time is the most that one answer takes; 5 min. The agent then answers
	// from what it has, or says that the documents have no answer.
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
	d.newAgent = func(ctx context.Context) (*agent.Agent, error) {
		how := agent.Config{Budget: agent.Budget{Time: cfg.Time}}
		if !isThere(ctx, llm, cfg.Model) {
			how.Strategy = agent.Extractive{} // of which WithNote tells
		}
		// Passages stand between marks that no document can know.
		return agent.New(llm, search, set.Fenced(prompts.NewMark()), how)
	}
	return d, nil
}

// isThere reports whether a model can be asked. One that does not say is taken to
// be there.
func isThere(ctx context.Context, llm llms.Model, name string) bool {
	server, ok := llm.(interface {
		HasModel(ctx context.Context, name string) (bool, error)
	})
	if !ok {
		return true
	}
	there, err := server.HasModel(ctx, name)
	return there && err == nil
}

// WithNote is the text of an answer that says so where no language model could be
// reached, and sentences of the documents answer.
func WithNote(a agent.Answer) string {
	if a.Strategy != (agent.Extractive{}).Name() {
		return a.Text
	}
	if text.Language(a.Question) == "ko" {
		return a.Text + "\n\n(지금은 언어 모델에 연결할 수 없어, 문서의 문장을 그대로 보여 드립니다.)"
	}
	return a.Text + "\n\n(No language model can be reached right now: these are sentences quoted from the documents.)"
}
