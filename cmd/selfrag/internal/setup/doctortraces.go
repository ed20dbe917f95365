package setup

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/trace"
	"selfrag/trace/langfuse"
)

// CheckTraces reports where traces go and whether Langfuse answers. If tracing
// is off, the part counts as found, so that doctor does not report it as
// missing.
func CheckTraces(ctx context.Context, s config.Settings, getenv func(string) string) part {
	p := part{Name: "traces", Version: "off", Found: true}
	var to []string
	if s.Tracing.Trace == config.TraceOff || s.Tracing.Sample == 0 {
		return p
	}
	if endpoint := trace.Endpoint(); endpoint != "" {
		to = append(to, "OpenTelemetry at "+endpoint)
	}
	if file := s.Tracing.File; file != "" {
		to = append(to, "file "+file)
	}
	project := wire.LangfuseConfig(s, getenv)
	toLangfuse := project.PublicKey != "" || project.SecretKey != ""
	if _, err := wire.TraceEnvironment(s, getenv); err != nil && (toLangfuse || len(to) > 0) {
		p.Found, p.Remedy = false, err.Error()
		return p
	}
	if toLangfuse {
		return checkLangfuse(ctx, p, project, to)
	}
	if len(to) == 0 {
		p.Remedy = "LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY, OTEL_EXPORTER_OTLP_ENDPOINT or --trace-file name a destination"
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
