package serve

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"selfrag/fault"
	"selfrag/retrieval"
	"selfrag/session"
)

// Kind is the kind of an error. A protocol chooses its status code by the kind.
type Kind = fault.Kind

// The kinds of errors.
const (
	Invalid      = fault.Invalid
	Unauthorised = fault.Unauthorised
	Forbidden    = fault.Forbidden
	NotFound     = fault.NotFound
	Conflict     = fault.Conflict
	TooLarge     = fault.TooLarge
	Unsupported  = fault.Unsupported
	TooMany      = fault.TooMany
	Unavailable  = fault.Unavailable
	ShuttingDown = fault.ShuttingDown
	TimedOut     = fault.TimedOut
	StorageFull  = fault.StorageFull
	Gone         = fault.Canceled // the client is gone, so nobody reads the answer
	Internal     = fault.Internal
)

// Error is an error whose message may be shown to the caller.
type Error struct {
	Kind    Kind
	Param   string // the field that is wrong; may be empty
	Message string // a sentence for the caller, without inner workings
	Err     error  // for the log; may be nil
	// After is how long the caller should wait before the next try; 0 if no part
	// says so.
	After time.Duration
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Message + ": " + e.Err.Error()
	}
	return e.Message
}

// Unwrap returns the inner error, which is for the log.
func (e *Error) Unwrap() error { return e.Err }

// Fault returns the kind of the error for fault.Of.
func (e *Error) Fault() fault.Kind { return e.Kind }

func errorf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// Wrong returns an error about an invalid value in a field of a request. param
// names the field.
func Wrong(param, format string, args ...any) *Error {
	return &Error{Kind: Invalid, Param: param, Message: fmt.Sprintf(format, args...)}
}

// ErrShutdown is the cancellation cause of requests that are still running when
// the server stops waiting for them.
var ErrShutdown = errors.New("the server is shutting down")

// explain turns any error into an *Error that a caller may read. It returns nil
// for nil.
func explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	return explained(ctx, err)
}

// explained turns an error into an *Error. The message of an error from a lower
// package goes to the log and not to the caller, because it may contain
// addresses, paths and the names of other collections.
func explained(ctx context.Context, err error) *Error {
	var known *Error
	var name *session.NameError
	var damaged *session.DamagedError
	var changed *retrieval.EmbedderMismatchError
	switch cause := context.Cause(ctx); {
	case errors.As(err, &known):
		return known
	case errors.Is(cause, ErrShutdown):
		return &Error{Kind: ShuttingDown, Message: "the server is shutting down: send the request again", Err: err}
	case ctx.Err() != nil && errors.Is(cause, context.DeadlineExceeded):
		return &Error{Kind: TimedOut, Message: "the request took longer than the server allows", Err: err}
	case ctx.Err() != nil:
		return &Error{Kind: Gone, Message: "the client went away", Err: err}
	case errors.Is(err, retrieval.ErrUnknownCollection):
		return &Error{Kind: NotFound, Message: "there is no such collection", Err: err}
	case errors.Is(err, retrieval.ErrUnknownDocument):
		return &Error{Kind: NotFound, Message: "there is no such document, or it has changed since", Err: err}
	case errors.Is(err, retrieval.ErrTaken):
		return &Error{Kind: Conflict, Message: "the name is taken: choose another, or remove what has it", Err: err}
	case errors.Is(err, retrieval.ErrReembedding), errors.As(err, &changed):
		return &Error{Kind: Conflict, Message: "the collection is being switched to another embedder: try again later", Err: err}
	case errors.Is(err, retrieval.ErrNoLexical):
		return &Error{Kind: Invalid, Param: "mode", Message: "this store cannot search lexically", Err: err}
	case errors.Is(err, session.ErrChanged):
		return &Error{Kind: Conflict, Message: "the session has changed meanwhile", Err: err}
	case errors.As(err, &name):
		return &Error{Kind: Invalid, Param: "session", Message: name.Error(), Err: err}
	case errors.As(err, &damaged): // its path contains the session's name, which may reveal the question
		err = errors.New("a session's file is damaged: `selfrag sessions list` says which")
	case IsFull(err):
		return &Error{Kind: StorageFull, Message: "the server's disk is full", Err: err}
	case fault.Is(err, fault.ModelFailed):
		return &Error{Kind: fault.ModelFailed, Message: modelsWords(err), Err: err}
	case fault.Is(err, fault.Unavailable) && comeBack(err) > 0:
		after := comeBack(err)
		return &Error{Kind: Unavailable, Message: "a part that the server needs asks for fewer requests: try again in " + after.Round(time.Second).String(), After: after, Err: err}
	case fault.Is(err, fault.Unavailable):
		return &Error{Kind: Unavailable, Message: "a part that the server needs (store or model) cannot be reached: try again later", Err: err}
	}
	return &Error{Kind: Internal, Message: "the server failed; its log says why, under the id of this request", Err: err}
}

// modelsWords returns what a failed model did instead of answering, without the
// step that called it.
func modelsWords(err error) string {
	var failed interface {
		error
		ModelFailed() bool
	}
	if errors.As(err, &failed) {
		return failed.Error()
	}
	return "the model wrote nothing usable"
}

// comeBack returns how long a part asks to wait before the next request, or 0.
func comeBack(err error) time.Duration {
	var busy interface{ ComeBack() time.Duration }
	if !errors.As(err, &busy) {
		return 0
	}
	if after := busy.ComeBack(); after >= time.Second {
		return after
	}
	return 0
}

// IsFull reports whether an error says that there is no room left to write.
func IsFull(err error) bool {
	return errors.Is(err, retrieval.ErrFull) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}

// isPassing reports whether an error is temporary and not caused by the
// request. It returns true if a part cannot be reached, if the disk is full, or
// if the collection is being changed to another embedder.
func isPassing(err error) bool {
	return IsFull(err) || fault.Is(err, fault.Unavailable) || errors.Is(err, retrieval.ErrReembedding)
}
