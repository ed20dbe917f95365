package trace

import (
	"cmp"
	"time"

	"selfrag/trace/langfuse"
)

// Config says where traces go and what they may contain. The zero value sends
// nothing.
type Config struct {
	// Langfuse is the project that gets traces and scores. Without keys no
	// project does.
	Langfuse langfuse.Config
	// OTLP sends traces to the endpoint of OTEL_EXPORTER_OTLP_ENDPOINT and
	// OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, the standard variables, and obeys the
	// related ones. The function Endpoint returns that endpoint.
	OTLP bool
	// File gets OTLP as JSON, one batch per line, appended to its end. Empty:
	// no file.
	File string

	// Service names the program ("selfrag"), Release its version, and
	// Environment the place where it runs, such as "production". Release and
	// Environment may be empty.
	Service, Release, Environment string
	// User is the id of the asker if Labels name none.
	User string

	// Sample is the share of turns to trace, above 0 and up to 1. A turn is
	// traced as a whole or not at all. 0 leaves the choice to the standard
	// variable OTEL_TRACES_SAMPLER; without that, all turns are traced.
	Sample float64
	// MaxRunes is the maximum length of an attribute. Longer ones are cut, and
	// the span says so. 20,000.
	MaxRunes int
	// Mask receives every text of questions, documents, prompts and answers in
	// a span. It returns the text that may leave this machine. It must be safe
	// for concurrent use.
	Mask func(string) string
	// WithoutContent sends no such text at all, only names, numbers and times.
	WithoutContent bool

	// Queue is the maximum number of spans that wait for a destination (2,048).
	// Further spans are dropped and counted.
	Queue int
	// Every is the longest time that a span waits before it is sent (1 s).
	Every time.Duration
	// Flush is the time limit of Close (3 s).
	Flush time.Duration
	// Tries is the maximum number of times that a batch is sent (4). Pause is
	// the approximate wait before the second try (300 ms); it doubles with each
	// try.
	Tries int
	Pause time.Duration
}

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
