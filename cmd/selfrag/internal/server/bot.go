package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"selfrag/metrics"
	"selfrag/serve"
	"selfrag/serve/bot"
)

// Bot describes a bot for a chat service.
type Bot struct {
	Protocol string // short name of the chat service
	Listen   string // address to listen on for the service's requests
	// Handler returns the handler for the service's requests.
	Handler func(*bot.Desk, *slog.Logger) http.Handler
}

// botPatience is the maximum time that the program waits for answers in progress when
// it ends. Not measured.
const botPatience = time.Minute

// RunBot answers the questions of a chat service until ctx ends. Like the server, it
// uses the parts, the strategy and the limits of the settings. The bot may read only
// the collection of the settings. When RunBot is ready, it logs "listening" with its
// address. If counting is nil, nothing is counted.
func RunBot(ctx context.Context, o Options, b Bot, counting *metrics.Metrics) error {
	log := slog.New(slog.NewJSONHandler(o.Streams.Err, nil))
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
	scope := service.For(serve.Allow(s.Tenant, []string{s.Collection}, false))
	if _, err := scope.Collection(ctx, s.Collection); err != nil {
		return fmt.Errorf("open collection %q; `selfrag ingest PATH --collection %s` makes one: %w", s.Collection, s.Collection, err)
	}
	desk := bot.NewDesk(bot.Config{Asker: scope, Collection: s.Collection, Protocol: b.Protocol, AtATime: s.Concurrency, Waiting: s.Queue})
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", b.Listen)
	if err != nil {
		return errors.Join(fmt.Errorf("listen on %s: %w", b.Listen, err), desk.Close(ctx))
	}
	log.Info("listening", "bot", b.Protocol, "address", "http://"+listener.Addr().String())
	return bot.Serve(ctx, listener, b.Handler(desk, log), desk, botPatience)
}
