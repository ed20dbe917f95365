package wire

import (
	"context"
	"iter"

	"selfrag/agent"
	"selfrag/serve"
	"selfrag/trace"
)

// LabelTurn says in the trace of a served question who asked it, in which
// session, and what it was assigned to. Keys are told by their public ids.
func LabelTurn(ctx context.Context, asked serve.Asked) context.Context {
	l := trace.Labels{Name: asked.Protocol, Session: traceSessionOf(asked.Tenant, asked.Session), User: asked.Known(), Metadata: map[string]string{}}
	for key, text := range map[string]string{
		"tenant": asked.Tenant, "experiment": asked.Experiment, "arm": asked.Arm, "unit": asked.Unit,
	} {
		if text != "" {
			l.Metadata[key] = text
		}
	}
	return trace.With(ctx, l)
}

// FollowTurn counts a served question.
func (v *Served) FollowTurn(asked serve.Asked, events iter.Seq2[agent.Event, error]) iter.Seq2[agent.Event, error] {
	return v.parts.Metrics.FollowArm(asked.Arm, events)
}

// traceSessionOf is the id of a kept session in traces: tenants may have
// sessions of one name.
func traceSessionOf(tenant, name string) string {
	if tenant == "" || name == "" {
		return name
	}
	return tenant + "/" + name
}
