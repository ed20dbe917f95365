package agent

import (
	"context"
	"time"

	attr "go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"selfrag/agent/internal/span"
)

// nodeSpan is the span of a node of the tree. It stays open as long as the
// tree grows, since the nodes below become its children.
type nodeSpan struct {
	span.Span
	done time.Time // when the node's own rollout ended
}

// startNode begins the span of a branch's child, below that of its parent.
func (b branch) startNode(ctx context.Context) context.Context {
	if b.parent != nil {
		ctx = trace.ContextWithSpan(ctx, b.parent.span.Span.Span)
	}
	ctx, b.child.span.Span = span.Start(ctx, "node "+b.child.Action, span.Chain)
	return ctx
}

// deadEnd ends the span of a child that is no node of the tree after all. Its
// parent's ends no earlier.
func (b branch) deadEnd() {
	done := b.child.span.done
	if b.parent != nil && done.After(b.parent.span.done) {
		b.parent.span.done = done
	}
	b.child.span.End(trace.WithTimestamp(done))
}

// endNodes ends the spans of all nodes: each when the last below it was done.
func (g *growth) endNodes() {
	last := make([]time.Time, len(g.nodes))
	for i := len(g.nodes) - 1; i >= 0; i-- { // children come after their parents
		n := g.nodes[i]
		if n.span.done.After(last[i]) {
			last[i] = n.span.done
		}
		if n.Parent >= 0 && last[i].After(last[n.Parent]) {
			last[n.Parent] = last[i]
		}
		n.span.tell(n.TreeNode, n.sum)
		n.span.End(trace.WithTimestamp(last[i]))
	}
}

// tell sets what became of the node.
func (s nodeSpan) tell(n TreeNode, sum float64) {
	if !s.IsRecording() {
		return
	}
	s.Input(map[string]any{"action": n.Action, "query": n.Query})
	s.Output(map[string]any{"answer": n.Answer})
	s.SetAttributes(
		attr.Int("selfrag.node", n.ID), attr.Int("selfrag.parent", n.Parent), attr.Int("selfrag.depth", n.Depth),
		attr.Float64("selfrag.reward", n.Reward), attr.Int("selfrag.visits", n.Visits), attr.Float64("selfrag.value", sum/float64(max(1, n.Visits))),
	)
}
