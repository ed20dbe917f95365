package ollama

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/ollama/ollama/api"
)

// ErrUnfinished is wrapped by errors about an answer that ended before the
// server said that it was complete. The connection was lost, the server was
// stopped, or the server gave up on a model that repeated one token more than
// 30 times.
var ErrUnfinished = errors.New("the answer was broken off")

// GaveUpError says that the server ended an answer before it was complete,
// although the connection was intact. The server does this if a model repeats
// one token more than 30 times. GaveUpError wraps [ErrUnfinished].
type GaveUpError struct {
	Address string // base URL of the server
	Text    string // text that the model had written
}

func (e *GaveUpError) Error() string {
	return fmt.Sprintf("%v by Ollama at %s after %d bytes, as it does when a model repeats one token more than 30 times", ErrUnfinished, e.Address, len(e.Text))
}

func (e *GaveUpError) Unwrap() error { return ErrUnfinished }

// Written returns the text that the model had written, for callers that can use
// a part of an answer.
func (e *GaveUpError) Written() string { return e.Text }

// UnreachableError says that no connection to the server could be made, or that
// the connection was lost.
type UnreachableError struct {
	Address string // base URL of the server
	Err     error  // error of the network
}

func (e *UnreachableError) Error() string {
	return fmt.Sprintf("cannot reach Ollama at %s: %v; start it with `ollama serve`", e.Address, e.Err)
}

func (e *UnreachableError) Unwrap() error { return e.Err }

// Unreachable returns true: the model cannot be used.
func (e *UnreachableError) Unreachable() bool { return true }

// BrokenOff reports whether the connection was lost after an answer had begun.
// If so, sending the same request again may succeed.
func (e *UnreachableError) BrokenOff() bool { return errors.Is(e.Err, ErrUnfinished) }

// ModelMissingError says that the server runs but does not have the model.
type ModelMissingError struct {
	Model string
}

func (e *ModelMissingError) Error() string {
	return fmt.Sprintf("Ollama does not have the model %s; get it with `ollama pull %s`", e.Model, e.Model)
}

// Unreachable returns true: the model cannot be used.
func (e *ModelMissingError) Unreachable() bool { return true }

// ContextError says that a prompt or a text to embed has more tokens than the
// context of the model.
type ContextError struct {
	Model         string
	ContextTokens int   // requested size of the context; 0 if the server chose it
	Err           error // error that the server reported
}

func (e *ContextError) Error() string {
	size := "the model's context"
	if e.ContextTokens > 0 {
		size = fmt.Sprintf("a context of %d tokens", e.ContextTokens)
	}
	return fmt.Sprintf("the prompt for %s does not fit into %s (%v); shorten it or enlarge the context", e.Model, size, e.Err)
}

func (e *ContextError) Unwrap() error { return e.Err }

// ContextExceeded returns true: a shorter prompt may succeed.
func (e *ContextError) ContextExceeded() bool { return true }

// ServerError is a refusal or failure that the server reported.
type ServerError struct {
	Address string // base URL of the server
	Status  int    // HTTP status, such as 503 for a full queue; 200 if the answer had begun
	Message string // message of the server
}

func (e *ServerError) Error() string {
	if e.Status < http.StatusMultipleChoices {
		return fmt.Sprintf("Ollama at %s failed: %s", e.Address, e.Message)
	}
	return fmt.Sprintf("Ollama at %s answered %d %s: %s", e.Address, e.Status, http.StatusText(e.Status), e.Message)
}

// explain returns an error of this package for err, the result of a call to the
// API. It returns nil only if err is nil, the context has not ended and the
// exchange has no error. It checks the context first, because the end of the
// context causes other errors.
func (c *Client) explain(ctx context.Context, model string, x *exchange, err error) error {
	if ended := ctx.Err(); ended != nil {
		return fmt.Errorf("stopped while Ollama at %s was at work: %w", c.Address(), ended)
	}
	var status api.StatusError
	var denied api.AuthorizationError
	switch {
	case errors.As(err, &status):
		return c.refusal(model, status.StatusCode, status.ErrorMessage)
	case errors.As(err, &denied):
		return c.refusal(model, denied.StatusCode, "sign in with `ollama signin`")
	case x.status >= http.StatusMultipleChoices && x.status < http.StatusBadRequest:
		return &ServerError{Address: c.Address(), Status: x.status,
			Message: excerpt(fmt.Sprintf("it redirects to %q, which is not followed; if that is Ollama, use its address", x.location))}
	case x.status >= http.StatusBadRequest:
		// api.Client returns no error for an error status without a body.
		return c.refusal(model, x.status, "no reason given")
	case x.err != nil && x.status != 0:
		return &UnreachableError{Address: c.Address(), Err: fmt.Errorf("%w: %w", ErrUnfinished, x.err)}
	case x.err != nil:
		// No response arrived. A transport has many reasons for that, and most
		// have no error type.
		return &UnreachableError{Address: c.Address(), Err: x.err}
	case err != nil && !strings.Contains(x.contentType, "json"):
		return &ServerError{Address: c.Address(), Status: x.status,
			Message: fmt.Sprintf("a server other than Ollama seems to be at this address; it sent %q", excerpt(err.Error()))}
	case err != nil:
		return &ServerError{Address: c.Address(), Status: x.status, Message: excerpt(err.Error())}
	}
	return nil
}

func (c *Client) refusal(model string, status int, message string) error {
	message = excerpt(message)
	refused := &ServerError{Address: c.Address(), Status: status, Message: message}
	switch {
	case status == http.StatusNotFound && strings.Contains(message, "model") && strings.Contains(message, "not found"):
		return &ModelMissingError{Model: model}
	case strings.Contains(message, "exceeds the context length"), strings.Contains(message, "exceeds maximum context length"):
		return &ContextError{Model: model, ContextTokens: c.contextTokens(model), Err: refused}
	}
	return refused
}

// excerpt shortens a message so that it fits a terminal. A server other than
// Ollama may answer with a page of HTML.
func excerpt(s string) string {
	const most = 300
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}
