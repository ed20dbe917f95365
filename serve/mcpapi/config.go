package mcpapi

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"selfrag/serve"
)

// Call is one call of a tool, or one reading or listing of resources, that has
// ended, without its content.
type Call struct {
	Caller     string // id of the caller; empty over streams
	Tool       string // or the method, such as resources/read
	Collection string
	Began      time.Time
	Took       time.Duration
	Err        error // nil: it was answered
}

// Config says how a server behaves. Zero fields take the defaults.
type Config struct {
	Service *serve.Service
	// Scope is what the client of Run may do. Requests over HTTP have their own.
	Scope *serve.Scope
	// Enter waits for a slot among the questions and searches that are answered
	// at a time; nil: there is always one.
	Enter func(ctx context.Context) (leave func(), err error)
	// Time bounds a call; 6 min. The agent's own budget comes first and ends in
	// an answer.
	Time    time.Duration
	Version string
	Log     *slog.Logger // nil: discarded
	// Observe is told of each call when it has ended; may be nil.
	Observe func(Call)
}

func (c Config) withDefaults() Config {
	c.Time = cmp.Or(c.Time, 6*time.Minute)
	c.Version = cmp.Or(c.Version, "devel")
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Enter == nil {
		c.Enter = func(context.Context) (func(), error) { return func() {}, nil }
	}
	return c
}
