package retrieval

import (
	"context"
	"encoding/json"

	attr "go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// startSpan begins a child of the context's span, of a kind of OpenInference.
// If that span is not recorded, startSpan does nothing.
func startSpan(ctx context.Context, name, kind string) (context.Context, trace.Span) {
	parent := trace.SpanFromContext(ctx)
	if !parent.IsRecording() {
		return ctx, noop.Span{}
	}
	return parent.TracerProvider().Tracer("selfrag/retrieval").Start(ctx, name, trace.WithAttributes(attr.String("openinference.span.kind", kind)))
}

// endSpan ends a span. If the context has ended, the span counts as cancelled
// and not as failed.
func endSpan(ctx context.Context, s trace.Span, err error) {
	switch {
	case err == nil:
	case ctx.Err() != nil:
		s.SetAttributes(attr.Bool("selfrag.cancelled", true))
	default:
		s.SetStatus(codes.Error, err.Error())
	}
	s.End()
}

// show sets the input or the output of a span, as which says.
func show(s trace.Span, which string, v map[string]any) {
	if text, err := json.Marshal(v); err == nil {
		s.SetAttributes(attr.String(which+".value", string(text)), attr.String(which+".mime_type", "application/json"))
	}
}

// scored is a passage in the form in which spans show it.
type scored struct {
	ID    string  `json:"id"`
	Score float64 `json:"score"`
}

func scoredOf(passages []Passage) []scored {
	out := make([]scored, len(passages))
	for i, p := range passages {
		out[i] = scored{p.ID, p.Score}
	}
	return out
}

// embedSpan makes the request of a search, within a span if it embeds the
// query.
func (t *TwoStage) embedSpan(ctx context.Context, query string) (Request, error) {
	if t.cfg.Mode == Lexical {
		return t.request(ctx, query, t.cfg.K1)
	}
	ctx, s := startSpan(ctx, "embed", "EMBEDDING")
	req, err := t.request(ctx, query, t.cfg.K1)
	if s.IsRecording() {
		show(s, "input", map[string]any{"query": query})
		s.SetAttributes(attr.Int("selfrag.dimensions", len(req.Vector)))
		if t.cfg.Spec.Model != "" {
			s.SetAttributes(attr.String("embedding.model_name", t.cfg.Spec.Model))
		}
	}
	endSpan(ctx, s, err)
	return req, err
}

func (t *TwoStage) firstStageSpan(ctx context.Context, req Request) ([]Passage, string, error) {
	ctx, s := startSpan(ctx, "first-stage", "RETRIEVER")
	found, without, err := t.firstStage(ctx, req)
	if s.IsRecording() {
		show(s, "input", map[string]any{"query": req.Text})
		show(s, "output", map[string]any{"candidates": scoredOf(found)})
		s.SetAttributes(attr.Int("selfrag.k", t.cfg.K1), attr.String("selfrag.mode", string(t.cfg.Mode)))
		if without != "" {
			s.SetAttributes(attr.String("selfrag.warning", without))
		}
	}
	endSpan(ctx, s, err)
	return found, without, err
}

func (t *TwoStage) secondStageSpan(ctx context.Context, query string, candidates []Passage) ([]Passage, string, error) {
	ctx, s := startSpan(ctx, "rerank", "RERANKER")
	ranked, degraded, err := t.secondStage(ctx, query, candidates)
	if s.IsRecording() {
		show(s, "input", map[string]any{"query": query, "before": scoredOf(candidates)})
		show(s, "output", map[string]any{"after": scoredOf(ranked)})
		s.SetAttributes(attr.Int("selfrag.k", t.cfg.K2))
		if t.cfg.RerankerName != "" {
			s.SetAttributes(attr.String("reranker.model_name", t.cfg.RerankerName))
		}
		if degraded != "" {
			s.SetAttributes(attr.String("selfrag.warning", degraded))
		}
	}
	endSpan(ctx, s, err)
	return ranked, degraded, err
}
