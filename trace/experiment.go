package trace

import (
	"context"
	"encoding/json"

	"go.opentelemetry.io/otel/attribute"

	"selfrag/trace/langfuse"
)

// Experiment is a run of one way to answer over a dataset in Langfuse. Its
// traces are those of its items, one each.
type Experiment struct {
	ID          string // of this run alone
	Name        string // as Langfuse shows it; of this run alone
	Description string
	Dataset     string // the id of the dataset in Langfuse
	Metadata    map[string]string
}

// Item labels the turn that answers one item of the dataset. expected is what
// the item expects, written as JSON; nil: nothing.
func (e Experiment) Item(id string, expected any) Labels {
	all := []attribute.KeyValue{
		attribute.String("langfuse.experiment.id", e.ID), attribute.String("langfuse.experiment.name", e.Name),
		attribute.String("langfuse.experiment.dataset.id", e.Dataset), attribute.String("langfuse.experiment.item.id", id),
	}
	if e.Description != "" {
		all = append(all, attribute.String("langfuse.experiment.description", e.Description))
	}
	for k, v := range e.Metadata {
		all = append(all, attribute.String("langfuse.experiment.metadata."+plain(k), v))
	}
	l := Labels{All: all, RootID: "langfuse.experiment.item.root_observation_id"}
	if expected != nil {
		if text, err := json.Marshal(expected); err == nil {
			l.Root = []attribute.KeyValue{attribute.String(keyItemExpected, string(text))}
		}
	}
	return l
}

// RootID is the id of the own span of the turn that was asked under the
// context; "" when it was not traced.
func RootID(ctx context.Context) string {
	if l, ok := ctx.Value(labelsKey{}).(*labelled); ok {
		if id := l.root.Load(); id != nil {
			return *id
		}
	}
	return ""
}

// Score queues a number that the span of a trace is judged by.
func (t *Tracing) Score(traceID, spanID, name string, value float64) {
	if t.scores != nil && traceID != "" {
		t.add(langfuse.Score{Trace: traceID, Observation: spanID, Name: name, Value: value, Type: langfuse.Numeric})
	}
}

// Waiting is how much waits to be sent, and how much was lost so far.
func (t *Tracing) Waiting() (waiting, lost int) {
	for _, d := range t.destinations {
		waiting += d.spans.length()
	}
	if t.scores != nil {
		waiting += t.scores.length()
	}
	for _, d := range t.Drops() {
		lost += d.Count
	}
	return waiting, lost
}
