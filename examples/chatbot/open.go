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

// Config holds the collection and the model that a bot answers with.
type Config struct {
	DataDir    string // the folder of `selfrag ingest --data-dir`
	Collection string // default; the search is lexical
	Model      string // name in Ollama
	LLM        llms.Model
	// Time is the time limit for an answer; 5 min. After it the agent answers
	// from what it has, or says that the documents have no answer.
	Time time.Duration
	// AtATime is the number of questions answered at once (4), and Waiting the
	// number that may wait (64).
	AtATime, Waiting int
}

// Open opens the collection and the model. The caller must close the desk.
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
			how.Strategy = agent.Extractive{} // WithNote mentions it
		}
		// Passages stand between marks that no document can guess.
		return agent.New(llm, search, set.Fenced(prompts.NewMark()), how)
	}
	return d, nil
}

// isThere reports whether a model can be reached. A model that cannot tell
// counts as reachable.
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

// WithNote returns the text of an answer. If no language model could be reached
// and sentences of the documents answer instead, a note says so.
func WithNote(a agent.Answer) string {
	if a.Strategy != (agent.Extractive{}).Name() {
		return a.Text
	}
	if text.Language(a.Question) == "ko" {
		return a.Text + "\n\n(지금은 언어 모델에 연결할 수 없어, 문서의 문장을 그대로 보여 드립니다.)"
	}
	return a.Text + "\n\n(No language model can be reached right now: these are sentences quoted from the documents.)"
}
