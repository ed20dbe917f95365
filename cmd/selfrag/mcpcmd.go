package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/semaphore"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/serve"
	"selfrag/serve/httpapi"
	"selfrag/serve/keys"
	"selfrag/serve/mcpapi"
)

func newMCPCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "mcp",
		Short: "Give the agent to assistants and editors, by the Model Context Protocol",
		Long: `Give the agent to assistants and editors, by the Model Context Protocol: the
tools search, ask and list_collections, and the documents as resources.

The client starts this command and speaks to it over standard input and output.
With --listen it serves streamable HTTP at http://HOST/mcp in place of that, with
keys and limits as selfrag serve has them; selfrag serve has /mcp too.`,
		Example: `  selfrag mcp --collection handbook
  selfrag mcp --listen 127.0.0.1:8081`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("listen") {
				return serveHTTP(cmd.Context(), a, true)
			}
			return runMCP(cmd.Context(), a)
		},
	}
	a.settings.AddFlags(cmd.Flags(), config.GroupServe, config.GroupSearch, config.GroupRerank, config.GroupAsk, config.GroupTrace)
	return cmd
}

// runMCP serves the one client at standard input and output.
func runMCP(ctx context.Context, a *app) error {
	log := slog.New(slog.NewTextHandler(a.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	parts, end, err := a.served(ctx, a.metrics, log)
	if err != nil {
		return err
	}
	defer end()
	service, err := a.newService(parts, "")
	if err != nil {
		return err
	}
	s := a.settings
	slots := semaphore.NewWeighted(int64(s.Concurrency))
	server, err := a.newMCP(mcpapi.Config{
		Service: service, Scope: service.For(serve.Allow(s.Tenant, nil, false)), Time: s.Timeout + time.Minute,
		Log:   log,
		Enter: func(ctx context.Context) (func(), error) { return func() { slots.Release(1) }, slots.Acquire(ctx, 1) },
	})
	if err != nil {
		return err
	}
	defer server.Close()
	return server.Run(ctx, a.In, a.Out)
}

func (a *app) newMCP(cfg mcpapi.Config) (*mcpapi.Server, error) {
	cfg.Version = version()
	return mcpapi.New(cfg)
}

// mountMCP serves MCP over HTTP. Its streams stand open, and calls take their
// slots by themselves.
func mountMCP(server *mcpapi.Server) httpapi.Mount {
	return httpapi.Mount{Pattern: "/mcp", Long: true, Handler: server.Handler(func(ctx context.Context) mcpapi.Caller {
		return mcpapi.Caller{ID: httpapi.CallerOf(ctx), Scope: httpapi.ScopeOf(ctx)}
	})}
}

// auditCalls adds a line to the audit log for each call of a tool: requests of
// /mcp do not tell what they are about.
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
