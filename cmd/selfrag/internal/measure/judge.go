package measure

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/pflag"

	"selfrag/agent"
	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/eval"
	"selfrag/prompts"
	"selfrag/retrieval"
)

// judgeOptions holds the names of the models that judge the answers.
type judgeOptions struct {
	model    string
	embedder string
}

func (j *judgeOptions) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&j.model, "judge", "", "language `MODEL` that judges the answers: citation precision and recall, faithfulness, answer relevancy; use a different one from the one that answers")
	flags.StringVar(&j.embedder, "judge-embedder", "", "`EMBEDDER` for answer relevancy (default that of the run); none: without answer relevancy")
}

// judgeBudget limits the judging of one answer. It is far above what judging an
// answer costs.
var judgeBudget = agent.Budget{Calls: 1000, Tokens: 2_000_000}

// judgeRun judges the answers of a run. The methods of a nil *judgeRun do
// nothing.
type judgeRun struct {
	eval.Judging

	by  *judgeOptions
	set *prompts.Set
}

// of returns the judgeRun for a run. It returns nil if no judge is named.
func (j *judgeOptions) of(ctx context.Context, parts *wire.Parts, run eval.Run) (*judgeRun, error) {
	if j.model == "" {
		return nil, nil //nolint:nilnil // a nil *judgeRun does nothing
	}
	set, err := parts.Prompts(ctx)
	if err != nil {
		return nil, err
	}
	out := &judgeRun{Judging: eval.Judging{Queries: run.Queries, Log: run.Log, Concurrency: run.Concurrency}, by: j, set: set}
	for _, arm := range run.Arms {
		out.Arms = append(out.Arms, arm.Name)
	}
	out.Judge.Name = fmt.Sprintf("%s, prompts %.12s, embedder %s", j.model, set.Digest(append(judgePrompts, prompts.NameGradeSupport)...), j.embedderName(parts))
	return out, nil
}

// pending returns the number of answers that are not judged yet.
func (r *judgeRun) pending() int {
	if r == nil {
		return 0
	}
	return r.Pending()
}

// do judges the answers that have no judgement yet. It attaches the judgements
// of all answers to outcomes.
func (r *judgeRun) do(ctx context.Context, parts *wire.Parts, w io.Writer, outcomes map[string][]eval.Outcome) error {
	if r == nil {
		return nil
	}
	if r.Pending() > 0 {
		if err := r.by.open(ctx, parts, &r.Judge, r.set, r.by.embedderName(parts)); err != nil {
			return err
		}
	}
	view := term.NewCounting(w, "judged answers")
	defer view.End()
	r.Progress = view.Show
	if err := r.Do(ctx); err != nil {
		return err
	}
	for _, of := range outcomes {
		r.Attach(of)
	}
	return nil
}

func (j *judgeOptions) embedderName(parts *wire.Parts) string {
	s := parts.Settings
	s.Embedder = cmp.Or(j.embedder, s.Embedder)
	return parts.With(s).NewEmbedder()
}

// open opens the language model and the embedder of the judge.
func (j *judgeOptions) open(ctx context.Context, parts *wire.Parts, judge *eval.Judge, set *prompts.Set, embedderName string) error {
	asked := parts.Settings
	asked.Model = j.model
	model, err := parts.With(asked).Model(ctx)
	if err != nil {
		return fmt.Errorf("the judge: %w", err)
	}
	judge.Steps = func() (*agent.Steps, error) {
		return agent.NewSteps(model, noRetriever{}, set, agent.Config{Budget: judgeBudget})
	}
	if embedderName == config.NoEmbedder {
		return nil
	}
	vectors, err := parts.Embedder(ctx, embedderName, nil)
	if err != nil {
		return fmt.Errorf("the judge's embedder (--judge-embedder none does without): %w", err)
	}
	judge.Embedder = vectors
	return nil
}

// noRetriever is the retriever for the steps of a judge, which never search.
type noRetriever struct{}

// Search always returns an error.
func (noRetriever) Search(context.Context, string) (retrieval.Result, error) {
	return retrieval.Result{}, errors.New("a judge does not search")
}
