package agent

import (
	"context"

	attr "go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"selfrag/agent/internal/span"
)

// startRoot begins the span of a turn, by the tracer of the configuration or
// else by the context's.
func (a *Agent) startRoot(ctx context.Context, question string) (context.Context, span.Span) {
	tracer := a.cfg.Tracer
	if tracer == nil {
		tracer = trace.SpanFromContext(ctx).TracerProvider().Tracer(span.TracerName)
	}
	ctx, s := tracer.Start(ctx, "ask", trace.WithAttributes(
		span.Agent.Attribute(), attr.String("selfrag.strategy", a.cfg.Strategy.Name())))
	root := span.Span{Span: s}
	root.Input(map[string]any{"question": question})
	return ctx, root
}

// endRoot ends the span of a turn with what became of it.
func endRoot(s span.Span, a Answer, err error) {
	if err == nil && s.IsRecording() {
		s.Output(map[string]any{"answer": a.Text, "abstained": a.Abstained, "citations": a.Citations})
		s.SetAttributes(
			attr.Bool("selfrag.abstained", a.Abstained), attr.Int("selfrag.iterations", len(a.Iterations)),
			attr.String("selfrag.stopped_by", a.StoppedBy), attr.Int("selfrag.llm_calls", a.Usage.Calls),
			attr.Int("selfrag.prompt_tokens", a.Usage.PromptTokens), attr.Int("selfrag.completion_tokens", a.Usage.CompletionTokens),
		)
		if a.Chosen != "" {
			s.SetAttributes(attr.String("selfrag.chosen", a.Chosen))
		}
		if len(a.Tree) > 0 {
			s.JSON("selfrag.tree", a.Tree)
		}
		for name, grade := range finalGrades(a.Iterations) {
			if grade.Known {
				s.SetAttributes(attr.Float64("selfrag."+name, grade.Value))
			}
		}
		s.Warn(a.Degraded)
	}
	s.Close(err)
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
