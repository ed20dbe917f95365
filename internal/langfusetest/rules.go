package langfusetest

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// Types returns the types of observations.
func Types() []string {
	return []string{"span", "generation", "event", "embedding", "agent", "tool", "chain", "retriever", "guardrail", "evaluator"}
}

var (
	environment = regexp.MustCompile(`^[a-z0-9-_]{1,40}$`)
	identifier  = regexp.MustCompile(`^[\x20-\x7e]{1,199}$`)
)

// Attributes returns the attributes of a span by key.
func Attributes(s *tracepb.Span) map[string]*commonpb.AnyValue {
	out := map[string]*commonpb.AnyValue{}
	for _, a := range s.Attributes {
		out[a.Key] = a.Value
	}
	return out
}

// Text returns an attribute of a span as text, or "" if it is missing.
func Text(s *tracepb.Span, key string) string { return Attributes(s)[key].GetStringValue() }

// Type returns the type of the observation that a span becomes.
func Type(s *tracepb.Span) string { return Text(s, "langfuse.observation.type") }

// Check returns the violations of Langfuse's published rules in spans.
func Check(spans []*tracepb.Span) []string {
	var problems []string
	byID := map[string]*tracepb.Span{}
	traces := map[string][]*tracepb.Span{}
	for _, s := range spans {
		id := hex.EncodeToString(s.SpanId)
		if byID[id] != nil {
			problems = append(problems, "span "+id+" came twice")
		}
		byID[id] = s
		trace := hex.EncodeToString(s.TraceId)
		traces[trace] = append(traces[trace], s)
		for _, p := range checkSpan(s) {
			problems = append(problems, fmt.Sprintf("span %s (%s): %s", s.Name, id, p))
		}
	}
	for id, trace := range traces {
		for _, p := range checkTrace(trace, byID) {
			problems = append(problems, fmt.Sprintf("trace %s: %s", id, p))
		}
	}
	slices.Sort(problems)
	return problems
}

// checkTrace demands one root of type agent, existing parents for all other
// spans, and the same labels everywhere.
func checkTrace(spans []*tracepb.Span, byID map[string]*tracepb.Span) []string {
	var problems []string
	roots := 0
	for _, s := range spans {
		if len(s.ParentSpanId) == 0 {
			roots++
			if Type(s) != "agent" {
				problems = append(problems, "the root is of type "+Type(s))
			}
			continue
		}
		parent := byID[hex.EncodeToString(s.ParentSpanId)]
		switch {
		case parent == nil:
			problems = append(problems, s.Name+" has a parent that did not come")
		case !bytes.Equal(parent.TraceId, s.TraceId):
			problems = append(problems, s.Name+" has a parent in another trace")
		case s.StartTimeUnixNano < parent.StartTimeUnixNano || s.EndTimeUnixNano > parent.EndTimeUnixNano:
			problems = append(problems, s.Name+" is not within the time of its parent "+parent.Name)
		}
		for _, key := range []string{"session.id", "user.id", "langfuse.trace.name", "langfuse.environment", "langfuse.release"} {
			if Text(s, key) != Text(spans[0], key) {
				problems = append(problems, fmt.Sprintf("%s has another %s: %q", s.Name, key, Text(s, key)))
			}
		}
	}
	if roots != 1 {
		problems = append(problems, fmt.Sprintf("%d roots", roots))
	}
	return problems
}

