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

// bridgeModel speaks Ollama's protocol. It grades every passage as relevant and
// every sentence as supported, and always writes the same draft.
type bridgeModel struct {
	*httptest.Server

	perSecond float64       // tokens per second; 0: all at once
	probe     time.Duration // time for a grade
	draft     string
	drafts    map[string]string // other drafts, by a word in the prompt
	calls     atomic.Int64
	seen      func(body []byte)                                // gets each request; may be nil
	reply     func(system, user string) (text string, ok bool) // may choose the text to write; may be nil
	cancelled atomic.Int64                                     // number of calls whose caller went away
	// slow is a word. Drafts for prompts that contain it take a second per
	// token.
	slow string
	// hold, if not nil, blocks drafts until it is closed.
	hold chan struct{}
	// left, if not nil, is closed when the caller of a blocked draft goes away.
	left chan struct{}
	// drafting receives a value when a draft begins, if a test waits for it.
	drafting chan struct{}
}

// newBridgeModel starts a model. The functions in set change the model before
// it starts.
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

// grade answers every grading question with the best grade.
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

// write sends the answer word by word, or, with whole, in one piece after the
// time for all words.
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
			// Each time is counted from the beginning, so that one long wait
			// does not delay the next words.
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
