package measure

import (
	"context"
	"iter"

	"selfrag/agent"
	"selfrag/metrics"
)

// counted is an agent whose turns are counted.
type counted struct {
	agent   *agent.Agent
	metrics *metrics.Metrics
}

// Ask is that of the agent.
func (c counted) Ask(ctx context.Context, q agent.Question) iter.Seq2[agent.Event, error] {
	return c.metrics.Follow(c.agent.Ask(ctx, q))
}
