package trace

import (
	"cmp"
	"time"

	"selfrag/trace/langfuse"
)

// Config configures where traces go and what they may contain. The zero value
// sends nothing.
type Config struct {
	// Langfuse is the project that receives traces and scores. Without keys
	// none does.
	Langfuse langfuse.Config
	// OTLP sends traces to the endpoint in the standard variables
	// OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT and
	// related ones. Endpoint reports whether there is one.
	OTLP bool
	// File is a file to which OTLP is appended as JSON, one batch per line. If
	// it is empty, no file is written.
	File string

	// Service is the name of the program ("selfrag"), Release its version, and
	// Environment the place where it runs, such as "production". Release and
	// Environment may be empty.
	Service, Release, Environment string
	// User is the id of the user if Labels name none.
	User string

	// Sample is the share of turns that are traced, in (0, 1]. A turn is traced
	// whole or not at all. 0 means that the standard variable
	// OTEL_TRACES_SAMPLER decides, or that all turns are traced if it is not
	// set.
	Sample float64
	// MaxRunes is the maximum length of an attribute (20,000). The rest is cut
	// off, and the span says so.
	MaxRunes int
	// Mask is called with every text of questions, documents, prompts and
	// answers in a span, and returns the text that may leave this machine. It
	// must be safe for concurrent use.
	Mask func(string) string
	// WithoutContent sends no such text at all: only names, numbers and times.
	WithoutContent bool

	// Queue is the maximum number of spans that wait for a destination (2,048).
	// Further spans are dropped and counted.
	Queue int
	// Every is the maximum time that a span waits before it is sent (1 s).
	Every time.Duration
	// Flush limits the time of Close (3 s).
	Flush time.Duration
	// Tries is how many times a batch is sent at most (4). Pause is the
	// approximate wait before the second try (300 ms); it doubles with each
	// try.
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