func checkSpan(s *tracepb.Span) []string {
	var problems []string
	wrong := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	of := Attributes(s)
	if len(s.TraceId) != 16 || len(s.SpanId) != 8 || len(s.ParentSpanId) != 0 && len(s.ParentSpanId) != 8 || allZero(s.TraceId) || allZero(s.SpanId) {
		wrong("ids %x, %x, %x", s.TraceId, s.SpanId, s.ParentSpanId)
	}
	if s.StartTimeUnixNano == 0 || s.EndTimeUnixNano < s.StartTimeUnixNano {
		wrong("from %d to %d", s.StartTimeUnixNano, s.EndTimeUnixNano)
	}
	if !slices.Contains(Types(), Type(s)) {
		wrong("type %q", Type(s))
	}
	if level := Text(s, "langfuse.observation.level"); !slices.Contains([]string{"DEBUG", "DEFAULT", "WARNING", "ERROR"}, level) {
		wrong("level %q", level)
	}
	for _, key := range []string{"langfuse.trace.name", "langfuse.release"} {
		if Text(s, key) == "" {
			wrong("no %s", key)
		}
	}
	for _, key := range []string{"session.id", "user.id"} {
		if of[key] != nil && !identifier.MatchString(Text(s, key)) {
			wrong("%s %q", key, Text(s, key))
		}
	}
	if e := Text(s, "langfuse.environment"); !environment.MatchString(e) || strings.HasPrefix(e, "langfuse") {
		wrong("environment %q", e)
	}
	for key, value := range of {
		if p := checkAttribute(key, value); p != "" {
			wrong("%s", p)
		}
	}
	return append(problems, checkGeneration(s, of)...)
}

// checkAttribute checks the form of one attribute.
func checkAttribute(key string, value *commonpb.AnyValue) string {
	for _, segment := range strings.Split(key, ".") {
		if segment == "__proto__" || segment == "constructor" || segment == "prototype" {
			return key + " is dropped when it is taken in"
		}
	}
	text, isText := value.Value.(*commonpb.AnyValue_StringValue)
	switch {
	case key == "langfuse.observation.input", key == "langfuse.observation.output":
		if !isText || !json.Valid([]byte(text.StringValue)) {
			return key + " is not JSON: " + value.GetStringValue()
		}
	case key == "langfuse.observation.usage_details":
		var counts map[string]uint64
		if !isText || json.Unmarshal([]byte(text.StringValue), &counts) != nil {
			return key + " is not a JSON object of counts: " + value.GetStringValue()
		}
	case key == "langfuse.observation.model.parameters":
		return checkParameters(value.GetStringValue())
	case key == "langfuse.observation.prompt.version":
		if _, ok := value.Value.(*commonpb.AnyValue_IntValue); !ok {
			return key + " is no integer"
		}
	case key == "langfuse.trace.tags":
		if value.GetArrayValue() == nil {
			return key + " is no list"
		}
	case key == "session.id", key == "user.id", strings.HasPrefix(key, "langfuse."):
		if !isText {
			return key + " is no text"
		}
	default:
		return key + " is not one of Langfuse's"
	}
	return ""
}

func checkParameters(text string) string {
	var parameters map[string]any
	if err := json.Unmarshal([]byte(text), &parameters); err != nil {
		return "model parameters are no JSON object: " + text
	}
	for name, v := range parameters {
		switch v.(type) {
		case string, bool, float64:
		default:
			return "model parameter " + name + " is neither text nor number nor boolean"
		}
	}
	return ""
}

// checkGeneration demands the attributes that make a generation useful.
func checkGeneration(s *tracepb.Span, of map[string]*commonpb.AnyValue) []string {
	if Type(s) != "generation" {
		return nil
	}
	var problems []string
	want := []string{
		"langfuse.observation.input", "langfuse.observation.model.name", "langfuse.observation.model.parameters",
		"langfuse.observation.prompt.name", "langfuse.observation.prompt.version", "langfuse.observation.usage_details",
	}
	if Text(s, "langfuse.observation.level") == "DEFAULT" && Text(s, "langfuse.observation.status_message") == "" {
		want = append(want, "langfuse.observation.output")
	}
	for _, key := range want {
		if of[key] == nil {
			problems = append(problems, "a generation without "+key)
		}
	}
	if first := Text(s, "langfuse.observation.completion_start_time"); first != "" {
		at, err := time.Parse(time.RFC3339Nano, first)
		if err != nil || at.UnixNano() < int64(s.StartTimeUnixNano) || at.UnixNano() > int64(s.EndTimeUnixNano) {
			problems = append(problems, "the first token came at "+first)
		}
	}
	return problems
}

func allZero(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }
