// Package langfusetest provides a Langfuse for tests: a real HTTP server that
// accepts spans by OTLP and scores by REST, keeps prompts and datasets, and
// checks everything against the rules that Langfuse publishes.
//
// Shape: Start a Server, send to it, then read Spans, Scores and Problems.
// Answer makes it fail as a real one may.
package langfusetest

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// The keys of the one project of every server.
const (
	PublicKey = "pk-lf-test"
	SecretKey = "sk-lf-test"
)

// largestRequest is the limit of Langfuse's cloud.
const largestRequest = 5 << 20

// Score is a score as it arrived.
type Score struct {
	ID          string
	TraceID     string
	Observation string `json:"observationId"`
	Name        string
	Value       *float64
	DataType    string
	Comment     string
	Environment string
}

// Server is a running Langfuse.
type Server struct {
	*httptest.Server
	Project

	mu       sync.Mutex
	answer   http.HandlerFunc // instead of taking anything; may be nil
	langfuse http.Handler
	spans    []*tracepb.Span
	scores   map[string]Score
	posts    int // number of score requests
	problems []string
}

// Start runs a server for the duration of a test.
func Start(t testing.TB) *Server {
	t.Helper()
	mux := http.NewServeMux()
	s := &Server{scores: map[string]Score{}, langfuse: mux}
	mux.HandleFunc("POST /api/public/otel/v1/traces", s.traces)
	mux.HandleFunc("POST /api/public/scores", s.score)
	mux.HandleFunc("GET /api/public/projects", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"data":[{"id":"p1","name":"handbook"}]}`)
	})
	s.register(mux)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.note(r)
		s.mu.Lock()
		answer := s.answer
		s.mu.Unlock()
		if answer != nil {
			answer(w, r)
			return
		}
		s.Take(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// Take answers a request as Langfuse does, for use in an Answer handler.
func (s *Server) Take(w http.ResponseWriter, r *http.Request) {
	if public, secret, _ := r.BasicAuth(); public != PublicKey || secret != SecretKey {
		http.Error(w, `{"message":"Invalid credentials"}`, http.StatusUnauthorized)
		return
	}
	s.langfuse.ServeHTTP(w, r)
}

// Answer makes the handler answer all requests from now on. If it is nil, the
// server answers as Langfuse does.
func (s *Server) Answer(h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = h
}

// Spans returns the spans that arrived.
func (s *Server) Spans() []*tracepb.Span {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.spans)
}

// Scores are those that arrived by id, and how often one was sent.
func (s *Server) Scores() (scores map[string]Score, posts int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]Score{}
	for id, score := range s.scores {
		out[id] = score
	}
	return out, s.posts
}

// Problems returns the violations of rules, by single requests and by the
// traces that they make up.
func (s *Server) Problems() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append(slices.Clone(s.problems), Check(s.spans)...)
}

func (s *Server) wrong(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.problems = append(s.problems, fmt.Sprintf(format, args...))
}

func (s *Server) traces(w http.ResponseWriter, r *http.Request) {
	for header, want := range map[string]string{"Content-Type": "application/x-protobuf", "X-Langfuse-Ingestion-Version": "4"} {
		if got := r.Header.Get(header); got != want {
			s.wrong("header %s is %q, not %q", header, got, want)
		}
	}
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		unpacked, err := gzip.NewReader(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		body = unpacked
	}
	text, err := io.ReadAll(body)
	if err != nil || len(text) > largestRequest {
		s.wrong("a request of %d bytes (%v)", len(text), err)
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	var request collector.ExportTraceServiceRequest
	if err := proto.Unmarshal(text, &request); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, resource := range request.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			s.spans = append(s.spans, scope.Spans...)
		}
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
}

func (s *Server) score(w http.ResponseWriter, r *http.Request) {
	var score Score
	if err := json.NewDecoder(r.Body).Decode(&score); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if problem := checkScore(score); problem != "" {
		s.wrong("score %s: %s", score.Name, problem)
		http.Error(w, problem, http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.posts++
	s.scores[score.ID] = score
	fmt.Fprintf(w, `{"id":%q}`, score.ID)
}

func checkScore(s Score) string {
	switch {
	case s.ID == "":
		return "no id of its own"
	case s.TraceID == "":
		return "of no trace"
	case s.Name == "":
		return "no name"
	case s.Value == nil:
		return "no value"
	case s.DataType == "BOOLEAN" && *s.Value != 0 && *s.Value != 1:
		return fmt.Sprintf("boolean %g", *s.Value)
	case s.DataType != "BOOLEAN" && s.DataType != "NUMERIC":
		return "data type " + s.DataType
	}
	return ""
}
