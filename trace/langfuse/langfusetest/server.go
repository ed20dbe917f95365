// Package langfusetest is a Langfuse for tests: prompts, datasets, scores and
// spans over real HTTP. It holds every request to the rules of Langfuse's
// published API, and refuses what that refuses.
package langfusetest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
)

// The keys of the only project.
const (
	PublicKey = "pk-lf-11111111-2222"
	SecretKey = "sk-lf-33333333-4444"
)

// Server is one project of a Langfuse.
type Server struct {
	*httptest.Server

	mu       sync.Mutex
	prompts  map[string][]Prompt
	datasets map[string]string          // ids by name
	items    map[string]json.RawMessage // by id
	owners   map[string]string          // of items: the dataset's name
	order    []string                   // ids of items
	scores   map[string]Score
	spans    []Span
	requests []string
	fail     int
	hung     chan struct{}
}

// New starts one, which ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{
		prompts: map[string][]Prompt{}, datasets: map[string]string{}, items: map[string]json.RawMessage{}, owners: map[string]string{},
		scores: map[string]Score{}, hung: make(chan struct{}),
	}
	mux := http.NewServeMux()
	for pattern, serve := range map[string]func(*http.Request) (any, error){
		"GET /api/public/projects":                          s.projects,
		"GET /api/public/v2/prompts":                        s.listPrompts,
		"POST /api/public/v2/prompts":                       s.createPrompt,
		"GET /api/public/v2/prompts/{name}":                 s.getPrompt,
		"PATCH /api/public/v2/prompts/{name}/versions/{nr}": s.labelPrompt,
		"POST /api/public/v2/datasets":                      s.createDataset,
		"GET /api/public/dataset-items":                     s.listItems,
		"POST /api/public/dataset-items":                    s.putItem,
		"POST /api/public/scores":                           s.putScore,
		"POST /api/public/otel/v1/traces":                   s.putSpans,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, serve) })
	}
	s.Server = httptest.NewServer(mux)
	t.Cleanup(func() {
		close(s.hung)
		s.Close()
	})
	return s
}

// Fail makes every request from now on fail with an HTTP status: 0 serves
// again, and Hang never answers.
func (s *Server) Fail(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = status
}

// Hang is the status of a server that does not answer.
const Hang = -1

// Requests lists what was asked so far, as "POST /path", and forgets it.
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.requests
	s.requests = nil
	return out
}

// Environment is that of a program that uses this server, as "KEY=VALUE".
func (s *Server) Environment() []string {
	return []string{"LANGFUSE_BASE_URL=" + s.URL, "LANGFUSE_HOST=" + s.URL, "LANGFUSE_PUBLIC_KEY=" + PublicKey, "LANGFUSE_SECRET_KEY=" + SecretKey}
}

// refusal is an answer that is no success.
type refusal struct {
	status  int
	message string
}

func (r refusal) Error() string { return r.message }

func refuse(status int, format string, args ...any) error {
	return refusal{status, fmt.Sprintf(format, args...)}
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, serve func(*http.Request) (any, error)) {
	s.mu.Lock()
	s.requests = append(s.requests, r.Method+" "+r.URL.EscapedPath())
	fail := s.fail
	s.mu.Unlock()
	public, secret, _ := r.BasicAuth()
	var out any
	var err error
	switch {
	case fail == Hang:
		select {
		case <-r.Context().Done():
		case <-s.hung:
		}
		return
	case fail != 0:
		// A careless server that repeats what it was sent.
		err = refuse(fail, "no; you sent %s for %s/%s", r.Header.Get("Authorization"), public, secret)
	case public != PublicKey || secret != SecretKey:
		err = refuse(http.StatusUnauthorized, "Invalid credentials. Confirm that you've configured the correct host.")
	default:
		s.mu.Lock()
		out, err = serve(r)
		s.mu.Unlock()
	}
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		status := http.StatusInternalServerError
		if refused, ok := err.(refusal); ok { //nolint:errorlint // made here, not wrapped
			status = refused.status
		}
		w.WriteHeader(status)
		out = map[string]string{"message": err.Error(), "error": http.StatusText(status)}
	}
	_ = json.NewEncoder(w).Encode(out)
}

// body reads a JSON body that has known fields only.
func body(r *http.Request, into any) error {
	if got := r.Header.Get("Content-Type"); got != "application/json" {
		return refuse(http.StatusBadRequest, "the body is %q", got)
	}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return refuse(http.StatusBadRequest, "Invalid request data: %v", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return refuse(http.StatusBadRequest, "more than one body")
	}
	return nil
}

// page is the part of a list that a request asks for.
func page[T any](query url.Values, all []T) (any, error) {
	number, limit := 1, 50
	for key, to := range map[string]*int{"page": &number, "limit": &limit} {
		if text := query.Get(key); text != "" {
			if _, err := fmt.Sscan(text, to); err != nil || *to < 1 {
				return nil, refuse(http.StatusBadRequest, "%s %q", key, text)
			}
		}
	}
	if limit > 100 {
		return nil, refuse(http.StatusBadRequest, "limit %d", limit)
	}
	from := min((number-1)*limit, len(all))
	to := min(from+limit, len(all))
	return map[string]any{
		"data": append([]T{}, all[from:to]...),
		"meta": map[string]int{"page": number, "limit": limit, "totalItems": len(all), "totalPages": (len(all) + limit - 1) / limit},
	}, nil
}

func (s *Server) projects(*http.Request) (any, error) {
	return map[string]any{"data": []any{map[string]string{"id": "p1", "name": "selfrag-test"}}}, nil
}
