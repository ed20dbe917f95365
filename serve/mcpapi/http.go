package mcpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/modelcontextprotocol/go-sdk/auth"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"selfrag/serve"
)

const (
	// maxBody is the maximum size of a request in bytes. The input of a tool is
	// about as long as a question.
	maxBody = 1 << 20
	// idleSession is the time after which an idle session is dropped.
	idleSession = 30 * time.Minute
	// statelessSince is the first version of the protocol without sessions. In
	// earlier versions a request belongs to a session.
	statelessSince = "2026-07-28"
	// requestKey is the key under which the SDK carries the HTTP request of a
	// call.
	requestKey = "selfrag request"
)

// Caller is the sender of an HTTP request, with the scope of its key.
type Caller struct {
	ID    string // id of the key; must not be empty
	Scope *serve.Scope
}

// request is the HTTP request of a call.
type request struct {
	Caller
	ctx context.Context //nolint:containedctx // the SDK detaches a call from its HTTP request; this context ends the call with the request
}

// Handler serves the protocol's streamable HTTP transport. callerOf takes the
// context of a request and returns the sender of the request. The key of the
// request must already have been checked. A session may be used only by the
// caller that began it.
func (s *Server) Handler(callerOf func(context.Context) Caller) http.Handler {
	options := mcp.StreamableHTTPOptions{
		Logger: s.cfg.Log, SessionTimeout: idleSession, MaxRequestBodyBytes: maxBody, PropagateRequestCancellation: true,
		DisableLocalhostProtection: true, // the code that mounts the handler checks the host
	}
	server := func(*http.Request) *mcp.Server { return s.sdk }
	sessions := mcp.NewStreamableHTTPHandler(server, &options)
	alone := options
	alone.Stateless = true
	requests := mcp.NewStreamableHTTPHandler(server, &alone)
	identified := auth.RequireBearerToken(func(ctx context.Context, _ string, _ *http.Request) (*auth.TokenInfo, error) {
		c := callerOf(ctx)
		return &auth.TokenInfo{UserID: c.ID, Extra: map[string]any{requestKey: request{c, ctx}}}, nil
	}, &auth.RequireBearerTokenOptions{AllowMissingExpiration: true})(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Mcp-Protocol-Version") >= statelessSince {
			requests.ServeHTTP(w, r)
			return
		}
		sessions.ServeHTTP(w, r)
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancelCause(r.Context())
		defer cancel(nil)
		if r.Method == http.MethodGet { // the request stays open as long as the client likes
			stop := context.AfterFunc(s.draining, func() { cancel(serve.ErrShutdown) })
			defer stop()
		} else {
			defer s.post()() // count the request until it is answered
		}
		r = r.Clone(ctx)
		r.Header.Set("Authorization", "Bearer checked") // the SDK must not see the key itself
		identified.ServeHTTP(w, r)
	})
}
