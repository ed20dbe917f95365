package langfusetest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
)

// Project holds the prompts and datasets of a server. It refuses the requests
// that Langfuse refuses.
type Project struct {
	mu       sync.Mutex
	prompts  map[string][]Prompt
	datasets map[string]string // ids by name
	items    map[string]Item   // by id
	order    []string          // ids of items
	requests []string
}

// register serves the project's part of the API.
func (s *Project) register(mux *http.ServeMux) {
	s.prompts, s.datasets, s.items = map[string][]Prompt{}, map[string]string{}, map[string]Item{}
	for pattern, serve := range map[string]func(*http.Request) (any, error){
		"GET /api/public/v2/prompts":                        s.listPrompts,
		"POST /api/public/v2/prompts":                       s.createPrompt,
		"GET /api/public/v2/prompts/{name}":                 s.getPrompt,
		"PATCH /api/public/v2/prompts/{name}/versions/{nr}": s.labelPrompt,
		"POST /api/public/v2/datasets":                      s.createDataset,
		"GET /api/public/dataset-items":                     s.listItems,
		"POST /api/public/dataset-items":                    s.putItem,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, serve) })
	}
}

// note records a request.
func (s *Project) note(r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r.Method+" "+r.URL.EscapedPath())
}

// Requests returns the requests so far, as "POST /path", and forgets them.
func (s *Project) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.requests
	s.requests = nil
	return out
}

// Hang is the status of a server that does not answer.
const Hang = -1

// Fail makes every request from now on fail with an HTTP status and repeat the
// keys that it came with, as a careless server may. 0 serves again, and Hang
// does not answer.
func (s *Server) Fail(status int) {
	switch status {
	case 0:
		s.Answer(nil)
	case Hang:
		s.Answer(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // otherwise the server does not notice that the client left
			<-r.Context().Done()
		})
	default:
		s.Answer(func(w http.ResponseWriter, r *http.Request) {
			public, secret, _ := r.BasicAuth()
			answer(w, nil, refuse(status, "no; you sent %s for %s/%s", r.Header.Get("Authorization"), public, secret))
		})
	}
}

// Environment returns the environment of a program that uses this server, as
// "KEY=VALUE".
func (s *Server) Environment() []string {
	return []string{"LANGFUSE_HOST=" + s.URL, "LANGFUSE_PUBLIC_KEY=" + PublicKey, "LANGFUSE_SECRET_KEY=" + SecretKey}
}

// refusal is an answer that is not a success.
type refusal struct {
	status  int
	message string
}

func (r refusal) Error() string { return r.message }

func refuse(status int, format string, args ...any) error {
	return refusal{status, fmt.Sprintf(format, args...)}
}

func (s *Project) serve(w http.ResponseWriter, r *http.Request, serve func(*http.Request) (any, error)) {
	s.mu.Lock()
	out, err := serve(r)
	s.mu.Unlock()
	answer(w, out, err)
}

func answer(w http.ResponseWriter, out any, err error) {
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

// body decodes a JSON body with known fields only.
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

// page returns the part of a list that a request asks for.
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
