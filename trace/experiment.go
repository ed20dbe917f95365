package trace

import (
	"context"
	"encoding/json"

	"go.opentelemetry.io/otel/attribute"

	"selfrag/trace/langfuse"
)

// Experiment is a run of one way to answer over a dataset in Langfuse. It has
// one trace for each item.
type Experiment struct {
	ID          string // unique to this run
	Name        string // as Langfuse shows it; unique to this run
	Description string
	Dataset     string // id of the dataset in Langfuse
	Metadata    map[string]string
}

// Item returns the labels of the turn that answers an item of the dataset.
// expected is the item's expected output, to be written as JSON; nil means
// none.
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

// RootID returns the id of the own span of the turn that was asked under the
// context, or "" if it was not traced.
func RootID(ctx context.Context) string {
	if l, ok := ctx.Value(labelsKey{}).(*labelled); ok {
		if id := l.root.Load(); id != nil {
			return *id
		}
	}
	return ""
}

// Score queues a score for a span of a trace.
func (t *Tracing) Score(traceID, spanID, name string, value float64) {
	if t.scores != nil && traceID != "" {
		t.add(langfuse.Score{Trace: traceID, Observation: spanID, Name: name, Value: value, Type: langfuse.Numeric})
	}
}

// Waiting returns the number of spans and scores waiting to be sent, and the
// number lost so far.
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
