package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// bridgeModel speaks Ollama's protocol. It finds every passage relevant and
// every sentence supported, and writes the same draft, at a rate if it has one.
type bridgeModel struct {
	*httptest.Server

	perSecond float64       // tokens; 0: at once
	probe     time.Duration // that a grade takes
	draft     string
	drafts    map[string]string // other drafts, by a word of the prompt
	calls     atomic.Int64
	seen      func(body []byte)                                // when not nil, gets each request
	reply     func(system, user string) (text string, ok bool) // when not nil, may say what is written
	cancelled atomic.Int64                                     // calls whose caller went away
	// slow is a word; drafts for prompts with it take a second a token.
	slow string
	// hold, when not nil, keeps drafts waiting until it is closed.
	hold chan struct{}
	// left, when not nil, is closed when the caller of a held draft goes away.
	left chan struct{}
	// drafting gets a value when a draft begins, if somebody waits.
	drafting chan struct{}
}

// newBridgeModel starts a model; set changes it before that.
func newBridgeModel(t testing.TB, set ...func(*bridgeModel)) *bridgeModel {
	t.Helper()
	m := &bridgeModel{draft: "The bridge has two lanes [1].", drafting: make(chan struct{}, 1)}
	for _, f := range set {
		f(m)
	}
	m.Server = scriptedOllama(t, m.chat)
	return m
}

func (m *bridgeModel) chat(w http.ResponseWriter, r *http.Request) {
	m.calls.Add(1)
	var req struct {
		Messages []struct{ Role, Content string }
		Logprobs bool
		Stream   *bool
	}
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(body, &req)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if m.seen != nil {
		m.seen(body)
	}
	whole := req.Stream != nil && !*req.Stream
	if req.Logprobs {
		m.grade(r.Context(), w)
		return
	}
	system, user := req.Messages[0].Content, req.Messages[len(req.Messages)-1].Content
	text := "How many lanes has the bridge?"
	if m.reply != nil {
		if said, ok := m.reply(system, user); ok {
			m.write(r.Context(), w, said, false, whole)
			return
		}
	}
	switch {
	case strings.HasPrefix(user, "### Task:"):
		text = `{"title":"Bridge lanes"}`
	case strings.Contains(system, "numbered passages"):
		text = m.draftFor(user)
		select {
		case m.drafting <- struct{}{}:
		default:
		}
		if m.hold != nil {
			select {
			case <-m.hold:
			case <-r.Context().Done():
				if m.left != nil {
					close(m.left)
				}
				return
			}
		}
	}
	m.write(r.Context(), w, text, m.slow != "" && strings.Contains(user, m.slow), whole)
}

func (m *bridgeModel) draftFor(prompt string) string {
	for word, draft := range m.drafts {
		if strings.Contains(prompt, word) {
			return draft
		}
	}
	return m.draft
}

// grade says that all is well, whatever is asked.
func (m *bridgeModel) grade(ctx context.Context, w http.ResponseWriter) {
	m.wait(ctx, m.probe)
	var top []any
	for _, token := range []string{"Yes", "One", "1"} {
		top = append(top, map[string]any{"token": token, "logprob": -1.4})
	}
	_ = json.NewEncoder(w).Encode(map[string]any{
		"message": map[string]any{"role": "assistant", "content": "Yes"}, "done": true, "done_reason": "stop", "prompt_eval_count": 50, "eval_count": 1,
		"logprobs": []any{map[string]any{"token": "Yes", "logprob": -1.4, "top_logprobs": top}},
	})
}

// write answers word by word, or with the whole when its time has come.
func (m *bridgeModel) write(ctx context.Context, w http.ResponseWriter, text string, slowly, whole bool) {
	words := strings.SplitAfter(text, " ")
	tokens := len(words)
	if whole {
		words = []string{text}
	}
	begin := time.Now()
	for i, word := range words {
		last := i == len(words)-1
		written := i + 1
		if last {
			written = tokens
		}
		switch {
		case slowly:
			m.wait(ctx, time.Duration(written-i)*time.Second)
		case m.perSecond > 0:
			// By the clock: what one wait overshoots, the next makes good.
			m.wait(ctx, time.Until(begin.Add(time.Duration(float64(written)*float64(time.Second)/m.perSecond))))
		}
		chunk := map[string]any{"message": map[string]any{"role": "assistant", "content": word}, "done": last}
		if last {
			chunk["done_reason"], chunk["prompt_eval_count"], chunk["eval_count"] = "stop", 50, tokens
		}
		_ = json.NewEncoder(w).Encode(chunk)
		_ = http.NewResponseController(w).Flush()
	}
}

func (m *bridgeModel) wait(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
		m.cancelled.Add(1)
	}
}
