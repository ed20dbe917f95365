package httpjson

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// inside returns the failure that an answer with status 200 reports, or nil if
// it reports none. Gateways to other services send such answers.
func (c *Client) inside(u *url.URL, answer []byte, header http.Header) *StatusError {
	if !bytes.Contains(answer, []byte(`error`)) && !bytes.Contains(answer, []byte(`"success"`)) {
		return nil
	}
	object := answer
	if list := []json.RawMessage(nil); json.Unmarshal(answer, &list) == nil && len(list) == 1 {
		object = list[0]
	}
	var report struct {
		Error   any `json:"error"`
		Object  any `json:"object"`
		Success any `json:"success"`
	}
	if json.Unmarshal(object, &report) != nil {
		return nil //nolint:nilerr // only an object can report a failure
	}
	switch e := report.Error.(type) {
	case string:
		if e == "" {
			return nil
		}
	case map[string]any:
		if len(e) == 0 {
			return nil
		}
	case bool:
		if !e {
			return nil
		}
	default:
		if report.Object != "error" && report.Success != false {
			return nil
		}
	}
	return c.Failure(u.Host, object, header)
}

// Failure returns the error that came inside an answer, as {"error": ...} or as
// the error object itself. Its status is read from its code, or else from its
// words.
func (c *Client) Failure(host string, answer []byte, header http.Header) *StatusError {
	e := c.refusal(&url.URL{Host: host}, 0, answer, header)
	e.Status = statusIn(answer, e)
	return e
}

// statusIn returns the HTTP status that a failure stands for.
func statusIn(answer []byte, e *StatusError) int {
	var object map[string]any
	if json.Unmarshal(answer, &object) == nil {
		inner, _ := object["error"].(map[string]any)
		for _, from := range []map[string]any{inner, object} {
			for _, key := range []string{"code", "status", "status_code"} {
				if n := statusOf(from[key]); n != 0 {
					return n
				}
			}
		}
	}
	words := strings.ToLower(e.Code + " " + e.Said)
	for _, known := range []struct {
		status int
		words  []string
	}{
		{http.StatusTooManyRequests, []string{"rate limit", "rate_limit", "too many", "too_many", "resource_exhausted", "throttl", "quota"}},
		{http.StatusUnauthorized, []string{"api key", "api_key", "unauthenticated", "unauthorized", "authentication"}},
		{http.StatusNotFound, []string{"not found", "not_found", "does not exist"}},
		{http.StatusServiceUnavailable, []string{"overloaded", "unavailable", "capacity", "loading"}},
		{http.StatusBadRequest, []string{"invalid", "bad request", "bad_request", "badrequest", "not supported", "unsupported", "context", "content_filter"}},
	} {
		for _, w := range known.words {
			if strings.Contains(words, w) {
				return known.status
			}
		}
	}
	return http.StatusInternalServerError
}

// statusOf parses a status, which some servers write as a text. It returns 0
// for anything else.
func statusOf(value any) int {
	n := 0
	switch v := value.(type) {
	case float64:
		n = int(v)
	case string:
		n, _ = strconv.Atoi(v)
	}
	if n < 400 || n > 599 {
		return 0
	}
	return n
}
