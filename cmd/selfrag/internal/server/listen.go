package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"selfrag/serve"
	"selfrag/serve/httpapi"
)

// serveUntil serves until ctx ends. Then requests in progress have the duration
// patience to finish. After that it cancels the contexts of the remaining
// requests and waits a little longer for them.
func serveUntil(ctx context.Context, l net.Listener, handler *httpapi.Server, patience time.Duration, log *slog.Logger) error {
	base, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stop(nil)
	server := &http.Server{
		Handler: handler, BaseContext: func(net.Listener) context.Context { return base },
		// ReadTimeout applies only to requests that net/http answers by itself.
		// The handler replaces it by deadlines of its own.
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
