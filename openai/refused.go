package openai

import (
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"

	"selfrag/internal/httpjson"
)

// refusedFields remembers the fields of requests that the server refuses and that can be done without.
type refusedFields struct {
	mu    sync.Mutex
	names []string
}

// dispensable are the fields that an answer is still an answer without, the probabilities of tokens among them.
func dispensable() []string {
	return []string{
		"logprobs", "top_logprobs", "response_format", "stream_options", "repetition_penalty", "top_k", "temperature", "seed",
		"frequency_penalty", "presence_penalty", "top_p",
	}
}

// refusing is how servers word that they do not take a field.
var refusing = regexp.MustCompile(`(?i)support|allowed|permitted|forbidden|unknown|unrecogni[sz]ed|unexpected|extra|invalid`)

// learn reads a refusal and tells whether the request may be sent again without the fields that are refused now.
func (r *refusedFields) learn(sent map[string]any, err error) bool {
	var status *httpjson.StatusError
	if !errors.As(err, &status) || !refusing.MatchString(status.Message) || strings.Contains(strings.ToLower(status.Message), "invalid schema") {
		return false
	}
	switch status.Status {
	case http.StatusBadRequest, http.StatusForbidden, http.StatusUnprocessableEntity:
	default:
		return false
	}
	var found []string
	if _, asked := sent["max_tokens"]; asked && strings.Contains(status.Message, "max_completion_tokens") {
		found = append(found, "max_tokens")
	}
	for _, name := range dispensable() {
		if _, asked := sent[name]; asked && regexp.MustCompile(`\b`+name+`\b`).MatchString(status.Message) {
			found = append(found, name)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, name := range found {
		if !slices.Contains(r.names, name) {
			r.names = append(r.names, name)
		}
	}
	return len(found) > 0
}

// strip takes out of a request what the server has refused. The limit of tokens has a newer name, which older servers ignore.
func (r *refusedFields) strip(fields map[string]any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, name := range r.names {
		if limit, asked := fields[name]; asked && name == "max_tokens" {
			fields["max_completion_tokens"] = limit
		}
		delete(fields, name)
	}
	if fields["logprobs"] == nil {
		delete(fields, "top_logprobs") // which is refused alone
	}
}

// has tells whether the server refuses a field.
func (r *refusedFields) has(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Contains(r.names, name)
}
