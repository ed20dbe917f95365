package openai

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"selfrag/internal/httpjson"
)

// ErrUnfinished is wrapped by errors about an answer that ended before the server said it was complete.
var ErrUnfinished = errors.New("the answer was broken off")

// UnfinishedError says that an answer ended before the server said it was complete. It wraps [ErrUnfinished].
type UnfinishedError struct {
	Address string // URL of the server
	Bytes   int    // length of the text that arrived
	Err     error  // cause; nil if the server just stopped
}

func (e *UnfinishedError) Error() string {
	why := ""
	if e.Err != nil {
		why = ": " + e.Err.Error()
	}
	return fmt.Sprintf("%v by %s after %d bytes%s", ErrUnfinished, e.Address, e.Bytes, why)
}

func (e *UnfinishedError) Unwrap() error { return ErrUnfinished }

// BrokenOff reports that the answer broke off. The same request may succeed.
func (e *UnfinishedError) BrokenOff() bool { return true }

// UnreachableError says that the server cannot be used now: nothing answers at the address, or it stayed too busy or broken
// through all tries.
type UnreachableError struct {
	Address string // URL of the server
	Err     error
}

func (e *UnreachableError) Error() string { return e.Err.Error() }
func (e *UnreachableError) Unwrap() error { return e.Err }

// BrokenOff reports whether an answer had begun and broke off.
func (e *UnreachableError) BrokenOff() bool { return errors.Is(e.Err, httpjson.ErrBrokenOff) }

// silent reports whether nothing answers at all.
func (e *UnreachableError) silent() bool {
	var inner *httpjson.UnreachableError
	return errors.As(e.Err, &inner) && !inner.Answers()
}

// Unreachable reports that the part cannot be used.
func (e *UnreachableError) Unreachable() bool { return true }

// KeyError says that the server does not take the key, or wants one.
type KeyError struct {
	Address string // URL of the server
	Err     error  // what the server said
}

func (e *KeyError) Error() string {
	return fmt.Sprintf("%v; set OPENAI_API_KEY to a key of the server at %s", e.Err, e.Address)
}

func (e *KeyError) Unwrap() error { return e.Err }

// Unreachable reports that the part cannot be used.
func (e *KeyError) Unreachable() bool { return true }

// ModelMissingError says that the server is there but does not have the model.
type ModelMissingError struct {
	Model   string
	Address string // URL of the server
}

func (e *ModelMissingError) Error() string {
	return fmt.Sprintf("the server at %s does not have the model %s; load it there, or choose one that %s/models lists", e.Address, e.Model, e.Address)
}

// Unreachable reports that the part cannot be used.
func (e *ModelMissingError) Unreachable() bool { return true }

// ContextError says that a prompt has more tokens than the model has room for.
type ContextError struct {
	Model string
	Err   error // what the server said
}

func (e *ContextError) Error() string {
	return fmt.Sprintf("the prompt for %s does not fit into the model's context (%v); shorten it, or start the server with a larger context", e.Model, e.Err)
}

func (e *ContextError) Unwrap() error { return e.Err }

// ContextExceeded tells callers that a shorter prompt would help.
func (e *ContextError) ContextExceeded() bool { return true }

// ServerError is any other refusal or failure that the server reported.
type ServerError struct {
	Address string // URL of the server
	Status  int    // HTTP status; 200 when it failed amid an answer
	Message string // the server's words
	Code    string // the server's code for the failure; may be empty
}

func (e *ServerError) Error() string {
	if e.Status < http.StatusBadRequest {
		return fmt.Sprintf("the server at %s failed: %s", e.Address, e.Message)
	}
	return fmt.Sprintf("the server at %s answered %d %s: %s", e.Address, e.Status, http.StatusText(e.Status), e.Message)
}

// Filtered reports whether the server refused the content of the prompt or the answer.
func (e *ServerError) Filtered() bool { return isFiltered(e.Code, e.Message) }

// explain turns the error of a request into one of this package; nil stays nil. The context is asked first.
func (c *Client) explain(ctx context.Context, model string, err error) error {
	if err == nil {
		return nil
	}
	if ended := ctx.Err(); ended != nil {
		return fmt.Errorf("stopped while %s was at work: %w", c.address, ended)
	}
	var status *httpjson.StatusError
	if errors.As(err, &status) {
		switch {
		case isContext(status.Code, status.Said):
			return &ContextError{Model: model, Err: status}
		case isFiltered(status.Code, status.Said):
			return &ServerError{Address: c.address, Status: status.Status, Message: status.Message, Code: status.Code}
		case status.Status == http.StatusUnauthorized, status.Status == http.StatusForbidden:
			return &KeyError{Address: c.address, Err: status}
		case status.Status == http.StatusNotFound && model != "" && isModel(status.Code, status.Said):
			return &ModelMissingError{Model: model, Address: c.address}
		}
	}
	var unreachable *httpjson.UnreachableError
	switch {
	case errors.As(err, &unreachable):
		return &UnreachableError{Address: c.address, Err: unreachable}
	case status != nil:
		return &ServerError{Address: c.address, Status: status.Status, Message: status.Message, Code: status.Code}
	}
	return err
}

// isContext knows a prompt that is too long by OpenAI's and llama.cpp's codes, and by the words of vLLM, LM Studio,
// llama-cpp-python and older servers of llama.cpp.
func isContext(code, message string) bool {
	if code == "context_length_exceeded" || code == "exceed_context_size_error" {
		return true
	}
	message = strings.ToLower(message)
	for _, words := range []string{"maximum context length", "context size", "context length", "context window", "max_model_len"} {
		if strings.Contains(message, words) {
			for _, too := range []string{"exceed", "maximum", "longer", "too long", "larger", "greater", "overflow"} {
				if strings.Contains(message, too) {
					return true
				}
			}
		}
	}
	return false
}

// isFiltered reports whether a failure is a refusal of content, by the codes and words of Azure, OpenAI, OpenRouter and Google.
func isFiltered(code, message string) bool {
	message = strings.ToLower(code + " " + message)
	for _, words := range []string{"content_filter", "content filter", "content management policy", "content_policy", "content policy", "moderation", "responsible ai", "safety", "prohibited_content"} {
		if strings.Contains(message, words) {
			return true
		}
	}
	return false
}

// isModel tells a missing model from a missing page.
func isModel(code, message string) bool {
	return code == "model_not_found" || strings.Contains(strings.ToLower(message), "model")
}
