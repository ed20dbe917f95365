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

// Kind is what is wrong, for whoever maps errors to a protocol.
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
	Gone         = fault.Canceled // nobody is there to be told
	Internal     = fault.Internal
)

// Error is an error that a caller may be told of.
type Error struct {
	Kind    Kind
	Param   string // the field that is wrong; may be empty
	Message string // a sentence for the caller, without inner workings
	Err     error  // for the log; may be nil
	// After is when the caller may try again, where a part says so.
	After time.Duration
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Message + ": " + e.Err.Error()
	}
	return e.Message
}

// Unwrap returns what went wrong inside.
func (e *Error) Unwrap() error { return e.Err }

// Fault is the kind, by which fault.Of knows the error.
func (e *Error) Fault() fault.Kind { return e.Kind }

func errorf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// Wrong says that a field of a request cannot be.
func Wrong(param, format string, args ...any) *Error {
	return &Error{Kind: Invalid, Param: param, Message: fmt.Sprintf(format, args...)}
}

// ErrShutdown is the cause with which requests end that outlive the server's
// patience.
var ErrShutdown = errors.New("the server is shutting down")

// explain makes an *Error of any error that a caller may be told of; nil of nil.
func explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	return explained(ctx, err)
}

// explained makes an *Error of an error. Messages of parts below name addresses,
// paths and other collections: they go to the log, not to the caller.
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
	case errors.Is(err, retrieval.ErrReembedding), errors.As(err, &changed):
		return &Error{Kind: Conflict, Message: "the collection is being changed over to another embedder: try again later", Err: err}
	case errors.Is(err, retrieval.ErrNoLexical):
		return &Error{Kind: Invalid, Param: "mode", Message: "this store cannot search lexically", Err: err}
	case errors.Is(err, session.ErrChanged):
		return &Error{Kind: Conflict, Message: "the session has changed meanwhile", Err: err}
	case errors.As(err, &name):
		return &Error{Kind: Invalid, Param: "session", Message: name.Error(), Err: err}
	case errors.As(err, &damaged): // its path holds its name, which may tell what was asked
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

// modelsWords is what a model that failed did in place of an answer, without what
// was being done.
func modelsWords(err error) string {
	var failed interface {
		error
		ModelFailed() bool
	}
	if errors.As(err, &failed) {
		return failed.Error()
	}
	return "the model brought nothing that can be used"
}

// comeBack is how long a part asks to wait before the next request; 0 where it does
// not.
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

// IsFull tells whether there was no room left to write.
func IsFull(err error) bool {
	return errors.Is(err, retrieval.ErrFull) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}

// isPassing tells errors that are no fault of what was asked and that go by
// themselves: a part cannot be reached, the disk is full, or the collection is
// being changed over to another embedder.
func isPassing(err error) bool {
	return IsFull(err) || fault.Is(err, fault.Unavailable) || errors.Is(err, retrieval.ErrReembedding)
}
