package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"selfrag/eval"
	"selfrag/trace"
	"selfrag/trace/langfuse"
)

// experiments link the questions of a run to a dataset in Langfuse: an
// experiment for each arm. A nil one links nothing.
type experiments struct {
	dataset string // its name
	tracing *trace.Tracing
	byArm   map[string]trace.Experiment
	data    eval.Dataset

	mu    sync.Mutex
	spans map[[2]string]tracedTurn // by arm and question
}

// tracedTurn is where the scores of a question go.
type tracedTurn struct{ trace, span string }

// openExperiments puts the questions into the dataset that the flags name, and
// begins an experiment for each arm, or goes on with those of the run that is
// in the file already.
func (r *questionRun) openExperiments(ctx context.Context, a *app, res results, arms []armSetup, goesOn bool) (*experiments, error) {
	if r.dataset == "" {
		return nil, nil //nolint:nilnil // a nil one links nothing
	}
	switch s := a.settings.Tracing; {
	case a.tracing == nil || a.tracing.Langfuse() == nil:
		return nil, usageError{fmt.Errorf("--langfuse-dataset: %w", trace.ErrNoLangfuse)}
	case s.Sample < 1:
		return nil, usageError{errors.New("--langfuse-dataset needs every question traced: leave out --trace-sample")}
	case s.Content == "off":
		return nil, usageError{errors.New("--langfuse-dataset sends questions and answers to Langfuse, and trace_content is off")}
	}
	client := a.tracing.Langfuse()
	id, err := client.PutDataset(ctx, r.dataset, "questions of "+filepath.Base(filepath.Clean(r.data)))
	if err != nil {
		return nil, keyRefused(err)
	}
	items := make([]langfuse.Item, len(res.queries))
	for i, q := range res.queries {
		if items[i], err = itemOf(r.dataset, q); err != nil {
			return nil, err
		}
	}
	changed, err := client.PutItems(ctx, r.dataset, items)
	if err != nil {
		return nil, keyRefused(err)
	}
	e := &experiments{
		dataset: r.dataset, tracing: a.tracing, byArm: map[string]trace.Experiment{}, data: res.data, spans: map[[2]string]tracedTurn{},
	}
	ids, err := r.experimentIDs(arms, goesOn)
	if err != nil {
		return nil, err
	}
	for _, arm := range arms {
		name := fmt.Sprintf("%s %s, %s, %s", arm.name, arm.settings.Strategy, arm.settings.Model, ids.Begun)
		e.byArm[arm.name] = trace.Experiment{
			ID: ids.IDs[arm.name], Name: name, Dataset: id, Description: "selfrag on " + filepath.Base(filepath.Clean(r.data)),
			Metadata: map[string]string{"arm": arm.name, "strategy": arm.settings.Strategy, "model": arm.settings.Model},
		}
	}
	fmt.Fprintf(a.stderr, "Dataset %s in Langfuse has the %d questions (%d new or changed).\n", r.dataset, len(items), changed)
	return e, nil
}

// itemOf is a question as an item of a dataset. Its id is the same in every
// run, and no other dataset's.
func itemOf(dataset string, q eval.Query) (langfuse.Item, error) {
	out := langfuse.Item{ID: itemID(dataset, q)}
	for to, value := range map[*json.RawMessage]any{
		&out.Input: map[string]any{"question": q.Text}, &out.ExpectedOutput: expectedOf(q),
		&out.Metadata: map[string]any{"id": q.ID, "language": q.Language(), "hops": q.Hops},
	} {
		b, err := json.Marshal(value)
		if err != nil {
			return out, fmt.Errorf("write question %s for Langfuse: %w", q.ID, err)
		}
		*to = b
	}
	return out, nil
}

func itemID(dataset string, q eval.Query) string {
	sum := sha256.Sum256([]byte(dataset + "\x00" + q.ID))
	return "selfrag-" + hex.EncodeToString(sum[:16])
}

func expectedOf(q eval.Query) any {
	if q.Unanswerable {
		return map[string]any{"abstained": true}
	}
	return map[string]any{"answers": q.Answers}
}

// experimentRun is kept beside the file of a run, so that a run that goes on
// stays one experiment.
type experimentRun struct {
	Dataset string            `json:"dataset"`
	Begun   string            `json:"begun"`
	IDs     map[string]string `json:"ids"` // by arm
}

func (r *questionRun) experimentIDs(arms []armSetup, goesOn bool) (experimentRun, error) {
	path := r.out + ".langfuse.json"
	var kept experimentRun
	if b, err := os.ReadFile(path); r.out != "" && goesOn && err == nil && json.Unmarshal(b, &kept) == nil && kept.Dataset == r.dataset && len(kept.IDs) == len(arms) {
		return kept, nil
	}
	kept = experimentRun{r.dataset, time.Now().UTC().Format("2006-01-02 15:04:05.000"), map[string]string{}}
	for _, arm := range arms {
		kept.IDs[arm.name] = "selfrag-" + strings.ToLower(rand.Text())
	}
	if r.out == "" {
		return kept, nil
	}
	b, err := json.Marshal(kept)
	if err == nil {
		err = os.WriteFile(path, append(b, '\n'), 0o644)
	}
	if err != nil {
		return kept, fmt.Errorf("keep which experiment the run is: %w", err)
	}
	return kept, nil
}

// labels are those of the turn that answers the context's question.
func (e *experiments) labels(ctx context.Context, arm string) trace.Labels {
	q, ok := eval.QueryFrom(ctx)
	if e == nil || !ok {
		return trace.Labels{}
	}
	return e.byArm[arm].Item(itemID(e.dataset, q), expectedOf(q))
}

// traced keeps where the context's question was traced.
func (e *experiments) traced(ctx context.Context, arm, traceID string) {
	q, ok := eval.QueryFrom(ctx)
	if e == nil || !ok || traceID == "" {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.spans[[2]string{arm, q.ID}] = tracedTurn{traceID, trace.RootID(ctx)}
}

// score sends what an answer is worth. Whether it abstained is scored with the
// turn.
func (e *experiments) score(q eval.Query, o eval.Outcome) {
	if e == nil {
		return
	}
	e.mu.Lock()
	at, ok := e.spans[[2]string{o.Arm, q.ID}]
	e.mu.Unlock()
	if !ok {
		return
	}
	for _, m := range eval.Metrics() {
		if v, applies := m.Of(q, e.data.Judgements[q.ID], o); applies && m.Name != "abstained" {
			e.tracing.Score(at.trace, at.span, m.Name, v)
		}
	}
}
