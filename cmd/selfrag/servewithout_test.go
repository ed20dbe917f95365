package main

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"selfrag/agent"
	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/serve"
)

const withoutPlease = "No language model can be reached. Answering with sentences from the documents."

// TestAServerWithoutAModelQuotes starts a server whose model was never
// reachable.
func TestAServerWithoutAModelQuotes(t *testing.T) {
	t.Parallel()
	m := newBridgeModel(t)
	a := newServedApp(t, m)
	a.settings.Answerable = 0
	m.Close()
	s := startServer(t, a)
	if resp, body := s.call("GET", "/readyz", "", ""); resp.StatusCode != 200 || !strings.Contains(body, withoutPlease) {
		t.Errorf("readyz: %d %s", resp.StatusCode, body)
	}
	for path, request := range map[string]string{
		"/api/v1/ask":          `{"question":"How many lanes has the bridge?"}`,
		"/v1/chat/completions": `{"model":"default/notes","messages":[{"role":"user","content":"다리에는 차로가 몇 개 있습니까?"}]}`,
	} {
		resp, body := s.call("POST", path, "", request)
		if resp.StatusCode != 200 || !strings.Contains(body, withoutPlease) || !strings.Contains(body, `"extractive"`) || strings.Contains(body, m.URL) {
			t.Errorf("%s: %d %s", path, resp.StatusCode, body)
		}
	}
	_, body := s.call("POST", "/api/v1/ask", "", `{"question":"How many lanes has the bridge?","stream":true}`)
	for _, part := range []string{"event: evidence", "event: draft-delta", "event: answer", withoutPlease} {
		if !strings.Contains(body, part) {
			t.Errorf("the stream has no %q: %s", part, body)
		}
	}
	for path, request := range map[string]string{
		"/api/v1/ask":          `{"question":"How many lanes has the bridge?","strategy":"self-rag"}`,
		"/v1/chat/completions": `{"model":"self-rag/notes","messages":[{"role":"user","content":"How many lanes has the bridge?"}]}`,
	} {
		if resp, body := s.call("POST", path, "", request); resp.StatusCode != 503 {
			t.Errorf("%s, whose strategy is named: %d %s", path, resp.StatusCode, body)
		}
	}
	if _, body := s.call("POST", "/api/v1/ask", "", `{"question":"How many lanes has the bridge?","strategy":"extractive"}`); strings.Contains(body, withoutPlease) {
		t.Errorf("extractive, asked for by name: %s", body)
	}
}

// TestNearestSentencesHaveTheirPlaces asks a question that no document answers.
func TestNearestSentencesHaveTheirPlaces(t *testing.T) {
	a := newServedApp(t, newBridgeModel(t))
	a.settings.Answerable = 1
	s := startServer(t, a)
	_, body := s.call("POST", "/api/v1/ask", "", `{"question":"Who built the bridge?","strategy":"extractive"}`)
	answer := decodeJSON[struct {
		Abstained          bool
		Answer             string
		Citations, Nearest []struct {
			N          int
			Quote, URL string
		}
	}](t, body)
	if !answer.Abstained || len(answer.Citations) != 0 || len(answer.Nearest) == 0 || !strings.Contains(answer.Answer, "Nearest:\n[1] “") {
		t.Fatal(body)
	}
	for i, c := range answer.Nearest {
		if resp, source := s.call("GET", strings.TrimPrefix(c.URL, s.url), "", ""); resp.StatusCode != 200 || !strings.Contains(source, c.Quote) || c.N != i+1 {
			t.Errorf("%+v: %d %s", c, resp.StatusCode, source)
		}
	}
}

// TestAServerGoesBackToItsStrategy stops the model and starts it again.
func TestAServerGoesBackToItsStrategy(t *testing.T) {
	t.Parallel()
	m := newRestartable(t)
	log := &lockedBuffer{}
	a := newServedApp(t, m.bridgeModel)
	parts := wire.New(a.settings, wire.Options{Getenv: a.getenv, Remember: time.Nanosecond})
	defer parts.Close()
	p, err := parts.Serve(t.Context(), slog.New(slog.NewJSONHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	lib, err := parts.Store(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	notes, err := lib.Collection(t.Context(), "notes")
	if err != nil {
		t.Fatal(err)
	}
	strategyNow := func() string {
		of, err := p.Agent(t.Context(), "notes", notes, serve.AskOptions{Strategy: "two-stage"})
		if err != nil {
			t.Fatal(err)
		}
		answer, err := of.Answer(t.Context(), agent.Question{Text: "How many lanes has the bridge?"})
		if err != nil || (answer.Strategy == config.Extractive) != (answer.Degraded == wire.ServedWithout) {
			t.Fatalf("%+v, %v", answer, err)
		}
		return answer.Strategy
	}
	got := []string{strategyNow()}
	m.down()
	got = append(got, strategyNow(), strategyNow())
	m.up(t)
	got = append(got, strategyNow())
	if want := "two-stage extractive extractive two-stage"; strings.Join(got, " ") != want {
		t.Errorf("got %q", got)
	}
	for _, said := range []string{"no language model can be reached", "can be reached again"} {
		if strings.Count(log.String(), said) != 1 {
			t.Errorf("%q is not once in the log: %s", said, log)
		}
	}
}
