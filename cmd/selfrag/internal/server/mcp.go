package server

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/sync/semaphore"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/metrics"
	"selfrag/serve"
	"selfrag/serve/httpapi"
	"selfrag/serve/keys"
	"selfrag/serve/mcpapi"
)

// MCP serves one client at standard input and output until the client leaves or
// ctx ends. If counting is nil, nothing is counted.
func MCP(ctx context.Context, o Options, counting *metrics.Metrics) error {
	log := slog.New(slog.NewTextHandler(o.Streams.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	parts, end, err := o.Open(ctx, counting, log)
	if err != nil {
		return err
	}
	defer end()
	s := o.Settings
	service, err := newService(s, parts, "", nil)
	if err != nil {
		return err
	}
	slots := semaphore.NewWeighted(int64(s.Concurrency))
	server, err := mcpapi.New(mcpapi.Config{
		Service: service, Scope: service.For(serve.Allow(s.Tenant, nil, false)), Time: callTime(s), Version: o.Version,
		Log:   log,
		Enter: func(ctx context.Context) (func(), error) { return func() { slots.Release(1) }, slots.Acquire(ctx, 1) },
	})
	if err != nil {
		return err
	}
	defer server.Close()
	return server.Run(ctx, o.Streams.In, o.Streams.Out)
}

// callTime returns the time limit of a request or a call of a tool. It is
// longer than the time budget of a question, so that the agent can still answer
// when the budget is spent.
func callTime(s config.Settings) time.Duration { return s.Timeout + time.Minute }

// mountMCP returns the mount that serves MCP over HTTP. Its streams have no
// time limit. A request needs no slot of the HTTP server, because the MCP
// server itself waits for a slot at each call of a tool.
func mountMCP(server *mcpapi.Server) httpapi.Mount {
	return httpapi.Mount{Pattern: "/mcp", Long: true, Handler: server.Handler(func(ctx context.Context) mcpapi.Caller {
		return mcpapi.Caller{ID: httpapi.CallerOf(ctx), Scope: httpapi.ScopeOf(ctx)}
	})}
}

// auditCalls returns a function that adds a line to the audit log for each call
// of a tool. The line of an HTTP request to /mcp does not show which tool was
// called.
func auditCalls(audit *keys.Log, log *slog.Logger) func(mcpapi.Call) {
	return func(c mcpapi.Call) {
		err := audit.Record(httpapi.Access{
			Time: c.Began.UTC(), Identity: c.Caller, Method: "CALL", Route: "/mcp " + c.Tool, Collection: c.Collection,
			Status: httpapi.StatusOf(c.Err), Millis: c.Took.Milliseconds(),
		})
		if err != nil {
			log.Error("the audit log cannot be written", "error", err)
		}
	}
}
