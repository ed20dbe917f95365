// Package oddmodel is a misbehaving model server for tests. It speaks OpenAI's
// chat completions API. Each of its modes has one fault that servers, gateways
// or models are known to have.
//
// Shape: Start runs a server in a mode, and New only makes its handler. A mode is
// a function that answers one request. The modes are grouped by the kind of their
// fault: refusals.go, contents.go, streams.go, numbers.go, thoughts.go. Replies
// holds what a healthy model would write.
package oddmodel

import (
	"encoding/json"
	"fmt"
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

// Replies is what the model writes if nothing is wrong. Every grade is good.
type Replies struct {
	// Draft answers a prompt that contains Holds. If Holds is empty, it answers
	// every prompt for text.
	Draft, Holds string
	// Else answers other prompts for text.
	Else string
}

// Server is a running server.
type Server struct {
	Address string // URL, with /v1; empty without Start

	mode    func(*exchange)
	replies Replies
	mu      sync.Mutex
	asked   []Request
	count   map[string]int
}

// Request is a request that a server received.
type Request struct {
	Path   string
	Header http.Header
	Body   map[string]any
}

// New returns a handler in a mode, for whoever runs a server of its own.
func New(mode string, replies Replies) (*Server, error) {
	act, ok := modes()[mode]
	if !ok {
		return nil, fmt.Errorf("there is no mode %q", mode)
	}
	return &Server{mode: act, replies: replies, count: map[string]int{}}, nil
}

// Start runs a server in a mode until the test ends.
func Start(t testing.TB, mode string, replies Replies) *Server {
	t.Helper()
	s, err := New(mode, replies)
	if err != nil {
		t.Fatal(err)
	}
	hs := httptest.NewServer(s)
	t.Cleanup(func() {
		hs.CloseClientConnections()
		hs.Close()
	})
	s.Address = hs.URL + "/v1"
	return s
}

// Modes returns the names of all modes, sorted.
func Modes() []string { return slices.Sorted(maps.Keys(modes())) }

func modes() map[string]func(*exchange) {
	all := map[string]func(*exchange){"healthy": (*exchange).healthy}
	for _, some := range []map[string]func(*exchange){refusals(), contents(), streams(), numbers(), thoughts(), grades()} {
		maps.Copy(all, some)
	}
	return all
}

// Asked returns the requests that the server has received, in order.
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
	text   string // text of a healthy model
	label  string // label of a grade; empty if no grade is asked for
	stream bool
	probe  bool // probabilities are asked for
	schema bool // a form of the answer is asked for
	limit  int  // maximum number of tokens; a million if there is none
}

// labelled matches the end of a prompt that asks for a grade in JSON.
var labelled = regexp.MustCompile(`Reply as JSON: \{"grade": "([^}]*)"\}`)

// read parses a request and sets the text of a healthy model.
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

// best returns the best of the labels.
func best(labels []string) string {
	for _, good := range []string{"Yes", "One", "1"} {
		if slices.Contains(labels, good) {
			return good
		}
	}
	return labels[0]
}

// times counts events of a name. It returns 1 for the first one.
func (x *exchange) times(name string) int {
	x.server.mu.Lock()
	defer x.server.mu.Unlock()
	x.server.count[name]++
	return x.server.count[name]
}

// healthy answers without a fault.
func (x *exchange) healthy() { x.say(x.text) }
