package measure

import (
	"context"
	"iter"

	"selfrag/agent"
	"selfrag/metrics"
)

// counted is an agent whose turns go into the metrics.
type counted struct {
	agent   *agent.Agent
	metrics *metrics.Metrics
}

// Ask is like the agent's Ask.
func (c counted) Ask(ctx context.Context, q agent.Question) iter.Seq2[agent.Event, error] {
	return c.metrics.Follow(c.agent.Ask(ctx, q))
}
