package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/fault"
	"selfrag/metrics"
	"selfrag/prompts"
	"selfrag/serve"
	"selfrag/serve/httpapi"
	"selfrag/serve/keys"
	"selfrag/serve/mcpapi"
	"selfrag/session"
)

func newServeCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the agent over HTTP: a web page, OpenAI-compatible, and an API of its own",
		Long: `Serve the agent over HTTP. Its web page is at http://HOST/. Chat products
reach it as an OpenAI-compatible server at http://HOST/v1, with a model for every
strategy and collection, such as self-rag/handbook; /api/v1 is an API of its own
with steps, sources, uploads and feedback, which /api/v1/openapi.yaml describes.

Without keys it answers requests from this machine only. selfrag keys create
makes one; from then on every request needs a key.

--arms divides the questions that name no strategy among several, so that
selfrag ab --from-traces can compare what users think of them.

Where no language model can be reached, questions that name no strategy are
answered with sentences of the documents, and the answers say so; once there is
one, its strategy answers again.

At SIGTERM answers under way finish, within --shutdown-timeout.`,
		Example: `  selfrag serve
  selfrag keys create --name chat --collections handbook && selfrag serve --listen 0.0.0.0:8080`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return runServe(cmd.Context(), a) },
	}
	a.settings.AddFlags(cmd.Flags(), config.GroupServe, config.GroupSearch, config.GroupRerank, config.GroupAsk, config.GroupIngest, config.GroupTrace)
	return cmd
}

func runServe(ctx context.Context, a *app) error { return serveHTTP(ctx, a, false) }

// serveHTTP serves all protocols, or MCP alone.
func serveHTTP(ctx context.Context, a *app, onlyMCP bool) error {
	authority := keys.In(a.settings.KeysDir())
	local := listensLocally(a.settings.Listen)
	required, err := authority.Required(ctx)
	if err != nil {
		return err
	}
	if !local && !required {
		return fault.Usagef("others could reach %s without a key: make one with `selfrag keys create`, or listen on 127.0.0.1", a.settings.Listen)
	}
	counting := metrics.New(metrics.Config{Process: true}) // for /metrics and no file
	log := slog.New(slog.NewJSONHandler(a.Err, nil))
	parts, end, err := a.served(ctx, counting, log)
	if err != nil {
		return err
	}
	defer end()
	uploads := filepath.Join(a.settings.DataDir, "uploads")
	if onlyMCP { // another process's
		uploads = ""
	}
	service, err := a.newService(parts, uploads)
	if err != nil {
		return err
	}
	audit, err := keys.OpenLog(filepath.Join(a.settings.DataDir, "audit.jsonl"))
	if err != nil {
		return err
	}
	defer audit.Close()
	s := a.settings
	var handler *httpapi.Server
	models, err := a.newMCP(mcpapi.Config{
		Service: service, Time: s.Timeout + time.Minute, Log: slog.New(slog.NewJSONHandler(a.Err, &slog.HandlerOptions{Level: slog.LevelWarn})),
		Enter:   func(ctx context.Context) (func(), error) { return handler.Enter(ctx) },
		Observe: auditCalls(audit, log),
	})
	if err != nil {
		return err
	}
	defer models.Close()
	mounts := []httpapi.Mount{mountMCP(models)}
	if !onlyMCP {
		mounts = append(mounts, pageMounts(s.Page)...)
	}
	handler, err = httpapi.New(httpapi.Config{
		Service: service, Authority: authority, Anonymous: serve.Allow(s.Tenant, nil, true), NeedKey: !local, Ready: parts.Ready, Without: parts.Without,
		Audit: audit, Metrics: counting.Handler(), Log: log, LogContent: s.LogContent, Origins: s.Origins(), PublicURL: s.PublicURL, OpenWebUI: s.OpenWebUI,
		MaxUpload: int64(s.MaxUploadMB) << 20, AnswerTime: s.Timeout + time.Minute,
		Concurrency: s.Concurrency, Queue: s.Queue, QueueTime: s.QueueTime, Rate: s.Rate, Burst: s.Burst,
		Mounts: mounts, OnlyMounts: onlyMCP,
	})
	if err != nil {
		return err
	}
	handler.OnDrain(models.Drain)
	err = counting.Queue("requests", handler.Waiting, handler.Refused)
	if !onlyMCP {
		err = errors.Join(err, counting.Queue("uploads", service.Uploading, nil))
	}
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", s.Listen, err)
	}
	log.Info("serving", "address", "http://"+listener.Addr().String(), "keys", required)

	jobsDone := make(chan struct{})
	jobsCtx, stopJobs := context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		defer close(jobsDone)
		service.RunJobs(jobsCtx, func(err error) { log.Error("an upload failed", "error", err) })
	}()
	err = serveUntil(ctx, listener, handler, s.ShutdownTimeout, log)
	stopJobs()
	awaitJobs(jobsDone, jobsPatience, log)
	return err
}

