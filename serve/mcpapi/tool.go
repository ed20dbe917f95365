package mcpapi

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"selfrag/serve"
)

// arguments is implemented by the argument types of tools. named returns the
// collection that the arguments name.
type arguments interface{ named() string }

// tool is a tool with its description and its function. The schemas of the tool
// are made from the types In and Out.
type tool[In arguments, Out any] struct {
	name, title, description string
	// choices holds the possible values of some fields of In, by the JSON name
	// of the field.
	choices map[string][]any
	// light marks a tool that needs no slot, because it calls no model.
	light bool
	run   func(ctx context.Context, caller Caller, in In, tell func(string)) (Out, error)
}

// add registers the tool.
func add[In arguments, Out any](s *Server, t tool[In, Out]) error {
	input, err := jsonschema.For[In](nil)
	if err != nil {
		return fmt.Errorf("the input of tool %s: %w", t.name, err)
	}
	for field, values := range t.choices {
		input.Properties[field].Enum = values
	}
	s.inputs[t.name] = input
	here := false // no open world: the tool reads only the user's documents
	mcp.AddTool(s.sdk, &mcp.Tool{
		Name: t.name, Title: t.title, Description: t.description, InputSchema: input,
		Annotations: &mcp.ToolAnnotations{Title: t.title, ReadOnlyHint: true, OpenWorldHint: &here},
	}, func(ctx context.Context, req *mcp.CallToolRequest, in In) (_ *mcp.CallToolResult, out Out, err error) {
		ctx, caller, end := s.begin(ctx, req.Extra)
		defer end()
		call := Call{Caller: caller.ID, Tool: t.name, Collection: s.cfg.Service.CollectionOr(in.named()), Began: time.Now()}
		defer func() {
			if broken := recover(); broken != nil {
				s.cfg.Log.Error("a tool panicked", "tool", t.name, "panic", broken, "stack", string(debug.Stack()))
				call.Err = errors.New("broken")
				err = errFailed
			}
			s.observe(call)
		}()
		if !t.light {
			leave, err := s.cfg.Enter(ctx)
			if err != nil {
				call.Err = err
				return nil, out, s.tell(t.name, err)
			}
			defer leave()
		}
		out, call.Err = t.run(ctx, caller, in, teller(ctx, req))
		if names, missing := s.without(ctx, caller, call); missing {
			return nil, out, names
		}
		return nil, out, s.tell(t.name, call.Err)
	})
	return nil
}

// without returns the error for a call that failed because its collection does
// not exist, or because the caller may not read it. The error names the
// collections that the caller may read.
func (s *Server) without(ctx context.Context, caller Caller, call Call) (why error, missing bool) {
	var known *serve.Error
	if !errors.As(call.Err, &known) || known.Kind != serve.NotFound && known.Kind != serve.Forbidden {
		return nil, false
	}
	infos, failed := caller.Scope.Collections(ctx)
	if failed != nil {
		return nil, false //nolint:nilerr // the call's own error is told
	}
	names := make([]string, len(infos))
	for i, info := range infos {
		names[i] = info.Name
	}
	switch {
	case slices.Contains(names, call.Collection):
		return nil, false // something else is missing
	case known.Kind == serve.Forbidden && len(names) > 0:
		return fmt.Errorf("%s: use %s", known.Message, listed(names)), true
	case known.Kind == serve.Forbidden:
		return errors.New(known.Message), true
	case len(names) == 0:
		return errors.New("there are no collections yet"), true
	}
	return fmt.Errorf("there is no such collection %q: use %s", call.Collection, listed(names)), true
}

// observe reports a finished call to Config.Observe.
func (s *Server) observe(call Call) {
	call.Took = time.Since(call.Began)
	if s.cfg.Observe != nil {
		s.cfg.Observe(call)
	}
}

// begin returns the caller of a request, a context for the work on the request,
// and a function to call at the end of the work. The context ends if the client
// cancels the request or goes away, if the time limit has passed, or if the
// server ends.
func (s *Server) begin(ctx context.Context, extra *mcp.RequestExtra) (context.Context, Caller, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	ctx, expire := context.WithTimeout(ctx, s.cfg.Time)
	ends := []func() bool{context.AfterFunc(s.ended, func() { cancel(context.Cause(s.ended)) })}
	caller := s.callerOf(extra)
	if came, ok := requestOf(extra); ok {
		ends = append(ends, context.AfterFunc(came.ctx, func() { cancel(context.Cause(came.ctx)) }))
	}
	return ctx, caller, func() {
		for _, stop := range ends {
			stop()
		}
		expire()
		cancel(nil)
	}
}

// callerOf returns the sender of a request. If the request did not come over
// HTTP, the sender is the client of Run.
func (s *Server) callerOf(extra *mcp.RequestExtra) Caller {
	if came, ok := requestOf(extra); ok {
		return came.Caller
	}
	if s.cfg.Scope == nil { // without a scope the caller may do nothing
		return Caller{Scope: s.cfg.Service.For(serve.Grant{})}
	}
	return Caller{Scope: s.cfg.Scope}
}

func requestOf(extra *mcp.RequestExtra) (request, bool) {
	if extra == nil || extra.TokenInfo == nil {
		return request{}, false
	}
	came, ok := extra.TokenInfo.Extra[requestKey].(request)
	return came, ok
}

var errFailed = errors.New("the server failed; its log says why")

// tell returns the error that the caller may see in place of err. The details
// of an internal error are written to the log only.
func (s *Server) tell(where string, err error) error {
	var known *serve.Error
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &known):
		s.cfg.Log.Error("a request failed", "of", where, "error", err)
		return errFailed
	case known.Kind == serve.Internal:
		s.cfg.Log.Error("a request failed", "of", where, "error", err)
		return errFailed
	case known.Param != "":
		return fmt.Errorf("%s: %s", known.Param, known.Message)
	}
	return errors.New(known.Message)
}

// teller returns a function that reports progress to the client. The function
// does nothing if the client did not ask for progress.
func teller(ctx context.Context, req *mcp.CallToolRequest) func(string) {
	token := req.Params.GetProgressToken()
	if token == nil {
		return func(string) {}
	}
	steps := 0.0
	return func(message string) {
		if message == "" {
			return
		}
		steps++
		// Ignore the error. If the client is gone, ctx ends the call.
		_ = req.Session.NotifyProgress(ctx, &mcp.ProgressNotificationParams{ProgressToken: token, Progress: steps, Message: message})
	}
}
