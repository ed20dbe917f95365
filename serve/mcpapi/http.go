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
	// maxBody is the most of a request. A tool takes a question.
	maxBody = 1 << 20
	// idleSession is how long a session is kept of which nothing is heard.
	idleSession = 30 * time.Minute
	// statelessSince is the version of the protocol from which on a request
	// stands for itself; before, it belongs to a session.
	statelessSince = "2026-07-28"
	// requestKey is where the SDK carries the request of a call.
	requestKey = "selfrag request"
)

// Caller is who sent an HTTP request, and what they may do.
type Caller struct {
	ID    string // of the key; must not be empty
	Scope *serve.Scope
}

// request is the HTTP request that a call came by.
type request struct {
	Caller
	ctx context.Context //nolint:containedctx // the SDK detaches calls from their requests; this ties them again
}

// Handler serves the protocol's streamable HTTP transport. callerOf tells who
// sent the request with that context: it has been let in already. A session
// serves the caller alone who began it.
func (s *Server) Handler(callerOf func(context.Context) Caller) http.Handler {
	options := mcp.StreamableHTTPOptions{
		Logger: s.cfg.Log, SessionTimeout: idleSession, MaxRequestBodyBytes: maxBody, PropagateRequestCancellation: true,
		DisableLocalhostProtection: true, // callerOf's owner knows by which names it is reached
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
		if r.Method == http.MethodGet { // it stands open as long as the client likes
			stop := context.AfterFunc(s.draining, func() { cancel(serve.ErrShutdown) })
			defer stop()
		} else {
			defer s.post()() // counts until it is answered
		}
		r = r.Clone(ctx)
		r.Header.Set("Authorization", "Bearer checked") // the key goes no further
		identified.ServeHTTP(w, r)
	})
}
