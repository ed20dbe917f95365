package config

import (
	"cmp"
	"regexp"
	"strings"
	"time"

	"selfrag/fault"
	"selfrag/trace"
	"selfrag/trace/langfuse"
)

// The values of the setting that switches tracing on.
const (
	traceAuto = "auto" // on if the settings say where traces go
	TraceOff  = "off"
)

// traceSettings holds the settings of tracing.
type traceSettings struct {
	Trace       string
	File        string
	Sample      float64
	User        string
	Environment string
	Release     string
	Content     string // on or off
	Mask        string
	Limit       int
	Flush       time.Duration

	LangfuseHost      string
	LangfusePublicKey string
	LangfuseSecretKey Secret
}

func (s *traceSettings) table() []setting {
	return []setting{
		{"trace", &s.Trace, "trace questions if LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY, OTEL_EXPORTER_OTLP_ENDPOINT or a file name a destination: auto or off", GroupTrace},
		{"trace_file", &s.File, "file that gets traces as OTLP JSON, a batch a line", GroupTrace},
		{"trace_sample", &s.Sample, "share of the questions that are traced, from 0 to 1", GroupTrace},
		{"trace_user", &s.User, "id of the user in traces", GroupTrace},
		{"trace_environment", &s.Environment, "environment in traces (default LANGFUSE_TRACING_ENVIRONMENT, else default)", groupNone},
		{"trace_release", &s.Release, "release in traces (default LANGFUSE_RELEASE, else this program's version)", groupNone},
		{"trace_content", &s.Content, "whether traces hold questions, passages, prompts and answers: on or off", groupNone},
		{"trace_mask", &s.Mask, "regular expression; its matches in content become *** in traces", groupNone},
		{"trace_limit", &s.Limit, "largest number of characters of one text in a trace", groupNone},
		{"trace_flush", &s.Flush, "longest time to send the remaining traces at the end", groupNone},
		{"langfuse_host", &s.LangfuseHost, "address of Langfuse (default LANGFUSE_HOST or LANGFUSE_BASE_URL, else " + langfuse.DefaultHost + ")", groupNone},
		{"langfuse_public_key", &s.LangfusePublicKey, "public key of a Langfuse project (default LANGFUSE_PUBLIC_KEY)", groupNone},
		{"langfuse_secret_key", &s.LangfuseSecretKey, "secret key of the project (default LANGFUSE_SECRET_KEY)", groupNone},
	}
}

func defaultTraceSettings() traceSettings {
	traces := trace.Defaults()
	return traceSettings{Trace: traceAuto, Sample: 1, Content: "on", Limit: traces.MaxRunes, Flush: traces.Flush}
}

// environmentName matches the names of environments that Langfuse accepts.
var environmentName = regexp.MustCompile(`^[a-z0-9_-]{1,40}$`)

// CheckEnvironment returns an error if Langfuse would not accept the name of an
// environment. The error begins with source, which is the setting or variable
// that the name comes from. The empty name is allowed.
func CheckEnvironment(source, name string) error {
	if name == "" || environmentName.MatchString(name) && !strings.HasPrefix(name, "langfuse") {
		return nil
	}
	return fault.Usagef("%s %q: use up to 40 lower-case letters, digits, - and _, and do not begin with langfuse", source, name)
}

func (s traceSettings) check() error {
	switch {
	case s.Trace != traceAuto && s.Trace != TraceOff:
		return fault.Usagef("trace %q: use auto or off", s.Trace)
	case s.Content != "on" && s.Content != "off":
		return fault.Usagef("trace_content %q: use on or off", s.Content)
	case s.Sample < 0 || s.Sample > 1:
		return fault.Usagef("trace_sample must be from 0 to 1, but is %v", s.Sample)
	}
	if _, err := regexp.Compile(s.Mask); err != nil {
		return fault.Usagef("trace_mask: %w", err)
	}
	return cmp.Or(CheckEnvironment("trace_environment", s.Environment), positive("trace_limit", s.Limit), positive("trace_flush", s.Flush))
}
