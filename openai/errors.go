package openai

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"selfrag/internal/httpjson"
)

// ErrUnfinished is wrapped by errors about an answer that ended before the
// server said that it was complete.
var ErrUnfinished = errors.New("the answer was broken off")

// UnfinishedError says that an answer ended before the server said that it was
// complete. It wraps [ErrUnfinished].
type UnfinishedError struct {
	Address string // URL of the server
	Bytes   int    // length of the text that arrived
	Err     error  // cause; nil if the server stopped without an error
}

func (e *UnfinishedError) Error() string {
	why := ""
	if e.Err != nil {
		why = ": " + e.Err.Error()
	}
	return fmt.Sprintf("%v by %s after %d bytes%s", ErrUnfinished, e.Address, e.Bytes, why)
}

func (e *UnfinishedError) Unwrap() error { return ErrUnfinished }

// BrokenOff returns true: the answer broke off, and sending the same request
// again may succeed.
func (e *UnfinishedError) BrokenOff() bool { return true }

// UnreachableError says that the server cannot be used now. Nothing answers at
// the address, or the server stayed too busy or broken through all tries.
type UnreachableError struct {
	Address string // URL of the server
	Err     error
}

func (e *UnreachableError) Error() string { return e.Err.Error() }
func (e *UnreachableError) Unwrap() error { return e.Err }

// BrokenOff reports whether the connection was lost after an answer had begun.
func (e *UnreachableError) BrokenOff() bool { return errors.Is(e.Err, httpjson.ErrBrokenOff) }

// silent reports whether nothing answered at the address.
func (e *UnreachableError) silent() bool {
	var inner *httpjson.UnreachableError
	return errors.As(e.Err, &inner) && !inner.Answers()
}

// Unreachable returns true: the model cannot be used.
func (e *UnreachableError) Unreachable() bool { return true }

// KeyError says that the server refused the key, or that it requires one.
type KeyError struct {
	Address string // URL of the server
	Err     error  // what the server said
}

func (e *KeyError) Error() string {
	return fmt.Sprintf("%v; set OPENAI_API_KEY to a key of the server at %s", e.Err, e.Address)
}

func (e *KeyError) Unwrap() error { return e.Err }

// Unreachable returns true: the model cannot be used.
func (e *KeyError) Unreachable() bool { return true }

// ModelMissingError says that the server runs but does not have the model.
type ModelMissingError struct {
	Model   string
	Address string // URL of the server
}

func (e *ModelMissingError) Error() string {
	return fmt.Sprintf("the server at %s does not have the model %s; load it there, or choose one that %s/models lists", e.Address, e.Model, e.Address)
}

// Unreachable returns true: the model cannot be used.
func (e *ModelMissingError) Unreachable() bool { return true }

// ContextError says that a prompt has more tokens than the context of the
// model.
type ContextError struct {
	Model string
	Err   error // what the server said
}

func (e *ContextError) Error() string {
	return fmt.Sprintf("the prompt for %s does not fit into the model's context (%v); shorten it, or start the server with a larger context", e.Model, e.Err)
}

func (e *ContextError) Unwrap() error { return e.Err }

// ContextExceeded returns true: a shorter prompt may succeed.
func (e *ContextError) ContextExceeded() bool { return true }

// ServerError is any other refusal or failure that the server reported.
type ServerError struct {
	Address string // URL of the server
	Status  int    // HTTP status; 200 if the answer had begun
	Message string // message of the server
	Code    string // the server's code for the failure; may be empty
}

func (e *ServerError) Error() string {
	if e.Status < http.StatusBadRequest {
		return fmt.Sprintf("the server at %s failed: %s", e.Address, e.Message)
	}
	return fmt.Sprintf("the server at %s answered %d %s: %s", e.Address, e.Status, http.StatusText(e.Status), e.Message)
}

// Filtered reports whether the server refused the content of the prompt or the
// answer.
func (e *ServerError) Filtered() bool { return isFiltered(e.Code, e.Message) }

// explain converts the error of a request to an error of this package. It
// returns nil for nil. It checks the context first, because the end of the
// context causes other errors.
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

// isContext reports whether a refusal says that the prompt is too long. It
// recognises the codes of OpenAI and llama.cpp, and the wording of vLLM, LM
// Studio, llama-cpp-python and older servers of llama.cpp.
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

// isFiltered reports whether a failure is a refusal of content. It recognises
// the codes and the wording of Azure, OpenAI, OpenRouter and Google.
func isFiltered(code, message string) bool {
	message = strings.ToLower(code + " " + message)
	for _, words := range []string{"content_filter", "content filter", "content management policy", "content_policy", "content policy", "moderation", "responsible ai", "safety", "prohibited_content"} {
		if strings.Contains(message, words) {
			return true
		}
	}
	return false
}

// isModel reports whether status 404 means a missing model and not a missing
// page.
func isModel(code, message string) bool {
	return code == "model_not_found" || strings.Contains(strings.ToLower(message), "model")
}
