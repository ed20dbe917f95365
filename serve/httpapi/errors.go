package httpapi

import (
	"cmp"
	"context"
	"errors"
	"math"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"selfrag/fault"
	"selfrag/serve"
)

// failure holds an error in the form in which it is sent to the client.
type failure struct {
	status  int
	code    string
	param   string
	message string
	after   time.Duration
}

func failureOf(err error) failure {
	var known *serve.Error
	var many *tooMany
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &known):
		return knownFailure(known)
	case errors.As(err, &large):
		return failure{http.StatusRequestEntityTooLarge, string(serve.TooLarge), "", "the body is larger than " + strconv.FormatInt(large.Limit, 10) + " bytes", 0}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return failure{http.StatusRequestTimeout, string(fault.BodyTimedOut), "", "the body took too long to arrive", 0}
	case errors.As(err, &many):
		return failure{http.StatusTooManyRequests, string(serve.TooMany), "", many.message, many.after}
	}
	return failure{http.StatusInternalServerError, string(serve.Internal), "", "the server failed; its log says why, under the id of this request", 0}
}

// StatusOf returns the HTTP status for an error of a Scope, and 200 for nil.
func StatusOf(err error) int {
	if err == nil {
		return http.StatusOK
	}
	return failureOf(err).status
}

func knownFailure(known *serve.Error) failure {
	f := failure{known.Kind.Status(), string(known.Kind), known.Param, known.Message, 0}
	switch known.Kind {
	case serve.TooMany, serve.Unavailable, serve.ShuttingDown:
		f.after = cmp.Or(known.After, 5*time.Second)
	}
	return f
}

// malformed returns the *serve.Error for a body that could not be read, because
// it is too large, too slow or incomplete.
func malformed(err error) error {
	f := failureOf(err)
	switch f.status {
	case http.StatusRequestEntityTooLarge:
		return &serve.Error{Kind: serve.TooLarge, Message: f.message, Err: err}
	case http.StatusRequestTimeout:
		return &serve.Error{Kind: fault.BodyTimedOut, Message: f.message, Err: err}
	}
	return &serve.Error{Kind: serve.Invalid, Message: "the body is cut short or malformed", Err: err}
}

// fail answers with an error in the form of the called API. If the answer has
// begun, fail only logs the error, because the handler has already reported it
// to the client.
func (s *Server) fail(x *exchange, err error) {
	var known *serve.Error
	if errors.As(err, &known) && known.Kind == serve.Gone {
		return
	}
	f := failureOf(err)
	if f.status >= http.StatusInternalServerError {
		s.cfg.Log.ErrorContext(context.WithoutCancel(x.ctx()), "request failed", "request", x.id, "error", err)
	}
	if x.w.status != 0 {
		return
	}
	if f.status == http.StatusRequestTimeout || f.status == http.StatusRequestEntityTooLarge {
		x.w.Header().Set("Connection", "close") // the rest of the body stays unread
	}
	if f.after > 0 {
		x.w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(f.after.Seconds())))))
	}
	if f.status == http.StatusUnauthorized {
		x.w.Header().Set("WWW-Authenticate", `Bearer realm="selfrag"`)
	}
	_ = writeJSON(x, f.status, errorBody(x, f)) // the body holds only strings, so this cannot fail
}

// errorBody returns the error in OpenAI's form under /v1, and in the form of
// this program's own API elsewhere.
func errorBody(x *exchange, f failure) any {
	if !strings.HasPrefix(x.r.URL.Path, "/v1/") {
		return map[string]any{"error": ownError{f.code, f.message, f.param, x.id}}
	}
	e := openAIError{Message: f.message, Type: openAIType(f.status), Code: f.code}
	if f.param != "" {
		e.Param = &f.param
	}
	switch {
	case f.status == http.StatusUnauthorized:
		e.Code = "invalid_api_key"
	case f.status == http.StatusTooManyRequests:
		e.Code = "rate_limit_exceeded"
	case f.status == http.StatusNotFound && f.param == "model":
		e.Code = "model_not_found"
	}
	return map[string]any{"error": e}
}

type ownError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Param   string `json:"param,omitempty"`
	Request string `json:"request_id"`
}

type openAIError struct {
	Message string  `json:"message"`
	Type    string  `json:"type"`
	Param   *string `json:"param"`
	Code    string  `json:"code"`
}

func openAIType(status int) string {
	switch {
	case status == http.StatusUnauthorized:
		return "authentication_error"
	case status == http.StatusForbidden:
		return "permission_error"
	case status == http.StatusTooManyRequests:
		return "rate_limit_error"
	case status >= http.StatusInternalServerError:
		return "server_error"
	}
	return "invalid_request_error"
}

// notAllowed returns a handler for the methods that a path does not allow.
func notAllowed(allowed []string) func(*Server, *exchange) error {
	slices.Sort(allowed)
	return func(_ *Server, x *exchange) error {
		x.w.Header().Set("Allow", strings.Join(allowed, ", "))
		return &serve.Error{Kind: fault.MethodNotAllowed, Message: "this route takes " + strings.Join(allowed, ", ")}
	}
}
