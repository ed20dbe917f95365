package trace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// destination is a place that spans are sent to.
type destination struct {
	name     string
	cfg      Config
	rename   func(changed) changed // converts to the names of the destination; may be nil
	exporter *otlptrace.Exporter
	spans    *queue[sdk.ReadOnlySpan]
}

func newDestination(cfg Config, name string, rename func(changed) changed, client otlptrace.Client) *destination {
	d := &destination{name: name, cfg: cfg, rename: rename, exporter: otlptrace.NewUnstarted(client)}
	d.spans = newQueue(cfg, d.send)
	return d
}

// send sends the first spans, as many as fit into one request.
func (d *destination) send(ctx context.Context, batch []sdk.ReadOnlySpan) (int, error) {
	var out []sdk.ReadOnlySpan
	size := 0
	for _, s := range batch {
		shown := d.cfg.presentable(s)
		if d.rename != nil {
			shown = d.rename(shown)
		}
		if size += sizeOf(shown); size > largestRequest && len(out) > 0 {
			break
		}
		out = append(out, shown)
	}
	if err := d.exporter.ExportSpans(ctx, out); err != nil {
		return len(out), cmp.Or(errors.Unwrap(err), err)
	}
	return len(out), nil
}

// largestRequest is the maximum size in bytes, before compression, of a request
// with several spans. Langfuse's cloud accepts 5 MB.
const largestRequest = 4 << 20

// sizeOf returns the approximate size of a span in a request in bytes.
func sizeOf(s sdk.ReadOnlySpan) int {
	size := 512
	for _, a := range s.Attributes() {
		size += len(a.Key) + 16
		if a.Value.Type() == attribute.STRING {
			size += len(a.Value.AsString())
		}
	}
	return size
}

func (d *destination) close(deadline time.Time) error {
	d.spans.close(deadline)
	// After the deadline there may only be a connection left to wait for.
	ctx, cancel := context.WithDeadline(context.Background(), deadline.Add(100*time.Millisecond))
	defer cancel()
	if err := d.exporter.Shutdown(ctx); err != nil && ctx.Err() == nil {
		return fmt.Errorf("end sending traces to %s: %w", d.name, err)
	}
	return nil
}

// partlyError says that some spans of a batch were not accepted.
type partlyError struct {
	rejected int
	why      string
}

func (e *partlyError) Error() string {
	return "it refused them: " + cmp.Or(e.why, "no reason was given")
}

// dropsOf returns a tally as drops, the largest first.
func dropsOf(what, to string, added int, drops map[string]int) []Drop {
	var out []Drop
	for _, why := range slices.Sorted(maps.Keys(drops)) {
		out = append(out, Drop{What: what, To: to, Count: drops[why], Of: added, Why: why})
	}
	slices.SortStableFunc(out, func(a, b Drop) int { return cmp.Compare(b.Count, a.Count) })
	return out
}

// processor labels spans when they begin and queues them when they end.
type processor struct{ tracing *Tracing }

var _ sdk.SpanProcessor = processor{}

// OnStart labels a span.
func (p processor) OnStart(ctx context.Context, s sdk.ReadWriteSpan) {
	l, ok := ctx.Value(labelsKey{}).(*labelled)
	if !ok {
		l = &labelled{}
	}
	labels := l.Labels
	labels.Name, labels.User = cmp.Or(labels.Name, "ask"), cmp.Or(labels.User, p.tracing.cfg.User)
	isRoot := l.begin(s.SpanContext().SpanID().String())
	s.SetAttributes(labels.attributes(*l.root.Load(), isRoot)...)
}

// OnEnd queues a span for each destination, and the scores of a turn.
func (p processor) OnEnd(s sdk.ReadOnlySpan) {
	if !s.SpanContext().IsSampled() {
		return
	}
	for _, d := range p.tracing.destinations {
		d.spans.add(s)
	}
	p.tracing.scoreTurn(s)
}

// Shutdown does nothing: Tracing closes the destinations.
func (processor) Shutdown(context.Context) error { return nil }

// ForceFlush does nothing: Close flushes.
func (processor) ForceFlush(context.Context) error { return nil }