// serveUntil serves until ctx ends. Then requests under way get some time to
// finish; those that do not are told, and get little more.
func serveUntil(ctx context.Context, l net.Listener, handler *httpapi.Server, patience time.Duration, log *slog.Logger) error {
	base, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stop(nil)
	server := &http.Server{
		Handler: handler, BaseContext: func(net.Listener) context.Context { return base },
		// What net/http answers by itself is over by ReadTimeout; the handler has
		// deadlines of its own in its place.
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	log.Info("shutting down", "patience", patience.String())
	handler.Drain()
	for _, phase := range []time.Duration{patience, 5 * time.Second} {
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), phase)
		err := server.Shutdown(limited)
		cancel()
		if err == nil {
			return nil
		}
		stop(serve.ErrShutdown)
	}
	return errors.Join(errors.New("some requests did not end and were cut off"), server.Close())
}

func listensLocally(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// newService wires the operations. uploads is where uploads wait; empty: none
// are taken.
func (a *app) newService(parts *wire.Served, uploads string) (*serve.Service, error) {
	secret, err := a.serveSecret()
	if err != nil {
		return nil, err
	}
	s := a.settings
	arms, err := serve.ParseArms(s.Experiment, s.Arms)
	if err != nil {
		return nil, fault.Usage(err)
	}
	service, err := serve.New(serve.Config{
		Libraries: parts, Engine: parts, Models: parts, Ingester: parts, Feedback: parts, Secret: secret,
		Sessions:   a.tenantSessions,
		Collection: s.Collection, Strategy: s.Strategy, Arms: arms,
		Jobs:  serve.JobsConfig{Dir: uploads},
		Label: wire.LabelTurn, Follow: parts.FollowTurn, Unmark: prompts.Unmarked,
	})
	if err != nil {
		return nil, fmt.Errorf("start the service: %w", err)
	}
	return service, nil
}

// served makes the parts ready to be served. end closes them, and sends the traces
// that are left.
func (a *app) served(ctx context.Context, counting *metrics.Metrics, log *slog.Logger) (_ *wire.Served, end func(), err error) {
	tracing, endTracing, err := wire.StartTracing(ctx, a.settings, a.getenv, version(), counting, a.Err) // its queue is among what is counted
	if err != nil {
		return nil, nil, err
	}
	parts := wire.New(a.settings, wire.Options{Getenv: a.getenv, Warn: a.Err, Metrics: counting, Tracing: tracing, Patience: wire.ServerPatience})
	served, err := parts.Serve(ctx, log)
	if err != nil {
		parts.Close()
		endTracing()
		return nil, nil, err
	}
	return served, func() { served.Close(); parts.Close(); endTracing() }, nil
}

// tenantSessions are the sessions of a tenant.
func (a *app) tenantSessions(t serve.Tenant) (*session.Store, error) {
	name, err := t.Name()
	if err != nil {
		return nil, err
	}
	s := a.settings
	s.Tenant = name
	return session.In(s.SessionsDir()), nil
}

// serveSecret signs the ids of answers. Replicas that share the data folder
// share it.
func (a *app) serveSecret() ([]byte, error) {
	path := filepath.Join(a.settings.DataDir, "serve-secret")
	for {
		secret, err := os.ReadFile(path)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return secret, err
		}
		if err := os.MkdirAll(a.settings.DataDir, 0o700); err != nil {
			return nil, fmt.Errorf("make the data folder: %w", err)
		}
		random := make([]byte, 32)
		_, _ = rand.Read(random) // never fails
		fresh, err := os.CreateTemp(a.settings.DataDir, ".secret-*")
		if err != nil {
			return nil, fmt.Errorf("make the secret of the service: %w", err)
		}
		_, err = fresh.Write(random)
		err = errors.Join(err, fresh.Close())
		if err == nil {
			// A link fails where there is one already: another replica's, which counts.
			if err = os.Link(fresh.Name(), path); errors.Is(err, fs.ErrExist) {
				err = nil
			}
		}
		if err = errors.Join(err, os.Remove(fresh.Name())); err != nil {
			return nil, fmt.Errorf("make the secret of the service: %w", err)
		}
	}
}
