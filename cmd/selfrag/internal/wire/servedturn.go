package wire

import (
	"context"
	"iter"

	"selfrag/agent"
	"selfrag/serve"
	"selfrag/trace"
)

// LabelTurn labels the trace of a served question with the person or program
// that asks, the session, and the arm of the experiment. A key appears as its
// public id.
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

// FollowTurn counts a served question in the metrics.
func (v *Served) FollowTurn(asked serve.Asked, events iter.Seq2[agent.Event, error]) iter.Seq2[agent.Event, error] {
	return v.parts.Metrics.FollowArm(asked.Arm, events)
}

// traceSessionOf returns the id of a stored session in traces. It contains the
// tenant, because two tenants may have sessions of the same name.
func traceSessionOf(tenant, name string) string {
	if tenant == "" || name == "" {
		return name
	}
	return tenant + "/" + name
}
