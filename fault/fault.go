// Package fault defines the kinds of errors for every edge of the program.
// Commands, HTTP and metrics ask [Of] for the kind, and read their exit code,
// status and label from one table.
//
// An error states its kind by a method Fault() [Kind]. An error about a part
// that cannot be reached or is missing (a server, a model, a library) states
// that by a method Unreachable() bool, and an error about a model that wrote
// nothing usable by a method ModelFailed() bool; their packages then need not
// import this one.
package fault

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// Kind is a kind of error. Its text is the code in the JSON of the HTTP API.
type Kind string

// The kinds of errors.
const (
	None             Kind = ""
	Internal         Kind = "internal_error"
	Invalid          Kind = "invalid_request" // wrong usage of a command, a wrong request
	Unavailable      Kind = "unavailable"     // a part cannot be reached or is not there
	ModelFailed      Kind = "model_failed"    // the model wrote nothing usable
	Abstained        Kind = "abstained"       // the documents do not hold the answer
	Canceled         Kind = "client_gone"     // the caller has left
	TimedOut         Kind = "timed_out"
	ShuttingDown     Kind = "shutting_down"
	StorageFull      Kind = "storage_full"
	Unauthorised     Kind = "unauthorized"
	Forbidden        Kind = "forbidden"
	NotFound         Kind = "not_found"
	Conflict         Kind = "conflict"
	TooLarge         Kind = "too_large"
	Unsupported      Kind = "unsupported_media_type"
	TooMany          Kind = "rate_limited"
	MethodNotAllowed Kind = "method_not_allowed"
	BodyTimedOut     Kind = "request_timeout"
)

// The labels of kinds in metrics. There are few, because each label adds time
// series.
const (
	labelFailed      = "failed"
	labelUsage       = "usage"
	labelUnreachable = "unreachable"
	labelCanceled    = "canceled"
	labelModel       = "model"
)

// statusClientGone is nginx's status code. HTTP has none for a client that has
// left.
const statusClientGone = 499

// edge holds the codes of a kind at each edge.
type edge struct {
	exit   int    // exit code of a command
	status int    // HTTP status
	label  string // label in metrics
}

// of is the table of kinds.
func (k Kind) of() edge {
	switch k {
	case None:
		return edge{0, http.StatusOK, ""}
	case Invalid:
		return edge{2, http.StatusBadRequest, labelUsage}
	case Unavailable:
		return edge{3, http.StatusServiceUnavailable, labelUnreachable}
	case ModelFailed:
		return edge{1, http.StatusBadGateway, labelModel}
	case Abstained:
		return edge{4, http.StatusOK, ""}
	case Canceled:
		return edge{130, statusClientGone, labelCanceled}
	case TimedOut:
		return edge{1, http.StatusGatewayTimeout, labelFailed}
	case ShuttingDown:
		return edge{1, http.StatusServiceUnavailable, labelFailed}
	case StorageFull:
		return edge{1, http.StatusInsufficientStorage, labelFailed}
	case Unauthorised:
		return edge{1, http.StatusUnauthorized, labelFailed}
	case Forbidden:
		return edge{1, http.StatusForbidden, labelFailed}
	case NotFound:
		return edge{1, http.StatusNotFound, labelFailed}
	case Conflict:
		return edge{1, http.StatusConflict, labelFailed}
	case TooLarge:
		return edge{1, http.StatusRequestEntityTooLarge, labelFailed}
	case Unsupported:
		return edge{1, http.StatusUnsupportedMediaType, labelFailed}
	case TooMany:
		return edge{1, http.StatusTooManyRequests, labelFailed}
	case MethodNotAllowed:
		return edge{1, http.StatusMethodNotAllowed, labelFailed}
	case BodyTimedOut:
		return edge{1, http.StatusRequestTimeout, labelFailed}
	}
	return edge{1, http.StatusInternalServerError, labelFailed} // Internal
}

// Exit returns the exit code of a command that ends with an error of this kind.
func (k Kind) Exit() int { return k.of().exit }

// Status returns the HTTP status of an answer that reports an error of this
// kind.
func (k Kind) Status() int { return k.of().status }

// Label returns the kind's label in metrics: usage, unreachable, model, canceled
// or failed. It returns "" for kinds that are not errors.
func (k Kind) Label() string { return k.of().label }

// Of returns the kind of an error. That is the outermost kind in the error's
// chain. If there is none, it is Unavailable if a part is unreachable, else
// ModelFailed if the model wrote nothing usable, else Canceled if a context was
// canceled, else Internal. Of returns None for nil.
func Of(err error) Kind {
	var known interface{ Fault() Kind }
	var part interface{ Unreachable() bool }
	var model interface{ ModelFailed() bool }
	switch {
	case err == nil:
		return None
	case errors.As(err, &known):
		return known.Fault()
	case errors.As(err, &part) && part.Unreachable():
		return Unavailable
	case errors.As(err, &model) && model.ModelFailed():
		return ModelFailed
	case errors.Is(err, context.Canceled):
		return Canceled
	}
	return Internal
}

// Is reports whether an error is of the given kind.
func Is(err error, kind Kind) bool { return Of(err) == kind }

// As gives an error a kind. It returns nil for nil.
func As(kind Kind, err error) error {
	if err == nil {
		return nil
	}
	return kindError{kind, err}
}

// Usage marks an error as wrong usage. It returns nil for nil.
func Usage(err error) error { return As(Invalid, err) }

// Usagef is like fmt.Errorf for an error of wrong usage.
func Usagef(format string, args ...any) error { return Usage(fmt.Errorf(format, args...)) }

// Unreachable marks an error as one about a part that cannot be reached. Its
// text must say which part, where it is, and what to do. Unreachable returns
// nil for nil.
func Unreachable(err error) error { return As(Unavailable, err) }

// Unreachablef is like fmt.Errorf for an error about a part that cannot be
// reached.
func Unreachablef(format string, args ...any) error { return Unreachable(fmt.Errorf(format, args...)) }

// kindError is an error with a kind.
type kindError struct {
	kind Kind
	err  error
}

func (e kindError) Error() string { return e.err.Error() }
func (e kindError) Unwrap() error { return e.err }

// Fault returns the kind, for Of.
func (e kindError) Fault() Kind { return e.kind }
