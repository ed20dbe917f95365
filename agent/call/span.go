package call

import (
	"context"
	"time"

	"github.com/tmc/langchaingo/llms"
	attr "go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"selfrag/agent/internal/span"
)

// message is one message of a prompt in the form in which spans record it.
type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// startSpan begins the span of a model call at the given time.
func (c *Caller) startSpan(ctx context.Context, req request, begin time.Time) (context.Context, span.Span) {
	ctx, s := span.Start(ctx, req.step, span.Generation, trace.WithTimestamp(begin))
	if !s.IsRecording() {
		return ctx, s
	}
	s.Input(shown(req.messages))
	parameters := map[string]any{"max_tokens": req.maxTokens, "temperature": req.temperature}
	if req.temperature > 0 {
		parameters["seed"] = req.seed
	}
	if req.probe {
		parameters["logprobs"] = true
	}
	if req.schema != nil {
		parameters["json_schema"] = req.schema
	}
	s.JSON("llm.invocation_parameters", parameters)
	s.SetAttributes(
		attr.String("gen_ai.operation.name", "chat"),
		attr.String("selfrag.prompt.name", req.step), attr.String("selfrag.prompt.version", req.version),
		attr.String("selfrag.prompt.language", req.language),
	)
	if req.origin.Name != "" {
		s.SetAttributes(attr.String("selfrag.prompt.registry_name", req.origin.Name), attr.Int("selfrag.prompt.registry_version", req.origin.Version))
	}
	if c.name != "" {
		s.SetAttributes(attr.String("llm.model_name", c.name), attr.String("gen_ai.request.model", c.name))
	}
	return ctx, s
}

// endSpan ends the span with the reply of the call.
func endSpan(s span.Span, req request, r reply, begin time.Time, err error) {
	if s.IsRecording() {
		switch {
		case req.probe:
			s.Output(map[string]any{"next_token": r.next})
		case r.text != "" || err == nil:
			s.Output(message{"assistant", r.text})
		}
		s.SetAttributes(
			attr.Int("llm.token_count.prompt", r.prompt), attr.Int("llm.token_count.completion", r.completion),
			attr.Int("llm.token_count.total", r.prompt+r.completion),
			attr.Int("gen_ai.usage.input_tokens", r.prompt), attr.Int("gen_ai.usage.output_tokens", r.completion),
		)
		if r.cached > 0 {
			s.SetAttributes(attr.Int("llm.token_count.prompt_details.cache_read", r.cached))
		}
		if r.model != "" {
			s.SetAttributes(attr.String("gen_ai.response.model", r.model))
		}
		if !r.first.IsZero() {
			// The end of the span is its begin plus monotonic elapsed time. A
			// wall-clock timestamp could fall after it, so compute the time of
			// the first token in the same way.
			after := r.first.Sub(begin)
			s.SetAttributes(
				attr.String("selfrag.first_token_at", begin.Add(after).UTC().Format(time.RFC3339Nano)),
				attr.Float64("selfrag.first_token_ms", Milliseconds(after)),
			)
		}
	}
	s.Close(err)
}

// shown returns messages in the form in which spans record them.
func shown(messages []llms.MessageContent) []message {
	roles := map[llms.ChatMessageType]string{
		llms.ChatMessageTypeSystem: "system", llms.ChatMessageTypeHuman: "user", llms.ChatMessageTypeAI: "assistant",
	}
	out := make([]message, len(messages))
	for i, m := range messages {
		out[i].Role = roles[m.Role]
		for _, part := range m.Parts {
			if t, ok := part.(llms.TextContent); ok {
				out[i].Content += t.Text
			}
		}
	}
	return out
}
