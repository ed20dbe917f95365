package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"

	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/fault"
	"selfrag/metrics"
	"selfrag/serve"
	"selfrag/serve/httpapi"
	"selfrag/serve/keys"
	"selfrag/serve/mcpapi"
)

// HTTP serves until ctx ends. It serves all protocols, or only MCP if onlyMCP
// is set. It logs the line "serving" with its address when it is ready for
// requests.
func HTTP(ctx context.Context, o Options, onlyMCP bool) error {
	s := o.Settings
	authority := keys.In(s.KeysDir())
	required, err := authority.Required(ctx)
	if err != nil {
		return err
	}
	if !s.ListensLocally() && !required {
		return fault.Usagef("others could reach %s without a key: make one with `selfrag keys create`, or listen on 127.0.0.1", s.Listen)
	}
	w := &web{Options: o, onlyMCP: onlyMCP, log: slog.New(slog.NewJSONHandler(o.Streams.Err, nil))}
	w.counting = metrics.New(metrics.Config{Process: true}) // metrics are served under /metrics and not written to a file
	var end func()
	if w.parts, end, err = o.Open(ctx, w.counting, w.log); err != nil {
		return err
	}
	defer end()
	uploads := filepath.Join(s.DataDir, "uploads")
	if onlyMCP { // another process serves all protocols; it takes uploads and synchronises the sources
		uploads, s.Sources = "", nil
	}
	kept, err := w.parts.KeptSources(s.Sources)
	if err != nil {
		return err
	}
	endSources := runSources(ctx, kept, w.log)
	defer endSources()
	if w.service, err = newService(s, w.parts, uploads, kept); err != nil {
		return err
	}
	if w.audit, err = keys.OpenLog(filepath.Join(s.DataDir, "audit.jsonl")); err != nil {
		return err
	}
	defer w.audit.Close()
	handler, mcp, err := w.handler(authority)
	if err != nil {
		return err
	}
	defer mcp.Close()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", s.Listen, err)
	}
	w.log.Info("serving", "address", "http://"+listener.Addr().String(), "keys", required)
	endJobs := runJobs(ctx, w.service, w.log)
	defer endJobs()
	return serveUntil(ctx, listener, handler, s.ShutdownTimeout, w.log)
}

// web holds a server over HTTP and the parts that it uses.
type web struct {
	Options
	onlyMCP  bool
	parts    *wire.Served
	service  *serve.Service
	audit    *keys.Log
	counting *metrics.Metrics
	log      *slog.Logger
}

// handler returns the handler of all HTTP requests, and the MCP server to which
// it passes the requests to /mcp. The caller closes mcp after the last request.
func (w *web) handler(authority *keys.Store) (handler *httpapi.Server, mcp *mcpapi.Server, err error) {
	s := w.Settings
	mcp, err = mcpapi.New(mcpapi.Config{
		Service: w.service, Time: callTime(s), Version: w.Version,
		Log:     slog.New(slog.NewJSONHandler(w.Streams.Err, &slog.HandlerOptions{Level: slog.LevelWarn})),
		Enter:   func(ctx context.Context) (func(), error) { return handler.Enter(ctx) },
		Observe: auditCalls(w.audit, w.log),
	})
	if err != nil {
		return nil, nil, err
	}
	mounts := []httpapi.Mount{mountMCP(mcp)}
	if s.Page && !w.onlyMCP {
		mounts = append(mounts, pageMounts()...)
	}
	handler, err = httpapi.New(httpapi.Config{
		Service: w.service, Authority: authority, Anonymous: serve.Allow(s.Tenant, nil, true), NeedKey: !s.ListensLocally(), Ready: w.parts.Ready, Without: w.parts.Without,
		Audit: w.audit, Metrics: w.counting.Handler(), Log: w.log, LogContent: s.LogContent, Origins: s.Origins(), KeyOrigins: authority.Origins, PublicURL: s.PublicURL, OpenWebUI: s.OpenWebUI,
		MaxUpload: int64(s.MaxUploadMB) << 20, AnswerTime: callTime(s),
		Concurrency: s.Concurrency, Queue: s.Queue, QueueTime: s.QueueTime, Rate: s.Rate, Burst: s.Burst,
		Mounts: mounts, OnlyMounts: w.onlyMCP,
	})
	if err == nil {
		handler.OnDrain(mcp.Drain)
		err = w.countQueues(handler)
	}
	if err != nil {
		return nil, nil, errors.Join(err, mcp.Close())
	}
	return handler, mcp, nil
}

// countQueues adds the numbers of waiting requests and uploads to the metrics.
func (w *web) countQueues(handler *httpapi.Server) error {
	err := w.counting.Queue("requests", handler.Waiting, handler.Refused)
	if !w.onlyMCP {
		err = errors.Join(err, w.counting.Queue("uploads", w.service.Uploading, nil))
	}
	return err
}
