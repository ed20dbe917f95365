package wire

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/fault"
	"selfrag/metrics"
	"selfrag/trace"
	"selfrag/trace/langfuse"
)

// TraceEnvironment returns the name of the environment (such as production)
// that traces contain.
func TraceEnvironment(s config.Settings, getenv func(string) string) (string, error) {
	const variable = "LANGFUSE_TRACING_ENVIRONMENT"
	if own := s.Tracing.Environment; own != "" {
		return own, nil
	}
	name := getenv(variable)
	return cmp.Or(name, "default"), config.CheckEnvironment(variable, name)
}

// LangfuseConfig returns the address and the keys of the Langfuse project. Each
// comes from the settings, or else from a variable of the environment such as
// LANGFUSE_HOST. A key that is not set anywhere is empty.
func LangfuseConfig(settings config.Settings, getenv func(string) string) langfuse.Config {
	s := settings.Tracing
	return langfuse.Config{
		Host:      cmp.Or(s.LangfuseHost, getenv("LANGFUSE_HOST"), getenv("LANGFUSE_BASE_URL")),
		PublicKey: cmp.Or(s.LangfusePublicKey, getenv("LANGFUSE_PUBLIC_KEY")),
		SecretKey: cmp.Or(string(s.LangfuseSecretKey), getenv("LANGFUSE_SECRET_KEY")),
	}
}

// StartTracing starts tracing as the settings say. The metrics m then count the
// traces that wait to be sent. tracing is nil if tracing is off. end sends the
// remaining traces and writes a warning to warn if traces were lost.
func StartTracing(ctx context.Context, settings config.Settings, getenv func(string) string, version string, m *metrics.Metrics, warn io.Writer) (tracing *trace.Tracing, end func(), err error) {
	s := settings.Tracing
	if s.Trace == config.TraceOff || s.Sample == 0 {
		return nil, func() {}, nil
	}
	environment, unfit := TraceEnvironment(settings, getenv)
	cfg := trace.Config{
		Langfuse: LangfuseConfig(settings, getenv), OTLP: trace.Endpoint() != "", File: s.File,
		Release: cmp.Or(s.Release, getenv("LANGFUSE_RELEASE"), version), Environment: environment,
		User: s.User, WithoutContent: s.Content == "off", MaxRunes: s.Limit, Flush: s.Flush,
	}
	if s.Sample < 1 {
		cfg.Sample = s.Sample
	}
	if s.Mask != "" {
		mask, err := regexp.Compile(s.Mask)
		if err != nil {
			return nil, nil, fault.Usagef("trace_mask: %w", err)
		}
		cfg.Mask = func(text string) string { return mask.ReplaceAllString(text, "***") }
	}
	tracing, err = trace.New(ctx, cfg)
	if err != nil {
		return nil, nil, fault.Usagef("trace: %w", err)
	}
	if unfit != nil && tracing.On() { // an unfit name does no harm if tracing is off
		return nil, nil, errors.Join(unfit, tracing.Close())
	}
	if err := m.Queue("traces", func() int { n, _ := tracing.Waiting(); return n }, func() int { _, n := tracing.Waiting(); return n }); err != nil {
		return nil, nil, errors.Join(err, tracing.Close())
	}
	return tracing, func() {
		if err := tracing.Close(); err != nil {
			fmt.Fprintln(warn, "Traces:", err)
		}
		for _, d := range tracing.Drops() {
			fmt.Fprintln(warn, "Traces:", d)
		}
	}, nil
}

// TraceSession returns the id that groups the turns of a tenant's chat in
// traces. A chat without a name gets a random id.
func TraceSession(tenant, name string) string {
	if name == "" {
		return "chat-" + strings.ToLower(rand.Text()[:12])
	}
	return traceSessionOf(tenant, name)
}
