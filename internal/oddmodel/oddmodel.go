// Package oddmodel is a model server for tests that misbehaves: it speaks OpenAI's
// chat completions API, and each of its modes has one fault that servers, gateways
// or models were seen to have.
//
// Shape: Start runs a server in a mode; a mode is a function that answers one
// request, in faults of their kinds: refusals.go, contents.go, streams.go,
// numbers.go, thoughts.go. What a healthy model would write comes from Replies.
package oddmodel

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Replies is what the model would write if nothing were wrong. Its zero value
// drafts Draft, and finds all that it grades good.
type Replies struct {
	// Draft answers where the prompt holds Holds; empty: every prompt does.
	Draft, Holds string
	// Else answers other prompts for text.
	Else string
}

// Server is a running server. Its fields are read when the test asks.
type Server struct {
	Address string // with /v1

	mode    func(*exchange)
	replies Replies
	mu      sync.Mutex
	asked   []Request
	count   map[string]int
}

// Request is what a server was asked.
type Request struct {
	Path   string
	Header http.Header
	Body   map[string]any
}

// Start runs a server in a mode until the test ends.
func Start(t testing.TB, mode string, replies Replies) *Server {
	t.Helper()
	act, ok := modes()[mode]
	if !ok {
		t.Fatalf("there is no mode %q", mode)
	}
	s := &Server{mode: act, replies: replies, count: map[string]int{}}
	hs := httptest.NewServer(s)
	t.Cleanup(func() {
		hs.CloseClientConnections()
		hs.Close()
	})
	s.Address = hs.URL + "/v1"
	return s
}

// Modes are the names of all modes, in their order.
func Modes() []string { return slices.Sorted(maps.Keys(modes())) }

func modes() map[string]func(*exchange) {
	all := map[string]func(*exchange){"healthy": (*exchange).healthy}
	for _, some := range []map[string]func(*exchange){refusals(), contents(), streams(), numbers(), thoughts(), grades()} {
		maps.Copy(all, some)
	}
	return all
}

// Asked is what the server was asked so far, in order.
func (s *Server) Asked() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// ServeHTTP lists the model, and answers requests to chat in the server's mode.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	x := &exchange{server: s, w: w, r: r, body: map[string]any{}}
	_ = json.Unmarshal(raw, &x.body)
	s.mu.Lock()
	s.asked = append(s.asked, Request{r.URL.Path, r.Header.Clone(), x.body})
	s.mu.Unlock()
	switch {
	case strings.HasSuffix(r.URL.Path, "/models"):
		x.send(http.StatusOK, map[string]any{"object": "list", "data": []any{map[string]any{"id": "m", "object": "model"}}})
	case strings.HasSuffix(r.URL.Path, "/chat/completions"):
		x.read()
		s.mode(x)
	default:
		x.send(http.StatusNotFound, map[string]any{"error": map[string]any{"message": "no such page"}})
	}
}

// exchange is one request with its answer.
type exchange struct {
	server *Server
	w      http.ResponseWriter
	r      *http.Request
	body   map[string]any

	prompt string
	text   string // that a healthy model would write
	label  string // of a grade; empty where none is asked for
	stream bool
	probe  bool // probabilities are asked for
	schema bool // a form of the answer is asked for
	limit  int  // of tokens; a million without one
}

// labelled is how a prompt that is answered in JSON ends.
var labelled = regexp.MustCompile(`Reply as JSON: \{"grade": "([^}]*)"\}`)

// read makes of a request what a healthy model would write.
func (x *exchange) read() {
	messages, _ := x.body["messages"].([]any)
	for _, m := range messages {
		fields, _ := m.(map[string]any)
		text, _ := fields["content"].(string)
		x.prompt += text + "\n"
	}
	x.stream, _ = x.body["stream"].(bool)
	x.probe, _ = x.body["logprobs"].(bool)
	_, x.schema = x.body["response_format"].(map[string]any)
	x.limit = 1_000_000
	for _, name := range []string{"max_tokens", "max_completion_tokens"} {
		if n, ok := x.body[name].(float64); ok {
			x.limit = int(n)
		}
	}
	switch m := labelled.FindStringSubmatch(x.prompt); {
	case m != nil:
		x.label = best(strings.Split(m[1], `" or "`))
		x.text = `{"grade": "` + x.label + `"}`
	case x.probe:
		x.label, x.text = "Yes", "Yes"
	case strings.Contains(x.prompt, x.server.replies.Holds):
		x.text = x.server.replies.Draft
	default:
		x.text = x.server.replies.Else
	}
}

// best is the label that finds all good.
func best(labels []string) string {
	for _, good := range []string{"Yes", "One", "1"} {
		if slices.Contains(labels, good) {
			return good
		}
	}
	return labels[0]
}

// times counts what happened under a name, from 1.
func (x *exchange) times(name string) int {
	x.server.mu.Lock()
	defer x.server.mu.Unlock()
	x.server.count[name]++
	return x.server.count[name]
}

// healthy answers as servers do.
func (x *exchange) healthy() { x.say(x.text) }
