package trace

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	api "go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"selfrag/trace/langfuse"
)

// Tracing sends spans and scores to the configured destinations. It is safe for
// concurrent use.
type Tracing struct {
	cfg          Config
	provider     *sdk.TracerProvider // nil if nothing is sent
	destinations []*destination
	langfuse     *langfuse.Client // nil without keys
	scores       *queue[langfuse.Score]
}

// New begins tracing. It does not contact any server. A file that cannot be
// written and settings that cannot work are errors.
func New(ctx context.Context, cfg Config) (*Tracing, error) {
	cfg = cfg.withDefaults()
	t := &Tracing{cfg: cfg}
	if err := t.open(ctx); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	if len(t.destinations) == 0 {
		return t, nil
	}
	about := []attribute.KeyValue{attribute.String("service.name", cfg.Service)}
	if cfg.Release != "" {
		about = append(about, attribute.String("service.version", cfg.Release))
	}
	if cfg.Environment != "" {
		about = append(about, attribute.String("deployment.environment.name", cfg.Environment))
	}
	res, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithAttributes(about...), resource.WithFromEnv())
	if err != nil && res == nil {
		return nil, errors.Join(fmt.Errorf("describe this program to traces: %w", err), t.Close())
	}
	options := []sdk.TracerProviderOption{sdk.WithResource(res), sdk.WithSpanProcessor(processor{t})}
	if cfg.Sample > 0 {
		options = append(options, sdk.WithSampler(sdk.ParentBased(sdk.TraceIDRatioBased(cfg.Sample))))
	}
	t.provider = sdk.NewTracerProvider(options...)
	return t, nil
}

// open opens the destinations of the configuration.
func (t *Tracing) open(ctx context.Context) error {
	cfg := t.cfg
	if cfg.Langfuse.PublicKey != "" || cfg.Langfuse.SecretKey != "" {
		client, err := langfuse.New(cfg.Langfuse)
		if err != nil {
			return err
		}
		t.langfuse = client
		t.destinations = append(t.destinations, newDestination(cfg, "Langfuse at "+client.Host(), cfg.forLangfuse, upload{client}))
		t.scores = newQueue(cfg, t.sendScore)
	}
	if cfg.OTLP {
		client, err := otlpClient()
		if err != nil {
			return err
		}
		t.destinations = append(t.destinations, newDestination(cfg, "OpenTelemetry at "+Endpoint(), nil, client))
	}
	if cfg.File != "" {
		file, err := openFile(cfg.File)
		if err != nil {
			return err
		}
		t.destinations = append(t.destinations, newDestination(cfg, "file "+cfg.File, nil, file))
	}
	for _, d := range t.destinations {
		if err := d.exporter.Start(ctx); err != nil {
			return fmt.Errorf("begin sending traces to %s: %w", d.name, err)
		}
	}
	return nil
}

// On reports whether anything is traced.
func (t *Tracing) On() bool { return t.provider != nil }

// Langfuse returns the client of the project that receives the traces, or nil
// if none does.
func (t *Tracing) Langfuse() *langfuse.Client { return t.langfuse }

// Tracer returns the tracer of turns, for agent.Config. It does nothing if
// nothing is traced.
func (t *Tracing) Tracer() api.Tracer {
	if t.provider == nil {
		return noop.NewTracerProvider().Tracer("selfrag")
	}
	return t.provider.Tracer("selfrag")
}

// Close sends what is left, within Config.Flush, and ends tracing.
func (t *Tracing) Close() error {
	deadline := time.Now().Add(t.cfg.Flush)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if t.scores != nil {
			t.scores.close(deadline)
		}
	}()
	errs := make([]error, len(t.destinations))
	for i, d := range t.destinations {
		errs[i] = d.close(deadline)
	}
	<-ended
	if t.langfuse != nil {
		t.langfuse.Close()
	}
	return errors.Join(errs...)
}

// Drop says that spans or scores did not arrive.
type Drop struct {
	What  string // "spans" or "scores"
	To    string // the destination
	Count int
	Of    int // the number of all spans or scores
	Why   string
}

func (d Drop) String() string {
	return fmt.Sprintf("%d of %d %s did not reach %s: %s", d.Count, d.Of, d.What, d.To, d.Why)
}

// Drops returns what has not arrived so far. After Close it is complete.
func (t *Tracing) Drops() []Drop {
	var out []Drop
	for _, d := range t.destinations {
		added, drops := d.spans.tally()
		out = append(out, dropsOf("spans", d.name, added, drops)...)
	}
	if t.scores != nil {
		added, drops := t.scores.tally()
		out = append(out, dropsOf("scores", "Langfuse at "+t.langfuse.Host(), added, drops)...)
	}
	return out
}
