// Package chatbottest provides a desk for testing bots: a real store and the
// real agent, with a model that writes what the test says.
package chatbottest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tmc/langchaingo/llms"

	"selfrag/examples/chatbot"
	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
	"selfrag/retrieval/sqlite"
)

// Model grades all passages as relevant and all sentences as supported, and
// writes Draft for every question. Set its fields before its first use.
type Model struct {
	Draft string
	// Away says that no server has the model. The agent then must not call it.
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

// HasModel reports whether the model exists, like the client of a server.
func (m *Model) HasModel(context.Context, string) (bool, error) { return !m.Away, nil }

// NextToken implements agent.TokenProber. It gives the best grade to
// everything.
func (m *Model) NextToken(context.Context, []llms.MessageContent) (map[string]float64, int, error) {
	return map[string]float64{"Yes": 0.24, "One": 0.24, "1": 0.24}, 1, nil
}

// NewDesk returns a desk with a document about a bridge. The caller must close
// it or pass it to Serve.
func NewDesk(t testing.TB, m *Model) *chatbot.Desk {
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
	defer db.Close()
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
	d, err := chatbot.Open(t.Context(), chatbot.Config{DataDir: dir, Collection: "notes", LLM: m, AtATime: 2, Waiting: 2})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Serve serves a bot with the desk until the test ends, and returns its
// address.
func Serve(t testing.TB, handler http.Handler, d *chatbot.Desk) string {
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
