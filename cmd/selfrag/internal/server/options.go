package server

import (
	"context"
	"log/slog"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/metrics"
)

// Options holds what a server needs to start.
type Options struct {
	Settings config.Settings
	Getenv   func(string) string
	Streams  term.Streams
	Version  string // version of this program
}

// Open opens the parts that the settings name, such as the store and the
// models, for a service. If counting is nil, no metrics are counted. end closes
// the parts and sends the remaining traces.
func (o Options) Open(ctx context.Context, counting *metrics.Metrics, log *slog.Logger) (_ *wire.Served, end func(), err error) {
	tracing, endTracing, err := wire.StartTracing(ctx, o.Settings, o.Getenv, o.Version, counting, o.Streams.Err) // counting also counts the traces that wait to be sent
	if err != nil {
		return nil, nil, err
	}
	parts := wire.New(o.Settings, wire.Options{Getenv: o.Getenv, Warn: o.Streams.Err, Metrics: counting, Tracing: tracing, Patience: wire.ServerPatience})
	served, err := parts.Serve(ctx, log)
	if err != nil {
		parts.Close()
		endTracing()
		return nil, nil, err
	}
	return served, func() { served.Close(); parts.Close(); endTracing() }, nil
}
