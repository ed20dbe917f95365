package measure

import (
	"context"
	"iter"

	"selfrag/agent"
	"selfrag/metrics"
)

// counted is an agent whose turns are counted in the metrics.
type counted struct {
	agent   *agent.Agent
	metrics *metrics.Metrics
}

// Ask is like agent.Agent.Ask, and counts the turn.
func (c counted) Ask(ctx context.Context, q agent.Question) iter.Seq2[agent.Event, error] {
	return c.metrics.Follow(c.agent.Ask(ctx, q))
}
