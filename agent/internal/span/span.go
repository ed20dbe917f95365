// Package span makes the spans of a turn: its steps, searches and model calls.
// It is a package of its own because both agent and agent/call make spans, and
// neither should contain the code that writes them.
//
// The attributes have the names of OpenInference and of OpenTelemetry's
// conventions for generative AI. The name of any other attribute begins with
// "selfrag.".
package span

import (
	"context"
	"encoding/json"
	"errors"

	attr "go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"selfrag/agent/internal/stop"
)

// TracerName is the instrumentation scope of the spans.
const TracerName = "selfrag/agent"

// Kind is the kind of work that a span covers, as OpenInference names it.
type Kind string

// The kinds of spans.
const (
	Agent      Kind = "AGENT"
	Generation Kind = "LLM"
	Retriever  Kind = "RETRIEVER"
	Reranker   Kind = "RERANKER"
	Evaluator  Kind = "EVALUATOR"
	Chain      Kind = "CHAIN"
)

// Attribute returns the kind as a span attribute.
func (k Kind) Attribute() attr.KeyValue {
	return attr.String("openinference.span.kind", string(k))
}

// Span is a span whose values are written as JSON. Nothing is computed for a
// span that is not recorded.
type Span struct{ trace.Span }

// Start begins a child of the context's span. If the context's span is not
// recorded, Start does nothing and costs almost nothing.
func Start(ctx context.Context, name string, kind Kind, opts ...trace.SpanStartOption) (context.Context, Span) {
	parent := trace.SpanFromContext(ctx)
	if !parent.IsRecording() {
		return ctx, Span{noop.Span{}}
	}
	ctx, s := parent.TracerProvider().Tracer(TracerName).Start(ctx, name, opts...)
	s.SetAttributes(kind.Attribute())
	if round, ok := ctx.Value(roundKey{}).(int); ok {
		s.SetAttributes(attr.Int("selfrag.iteration", round+1))
	}
	return ctx, Span{s}
}

// Input records the input of the work.
func (s Span) Input(v any) { s.content("input", v) }

// Output records the output of the work.
func (s Span) Output(v any) { s.content("output", v) }

func (s Span) content(which string, v any) {
	if s.IsRecording() {
		s.JSON(which+".value", v)
		s.SetAttributes(attr.String(which+".mime_type", "application/json"))
	}
}

// JSON sets an attribute to a value written as JSON.
func (s Span) JSON(key string, v any) {
	if !s.IsRecording() {
		return
	}
	text, err := json.Marshal(v)
	if err != nil { // from the metadata of a passage, which may hold anything
		text, _ = json.Marshal(err.Error())
	}
	s.SetAttributes(attr.String(key, string(text)))
}

// Warn records that a part failed and that the work went on without it. what
// names the part. If what is empty, Warn does nothing.
func (s Span) Warn(what string) {
	if what != "" {
		s.SetAttributes(attr.String("selfrag.warning", what))
	}
}

// Close ends the span with the result of the work. A cancelled turn and a spent
// budget are not errors.
func (s Span) Close(err error) {
	part, isSpent := stop.Spent(err)
	switch {
	case err == nil:
	case isSpent:
		s.SetAttributes(attr.String("selfrag.spent", part))
	case errors.Is(err, context.Canceled), errors.Is(err, stop.ErrUnread):
		s.SetAttributes(attr.Bool("selfrag.cancelled", true))
	default:
		s.SetStatus(codes.Error, err.Error())
	}
	s.End()
}

// TraceID returns the id of the span's trace, or "" if the trace is not
// sampled.
func (s Span) TraceID() string {
	if !s.SpanContext().IsSampled() {
		return ""
	}
	return s.SpanContext().TraceID().String()
}

type roundKey struct{}

// InRound returns a context for the work of round i, counted from 0. Spans that
// begin in that context have the attribute "selfrag.iteration" i+1.
func InRound(ctx context.Context, i int) context.Context {
	return context.WithValue(ctx, roundKey{}, i)
}
