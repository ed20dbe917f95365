package mcpapi

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"selfrag/serve"
)

// Call describes a finished call of a tool, or a finished reading or listing of
// resources, without its content.
type Call struct {
	Caller     string // id of the caller; empty for a client of Run
	Tool       string // name of the tool, or the method, such as resources/read
	Collection string
	Began      time.Time
	Took       time.Duration
	Err        error // nil if the call was answered
}

// Config configures a server. Zero fields take the defaults.
type Config struct {
	Service *serve.Service
	// Scope says what the client may do that Run serves over standard input and
	// output. HTTP requests do not use it: each of them has the scope of its
	// key.
	Scope *serve.Scope
	// Enter waits until one more question or search may run, and returns the
	// function to call at its end. If Enter is nil, any number may run at once.
	Enter func(ctx context.Context) (leave func(), err error)
	// Time is the time limit of a call; default 6 min. The time budget of the
	// agent should be smaller, so that the agent can still answer when its
	// budget is spent.
	Time    time.Duration
	Version string
	Log     *slog.Logger // nil: discarded
	// Observe is called after each call has ended. It may be nil.
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
