package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/fault"
	"selfrag/trace"
	"selfrag/trace/langfuse"
)

// traceEnvironment is the environment that traces name.
func (a *app) traceEnvironment() (string, error) {
	const variable = "LANGFUSE_TRACING_ENVIRONMENT"
	if own := a.settings.Tracing.Environment; own != "" {
		return own, nil
	}
	name := a.getenv(variable)
	return cmp.Or(name, "default"), config.CheckEnvironment(variable, name)
}

// langfuseConfig is the Langfuse project of the settings and the environment;
// without keys when none is set.
func (a *app) langfuseConfig() langfuse.Config {
	s := a.settings.Tracing
	return langfuse.Config{
		Host:      cmp.Or(s.LangfuseHost, a.getenv("LANGFUSE_HOST"), a.getenv("LANGFUSE_BASE_URL")),
		PublicKey: cmp.Or(s.LangfusePublicKey, a.getenv("LANGFUSE_PUBLIC_KEY")),
		SecretKey: cmp.Or(string(s.LangfuseSecretKey), a.getenv("LANGFUSE_SECRET_KEY")),
	}
}

// startTracing begins tracing as the settings say. end sends what is left and
// tells on standard error what did not arrive.
func (a *app) startTracing(ctx context.Context) (end func(), err error) {
	s := a.settings.Tracing
	if s.Trace == config.TraceOff || s.Sample == 0 {
		return func() {}, nil
	}
	environment, unfit := a.traceEnvironment()
	cfg := trace.Config{
		Langfuse: a.langfuseConfig(), OTLP: trace.Endpoint() != "", File: s.File,
		Release: cmp.Or(s.Release, a.getenv("LANGFUSE_RELEASE"), version()), Environment: environment,
		User: s.User, WithoutContent: s.Content == "off", MaxRunes: s.Limit, Flush: s.Flush,
	}
	if s.Sample < 1 {
		cfg.Sample = s.Sample
	}
	if s.Mask != "" {
		mask, err := regexp.Compile(s.Mask)
		if err != nil {
			return nil, fault.Usagef("trace_mask: %w", err)
		}
		cfg.Mask = func(text string) string { return mask.ReplaceAllString(text, "***") }
	}
	tracing, err := trace.New(ctx, cfg)
	if err != nil {
		return nil, fault.Usagef("trace: %w", err)
	}
	if unfit != nil && tracing.On() { // the variable is no business of a program that traces nothing
		return nil, errors.Join(unfit, tracing.Close())
	}
	a.tracing = tracing
	if err := a.metrics.Queue("traces", func() int { n, _ := tracing.Waiting(); return n }, func() int { _, n := tracing.Waiting(); return n }); err != nil {
		return nil, errors.Join(err, tracing.Close())
	}
	return func() {
		if err := tracing.Close(); err != nil {
			fmt.Fprintln(a.Err, "Traces:", err)
		}
		for _, d := range tracing.Drops() {
			fmt.Fprintln(a.Err, "Traces:", d)
		}
	}, nil
}

// traceSession is the id under which the turns of a chat are grouped.
func (a *app) traceSession(name string) string {
	if name == "" {
		return "chat-" + strings.ToLower(rand.Text()[:12])
	}
	return traceSessionOf(a.settings.Tenant, name)
}

// checkTraces tells where traces go, and whether Langfuse answers. That they
// go nowhere is nothing missing.
func checkTraces(ctx context.Context, a *app) part {
	p := part{Name: "traces", Version: "off", Found: true}
	var to []string
	if s := a.settings.Tracing; s.Trace == config.TraceOff || s.Sample == 0 {
		return p
	}
	if endpoint := trace.Endpoint(); endpoint != "" {
		to = append(to, "OpenTelemetry at "+endpoint)
	}
	if file := a.settings.Tracing.File; file != "" {
		to = append(to, "file "+file)
	}
	project := a.langfuseConfig()
	toLangfuse := project.PublicKey != "" || project.SecretKey != ""
	if _, err := a.traceEnvironment(); err != nil && (toLangfuse || len(to) > 0) {
		p.Found, p.Remedy = false, err.Error()
		return p
	}
	if toLangfuse {
		return checkLangfuse(ctx, p, project, to)
	}
	if len(to) == 0 {
		p.Remedy = "LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY, OTEL_EXPORTER_OTLP_ENDPOINT or --trace-file say where to send them; see docs/tracing.md"
		return p
	}
	p.Version = strings.Join(to, ", ")
	return p
}

func checkLangfuse(ctx context.Context, p part, cfg langfuse.Config, to []string) part {
	p.Found = false
	p.Version = strings.Join(append([]string{"Langfuse"}, to...), ", ")
	p.Address = cmp.Or(cfg.Host, langfuse.DefaultHost)
	cfg.Tries, cfg.Timeout = 1, 5*time.Second
	client, err := langfuse.New(cfg)
	if err != nil {
		p.Remedy = err.Error()
		return p
	}
	defer client.Close()
	begin := time.Now()
	project, err := client.Project(ctx)
	if err != nil {
		p.Remedy = err.Error()
		return p
	}
	p.Found = true
	p.Speed = fmt.Sprintf("project %s; answered in %d ms", project, time.Since(begin).Milliseconds())
	return p
}

// feedback scores the last answer by what its user thinks of it.
func (c *chat) feedback(good bool, comment string) error {
	if len(c.kept.Turns) == 0 {
		c.note("There is no answer yet.")
		return nil
	}
	if c.app.tracing == nil {
		return trace.ErrNoLangfuse
	}
	last := c.kept.Turns[len(c.kept.Turns)-1].Answer
	if err := c.app.tracing.Feedback(last.TraceID, good, comment); err != nil {
		return fmt.Errorf("keep what you think of the answer: %w", err)
	}
	c.note("Noted.")
	return nil
}
