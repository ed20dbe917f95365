package trace

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	sdk "go.opentelemetry.io/otel/sdk/trace"

	"selfrag/trace/langfuse"
)

// scoreTurn queues the scores of a turn, which are attributes of its own span.
func (t *Tracing) scoreTurn(s sdk.ReadOnlySpan) {
	if t.scores == nil {
		return
	}
	of := map[string]attribute.Value{}
	for _, a := range s.Attributes() {
		of[string(a.Key)] = a.Value
	}
	if of["openinference.span.kind"].AsString() != "AGENT" {
		return
	}
	for name, kind := range scoreNames {
		value, ok := of["selfrag."+name]
		if !ok {
			continue // an unknown grade is not a score
		}
		v, err := number(value)
		if err != nil {
			continue
		}
		t.add(langfuse.Score{
			Trace: s.SpanContext().TraceID().String(), Observation: s.SpanContext().SpanID().String(), Name: name, Value: v, Type: kind,
		})
	}
}

// ErrNoLangfuse says that there is no Langfuse to send a score to.
var ErrNoLangfuse = errors.New("Langfuse is not configured: set LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY")

// Feedback scores a turn by the opinion of its user, under the name
// user-feedback. A second opinion replaces the first.
func (t *Tracing) Feedback(traceID string, good bool, comment string) error {
	if t.scores == nil {
		return ErrNoLangfuse
	}
	if traceID == "" {
		return errors.New("this answer was not traced")
	}
	value := 0.0
	if good {
		value = 1
	}
	switch {
	case t.cfg.WithoutContent:
		comment = ""
	case comment != "":
		comment = t.cfg.shorten(comment, true).text
	}
	t.add(langfuse.Score{Trace: traceID, Name: "user-feedback", Value: value, Type: langfuse.Boolean, Comment: comment})
	return nil
}

// add queues a score of a trace with an id of its own, so that sending it again
// does not add a second score.
func (t *Tracing) add(s langfuse.Score) {
	s.ID = fmt.Sprintf("%s-%s", s.Trace, s.Name)
	s.Environment = t.cfg.Environment
	t.scores.add(s)
}

// sendScore sends the first of the scores, because Langfuse accepts one per
// request. They are sent one after another over one connection.
func (t *Tracing) sendScore(ctx context.Context, batch []langfuse.Score) (int, error) {
	if err := t.langfuse.PostScore(ctx, batch[0]); err != nil {
		return 1, cmp.Or(errors.Unwrap(err), err) // without the score's name, so that equal errors are counted together
	}
	return 1, nil
}
