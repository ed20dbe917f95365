// Package bottest provides a desk for testing bots. It has a real store and the real
// agent, with a model that writes the text that a test sets.
package bottest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent"
	"selfrag/agent/conversation"
	"selfrag/prompts"
	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
	"selfrag/retrieval/sqlite"
	"selfrag/serve"
	"selfrag/serve/bot"
)

// Model grades all passages as relevant and all sentences as supported, and
// writes Draft for every question. Set its fields before its first use.
type Model struct {
	Draft string
	// Away stands for a model that cannot be reached. The agent must not call it.
	Away bool
	// Hold, if not nil, blocks drafts until it is closed.
	Hold chan struct{}
	// Drafting receives the prompt when a draft begins, if there is room in the
	// channel.
	Drafting chan string
}

var _ llms.Model = (*Model)(nil)

// GenerateContent implements llms.Model.
func (m *Model) GenerateContent(ctx context.Context, messages []llms.MessageContent, _ ...llms.CallOption) (*llms.ContentResponse, error) {
	var prompt strings.Builder
	for _, message := range messages {
		for _, part := range message.Parts {
			if text, ok := part.(llms.TextContent); ok {
				prompt.WriteString(text.Text + "\n")
			}
		}
	}
	text := "bridge lanes"
	if strings.Contains(prompt.String(), "two lanes") { // a prompt with the passage asks for a draft
		text = m.Draft
		select {
		case m.Drafting <- prompt.String():
		default:
		}
		if m.Hold != nil {
			select {
			case <-m.Hold:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
	}
	return &llms.ContentResponse{Choices: []*llms.ContentChoice{{Content: text}}}, nil
}

// Call implements llms.Model.
func (m *Model) Call(ctx context.Context, prompt string, options ...llms.CallOption) (string, error) {
	return llms.GenerateFromSinglePrompt(ctx, m, prompt, options...)
}

// NextToken implements agent.TokenProber. It gives the best grade to
// everything.
func (m *Model) NextToken(context.Context, []llms.MessageContent) (map[string]float64, int, error) {
	return map[string]float64{"Yes": 0.24, "One": 0.24, "1": 0.24}, 1, nil
}

// NewDesk returns a desk with a document about a bridge. The caller must close
// it or pass it to Serve.
func NewDesk(t testing.TB, m *Model) *bot.Desk {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "bridge.md")
	if err := os.WriteFile(file, []byte("# The bridge\n\nThe bridge has two lanes. 다리에는 차로가 두 개 있습니다.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(t.Context(), filepath.Join(dir, "selfrag.db"), sqlite.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	notes, err := db.Create(t.Context(), "notes", retrieval.EmbedderSpec{Model: "none"})
	if err != nil {
		t.Fatal(err)
	}
	in, err := ingest.New(notes, nil, ingest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := in.Run(t.Context(), []string{file}, nil); err != nil {
		t.Fatal(err)
	}
	return bot.NewDesk(bot.Config{Asker: &asker{t, m, notes}, AtATime: 2, Waiting: 2})
}

// asker stands in for a service. It asks the agent with a lexical search.
type asker struct {
	t     testing.TB
	model *Model
	notes *sqlite.Collection
}

// Ask implements bot.Asker. If the model is away, it answers with sentences of the
// document, as the service does.
func (a *asker) Ask(ctx context.Context, q serve.Question) (serve.Turn, error) {
	if q.User == "" || strings.Contains(q.User, " ") {
		a.t.Errorf("the user is %q, and not a pseudonym", q.User)
	}
	search, err := retrieval.New(a.notes, nil, nil, retrieval.Config{Mode: retrieval.Lexical})
	if err != nil {
		return serve.Turn{}, err
	}
	set, err := prompts.New(nil)
	if err != nil {
		return serve.Turn{}, err
	}
	var how agent.Config
	if a.model.Away {
		how.Strategy, how.Degraded = agent.Extractive{}, "no model"
	}
	of, err := agent.New(a.model, search, set.Fenced(prompts.NewMark()), how)
	if err != nil {
		return serve.Turn{}, err
	}
	talk := conversation.New(conversation.Config{})
	for _, e := range q.History {
		talk.Add(e)
	}
	return serve.Turn{Events: of.Ask(ctx, agent.Question{Text: q.Text, Conversation: talk})}, nil
}

// Serve serves a bot with the desk until the test ends, and returns its
// address.
func Serve(t testing.TB, handler http.Handler, d *bot.Desk) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(func() {
		server.Close()
		if err := d.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return server.URL
}
