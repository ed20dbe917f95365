package trace

import (
	"cmp"
	"time"

	"selfrag/trace/langfuse"
)

// Config says where traces go and what they may hold. The zero value sends
// nothing anywhere.
type Config struct {
	// Langfuse is the project that gets traces and scores; without keys none
	// does.
	Langfuse langfuse.Config
	// OTLP sends to the endpoint of the standard variables
	// OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, and
	// those beside them. Endpoint tells whether there is one.
	OTLP bool
	// File gets OTLP as JSON, a batch a line; empty: none. It is appended to.
	File string

	// Service names the program ("selfrag"), Release its version, and
	// Environment where it runs, as "production"; both may be empty.
	Service, Release, Environment string
	// User is the id of who asks where Labels name none.
	User string

	// Sample is the share of turns that are traced, whole: above 0, up to 1. 0
	// leaves it to the standard variable OTEL_TRACES_SAMPLER, else all are.
	Sample float64
	// MaxRunes is the most that an attribute may hold; the rest is cut, and
	// the span says so. 20,000.
	MaxRunes int
	// Mask is handed every text that a span shows of questions, documents,
	// prompts and answers, and returns what may leave this machine. It must be
	// safe for concurrent use.
	Mask func(string) string
	// WithoutContent sends no such text at all: only names, numbers and times.
	WithoutContent bool

	// Queue is how many spans wait for a destination at most (2,048); beyond,
	// they are dropped and counted.
	Queue int
	// Every is how long a span waits at most before it is sent (1 s).
	Every time.Duration
	// Flush bounds Close (3 s).
	Flush time.Duration
	// Tries is how often a batch is sent at most (4), and Pause about how long
	// to wait before the second try (300 ms); it doubles with each.
	Tries int
	Pause time.Duration
}

// Defaults returns the zero Config with its defaults filled in.
func Defaults() Config { return Config{}.withDefaults() }

func (c Config) withDefaults() Config {
	c.Service = cmp.Or(c.Service, "selfrag")
	c.MaxRunes = cmp.Or(c.MaxRunes, 20_000)
	c.Queue = cmp.Or(c.Queue, 2048)
	c.Every = cmp.Or(c.Every, time.Second)
	c.Flush = cmp.Or(c.Flush, 3*time.Second)
	c.Tries = max(1, cmp.Or(c.Tries, 4))
	c.Pause = cmp.Or(c.Pause, 300*time.Millisecond)
	return c
}
