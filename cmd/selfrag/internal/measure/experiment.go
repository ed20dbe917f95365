package measure

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/eval"
	"selfrag/fault"
	"selfrag/trace"
	"selfrag/trace/langfuse"
)

// experiments links the questions of a run to a dataset in Langfuse, with an
// experiment for each arm. The methods of a nil *experiments do nothing.
type experiments struct {
	dataset string // name of the dataset
	tracing *trace.Tracing
	byArm   map[string]trace.Experiment
	data    eval.Dataset

	mu    sync.Mutex
	spans map[[2]string]tracedTurn // by name of the arm and id of the question
	file  *os.File                 // stores the spans; nil: they are only kept in memory
}

// tracedTurn identifies the span in Langfuse to which the scores of one answer
// are attached.
type tracedTurn struct {
	Arm   string `json:"arm"`
	ID    string `json:"id"` // id of the question
	Trace string `json:"trace"`
	Span  string `json:"span"`
}

// openExperiments puts the questions into the Langfuse dataset that the flags
// name, and begins an experiment for each arm. If goesOn is set, the run
// continues an earlier run, and openExperiments continues the experiments of
// that run.
func (r *questionRun) openExperiments(ctx context.Context, parts *wire.Parts, w io.Writer, res results, arms []armSetup, goesOn bool) (*experiments, error) {
	if r.dataset == "" {
		return nil, nil //nolint:nilnil // a nil *experiments does nothing
	}
	switch s := parts.Settings.Tracing; {
	case parts.Tracing == nil || parts.Tracing.Langfuse() == nil:
		return nil, fault.Usagef("--langfuse-dataset: %w", trace.ErrNoLangfuse)
	case s.Sample < 1:
		return nil, fault.Usage(errors.New("--langfuse-dataset needs every question traced: leave out --trace-sample"))
	case s.Content == "off":
		return nil, fault.Usage(errors.New("--langfuse-dataset sends questions and answers to Langfuse, and trace_content is off"))
	}
	client := parts.Tracing.Langfuse()
	id, err := client.PutDataset(ctx, r.dataset, "questions of "+filepath.Base(filepath.Clean(r.data)))
	if err != nil {
		return nil, wire.KeyRefused(err)
	}
	items := make([]langfuse.Item, len(res.queries))
	for i, q := range res.queries {
		if items[i], err = itemOf(r.dataset, q); err != nil {
			return nil, err
		}
	}
	changed, err := client.PutItems(ctx, r.dataset, items)
	if err != nil {
		return nil, wire.KeyRefused(err)
	}
	e := &experiments{
		dataset: r.dataset, tracing: parts.Tracing, byArm: map[string]trace.Experiment{}, data: res.data, spans: map[[2]string]tracedTurn{},
	}
	ids, err := r.experimentIDs(e, arms, goesOn)
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
	fmt.Fprintf(w, "Dataset %s in Langfuse has the %d questions (%d new or changed).\n", r.dataset, len(items), changed)
	return e, nil
}

// itemOf returns a question as an item of a dataset. The item's id is the same
// in every run and differs between datasets.
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

// experimentRun is the first line of the file FILE.langfuse.json, where FILE is
// the file of outcomes. If a run continues, it reads its experiments from this
// line. Each further line is a tracedTurn, so that an answer gets its scores
// even if it is judged in a later run.
type experimentRun struct {
	Dataset string            `json:"dataset"`
	Begun   string            `json:"begun"`
	IDs     map[string]string `json:"ids"` // ids of the experiments, by name of the arm
}

// experimentIDs returns the ids of the experiments. If goesOn is set, the run
// continues an earlier run: it keeps the ids in that run's file, and the traced
// questions in the file are added to e. Otherwise the ids are new.
func (r *questionRun) experimentIDs(e *experiments, arms []armSetup, goesOn bool) (kept experimentRun, err error) {
	path := r.out + ".langfuse.json"
	if r.out != "" && goesOn {
		if b, err := os.ReadFile(path); err == nil {
			first, turns, _ := bytes.Cut(b, []byte("\n"))
			if json.Unmarshal(first, &kept) == nil && kept.Dataset == r.dataset && len(kept.IDs) == len(arms) {
				e.remember(turns)
				// A killed process may have left an unfinished line, so begin a
				// new one.
				return kept, e.keep(path, os.O_APPEND, []byte("\n"))
			}
		}
	}
	kept = experimentRun{r.dataset, time.Now().UTC().Format("2006-01-02 15:04:05.000"), map[string]string{}}
	for _, arm := range arms {
		kept.IDs[arm.name] = "selfrag-" + strings.ToLower(rand.Text())
	}
	if r.out == "" {
		return kept, nil
	}
	b, err := json.Marshal(kept)
	if err != nil {
		return kept, fmt.Errorf("keep which experiment the run is: %w", err)
	}
	return kept, e.keep(path, os.O_TRUNC, append(b, '\n'))
}

// remember reads the lines of traced questions. It skips lines that a killed
// process left unfinished.
func (e *experiments) remember(lines []byte) {
	for line := range bytes.Lines(lines) {
		var at tracedTurn
		if json.Unmarshal(line, &at) == nil && at.Trace != "" {
			e.spans[[2]string{at.Arm, at.ID}] = at
		}
	}
}

// keep opens the file of traced questions with the given flags, such as
// os.O_APPEND, and writes text to the file.
func (e *experiments) keep(path string, flags int, text []byte) (err error) {
	if e.file, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|flags, 0o644); err == nil {
		_, err = e.file.Write(text)
	}
	if err != nil {
		return fmt.Errorf("keep which experiment the run is: %w", err)
	}
	return nil
}

func (e *experiments) close() {
	if e != nil && e.file != nil {
		_ = e.file.Close() // nothing is lost, because each line has been written already
	}
}

// labels returns the labels for the trace of a turn. ctx carries the question
// that the turn answers.
func (e *experiments) labels(ctx context.Context, arm string) trace.Labels {
	q, ok := eval.QueryFrom(ctx)
	if e == nil || !ok {
		return trace.Labels{}
	}
	return e.byArm[arm].Item(itemID(e.dataset, q), expectedOf(q))
}

// traced records that the question in ctx was traced as traceID, in e.spans and
// in the file.
func (e *experiments) traced(ctx context.Context, arm, traceID string) error {
	q, ok := eval.QueryFrom(ctx)
	if e == nil || !ok || traceID == "" {
		return nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	at := tracedTurn{arm, q.ID, traceID, trace.RootID(ctx)}
	e.spans[[2]string{arm, q.ID}] = at
	if e.file == nil {
		return nil
	}
	line, err := json.Marshal(at)
	if err == nil {
		_, err = e.file.Write(append(line, '\n'))
	}
	if err != nil {
		return fmt.Errorf("keep where question %s was traced: %w", q.ID, err)
	}
	return nil
}

// score sends the scores of an answer to Langfuse. It is called once when the
// answer is complete, and once more when the judge has scored it. It leaves out
// the score that says whether the answer abstained, because the trace of the
// turn has sent it already. An answer without a trace gets no scores.
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
	unjudged := o
	unjudged.Judgement = nil
	for _, m := range eval.Metrics() {
		v, applies := m.Of(q, e.data.Judgements[q.ID], o)
		if _, sent := m.Of(q, e.data.Judgements[q.ID], unjudged); sent && o.Judgement != nil {
			continue
		}
		if applies && m.Name != eval.MetricAbstained {
			e.tracing.Score(at.Trace, at.Span, m.Name, v)
		}
	}
}
