package agent

import (
	"context"
	"encoding/json"
	"errors"

	attr "go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// tracerName is the instrumentation scope of this package's spans.
const tracerName = "selfrag/agent"

// The kinds of spans, as OpenInference names them.
const (
	kindAgent      = "AGENT"
	kindGeneration = "LLM"
	kindRetriever  = "RETRIEVER"
	kindReranker   = "RERANKER"
	kindEvaluator  = "EVALUATOR"
	kindChain      = "CHAIN"
)

// observation is a span whose attributes bear the names of OpenInference and of
// OpenTelemetry's conventions for generative AI, and "selfrag." where those
// have none. Nothing is worked out for a span that is not recorded.
type observation struct{ trace.Span }

// startSpan begins a child of the context's span. Without a recorded one it
// costs next to nothing and does nothing.
func startSpan(ctx context.Context, name, kind string, opts ...trace.SpanStartOption) (context.Context, observation) {
	parent := trace.SpanFromContext(ctx)
	if !parent.IsRecording() {
		return ctx, observation{noop.Span{}}
	}
	ctx, s := parent.TracerProvider().Tracer(tracerName).Start(ctx, name, opts...)
	s.SetAttributes(attr.String("openinference.span.kind", kind))
	if round, ok := ctx.Value(roundKey{}).(int); ok {
		s.SetAttributes(attr.Int("selfrag.iteration", round+1))
	}
	return ctx, observation{s}
}

// startRoot begins the span of a turn, by the tracer of the configuration or
// else by the context's.
func (a *Agent) startRoot(ctx context.Context, question string) (context.Context, observation) {
	tracer := a.cfg.Tracer
	if tracer == nil {
		tracer = trace.SpanFromContext(ctx).TracerProvider().Tracer(tracerName)
	}
	ctx, s := tracer.Start(ctx, "ask", trace.WithAttributes(
		attr.String("openinference.span.kind", kindAgent), attr.String("selfrag.strategy", a.cfg.Strategy.Name())))
	root := observation{s}
	root.input(map[string]any{"question": question})
	return ctx, root
}

// endRoot ends the span of a turn with what became of it.
func (s observation) endRoot(a Answer, err error) {
	if err == nil && s.IsRecording() {
		s.output(map[string]any{"answer": a.Text, "abstained": a.Abstained, "citations": a.Citations})
		s.SetAttributes(
			attr.Bool("selfrag.abstained", a.Abstained), attr.Int("selfrag.iterations", len(a.Iterations)),
			attr.String("selfrag.stopped_by", a.StoppedBy), attr.Int("selfrag.llm_calls", a.Usage.Calls),
			attr.Int("selfrag.prompt_tokens", a.Usage.PromptTokens), attr.Int("selfrag.completion_tokens", a.Usage.CompletionTokens),
		)
		if a.Chosen != "" {
			s.SetAttributes(attr.String("selfrag.chosen", a.Chosen))
		}
		if len(a.Tree) > 0 {
			s.json("selfrag.tree", a.Tree)
		}
		for name, grade := range finalGrades(a.Iterations) {
			if grade.Known {
				s.SetAttributes(attr.Float64("selfrag."+name, grade.Value))
			}
		}
		s.warn(a.Degraded)
	}
	s.end(err)
}

// finalGrades are the latest known grades of a turn; relevance is that of the
// round's best passage.
func finalGrades(iterations []Iteration) map[string]Grade {
	out := map[string]Grade{}
	latest := func(name string, g Grade) {
		if g.Known {
			out[name] = g
		}
	}
	for _, it := range iterations {
		var best Grade
		for _, p := range it.Passages {
			if p.Relevance.Known && (!best.Known || p.Relevance.Value > best.Value) {
				best = p.Relevance
			}
		}
		latest("relevance", best)
		latest("support", it.Support)
		latest("usefulness", it.Usefulness)
	}
	return out
}

func (s observation) input(v any)  { s.content("input", v) }
func (s observation) output(v any) { s.content("output", v) }

func (s observation) content(which string, v any) {
	if s.IsRecording() {
		s.json(which+".value", v)
		s.SetAttributes(attr.String(which+".mime_type", "application/json"))
	}
}

// json sets an attribute to a value written as JSON.
func (s observation) json(key string, v any) {
	if !s.IsRecording() {
		return
	}
	text, err := json.Marshal(v)
	if err != nil { // of a passage's metadata, which may hold anything
		text, _ = json.Marshal(err.Error())
	}
	s.SetAttributes(attr.String(key, string(text)))
}

// warn says what did not work and was done without; "" is nothing.
func (s observation) warn(what string) {
	if what != "" {
		s.SetAttributes(attr.String("selfrag.warning", what))
	}
}

// end ends the span. Neither a cancelled turn nor a spent budget is an error.
func (s observation) end(err error) {
	what, isSpent := spent(err)
	switch {
	case err == nil:
	case isSpent:
		s.SetAttributes(attr.String("selfrag.spent", what))
	case errors.Is(err, context.Canceled), errors.Is(err, errStopped):
		s.SetAttributes(attr.Bool("selfrag.cancelled", true))
	default:
		s.SetStatus(codes.Error, err.Error())
	}
	s.End()
}

// traceID is the id under which the span's trace is kept, or "" when it is
// not.
func (s observation) traceID() string {
	if !s.SpanContext().IsSampled() {
		return ""
	}
	return s.SpanContext().TraceID().String()
}

type roundKey struct{}

// inRound marks what is done under the context as part of a round.
func inRound(ctx context.Context, i int) context.Context {
	return context.WithValue(ctx, roundKey{}, i)
}
