package measure

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"

	"github.com/spf13/pflag"

	"selfrag/agent"
	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/eval"
	"selfrag/fault"
	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
	"selfrag/trace"
)

// questionRun is the common part of the commands eval qa and ab. It asks each
// arm the questions of a data set and stores the outcomes in a file.
type questionRun struct {
	data        string
	corpus      string
	limit       int
	seed        uint64
	concurrency int
	out         string
	noShort     bool
	dataset     string // name of the dataset in Langfuse; may be empty
	judge       judgeOptions
}

func (r *questionRun) addFlags(flags *pflag.FlagSet) {
	r.addSampleFlags(flags)
	flags.StringVar(&r.corpus, "corpus", "", "`PATH` of the documents to search if the data set has no corpus.jsonl: a file or folder to ingest for the run")
	r.judge.addFlags(flags)
	flags.StringVar(&r.dataset, "langfuse-dataset", "", "keep the questions as the dataset `NAME` in Langfuse, and the answers as an experiment on it")
	flags.BoolVar(&r.noShort, "no-short-answer", false, "score the answer itself instead of asking the model for it as a phrase")
}

// addSampleFlags declares the flags for the questions and the file of outcomes.
func (r *questionRun) addSampleFlags(flags *pflag.FlagSet) {
	flags.StringVar(&r.data, "data", "", "data set `PATH`: a folder in BEIR layout, with answers if they are scored, or a JSONL file of questions")
	flags.IntVar(&r.limit, "limit", 0, "ask `N` questions; 0: all")
	flags.Uint64Var(&r.seed, "seed", 0, "seed `N` of the random choices; unless it is 0, it also shuffles the questions before --limit takes the first")
	flags.IntVar(&r.concurrency, "concurrency", 1, "`N` questions at a time; with more than 1 the seconds of a question include waiting")
	flags.StringVar(&r.out, "out", "", "`FILE` of the outcomes, a JSON line a question; a stopped run resumes from it")
}

// checkWithout returns an error if one of the names is not the name of a rule
// or a heuristic.
func checkWithout(flag string, names []string) error {
	for _, name := range names {
		if err := new(agent.Config).LeaveOut(name); err != nil {
			return fault.Usagef("--%s: %w", flag, err)
		}
	}
	return nil
}

// check returns an error for wrong usage.
func (r *questionRun) check(command string) error {
	switch {
	case r.data == "":
		return fault.Usagef("%s: name the data set with --data DIR", command)
	case r.limit < 0:
		return fault.Usagef("%s: --limit must not be negative", command)
	case r.concurrency < 1:
		return fault.Usagef("%s: --concurrency must be at least 1", command)
	}
	return nil
}

// armSetup holds the settings of an arm and the name of the arm in the
// outcomes.
type armSetup struct {
	name     string
	settings config.Settings
}

// results holds the outcomes of a run by arm, in the order of the questions.
type results struct {
	data     eval.Dataset
	queries  []eval.Query
	outcomes map[string][]eval.Outcome
}

// run asks every arm the questions for which the file of outcomes has no
// outcome yet.
func (r *questionRun) run(ctx context.Context, parts *wire.Parts, io term.Streams, arms []armSetup) (results, error) {
	var res results
	var err error
	if res.data, err = eval.LoadQA(r.data); err != nil {
		return res, err
	}
	res.queries = eval.Sample(res.data.Queries, r.limit, r.seed)
	config, err := r.config(ctx, parts, io.Err, arms, res.data)
	if err != nil {
		return res, err
	}
	log, err := eval.OpenLog(r.out, config)
	if err != nil {
		return res, err
	}
	defer log.Close()
	run := eval.Run{Queries: res.queries, Log: log, Concurrency: r.concurrency}
	for _, arm := range arms {
		run.Arms = append(run.Arms, eval.Arm{Name: arm.name})
	}
	judging, err := r.judge.of(ctx, parts, run)
	if err != nil {
		return res, err
	}
	pending := run.Pending()
	var linked *experiments
	if pending+judging.pending() > 0 {
		if linked, err = r.openExperiments(ctx, parts, io.Err, res, arms, pending < len(arms)*len(res.queries)); err != nil {
			return res, err
		}
		defer linked.close()
		run.Answered = linked.score
		if judging != nil {
			judging.Judged = linked.score
		}
	}
	if pending > 0 {
		m := &measured{run: r, io: io, data: res.data, linked: linked}
		defer m.close()
		for i, arm := range arms {
			if run.Arms[i], err = m.open(ctx, parts.With(arm.settings), arm.name); err != nil {
				return res, err
			}
		}
	}
	tellUntold(io.Err, log, r.out)
	if res.outcomes, err = ask(ctx, io.Err, run, "questions"); err == nil {
		err = judging.do(ctx, parts, io.Err, res.outcomes)
	}
	if err != nil && r.out != "" {
		fmt.Fprintf(io.Err, "The answers so far are in %s; the same command resumes from there.\n", r.out)
	}
	return res, err
}

// ask asks the questions of a run, shows the progress, and returns the outcomes
// by arm.
func ask(ctx context.Context, w io.Writer, run eval.Run, what string) (map[string][]eval.Outcome, error) {
	view := term.NewCounting(w, what)
	defer view.End()
	run.Progress = view.Show
	return run.Do(ctx)
}

// measured holds the parts and stores that were opened for the arms of a run.
type measured struct {
	run     *questionRun
	io      term.Streams
	data    eval.Dataset
	linked  *experiments
	stores  []measuredStore
	closers []func()
}

// measuredStore identifies a temporary store and the settings that its passages
// depend on.
type measuredStore struct{ madeBy, dataDir, collection string }

func (m *measured) close() {
	for _, c := range slices.Backward(m.closers) {
		c()
	}
}

// open returns an arm that answers with the given parts. It opens the model
// first, so that a missing model is reported before the corpus is ingested.
func (m *measured) open(ctx context.Context, parts *wire.Parts, name string) (eval.Arm, error) {
	if !parts.Settings.AsksNoModel() || !m.run.noShort {
		if _, err := parts.Model(ctx); err != nil {
			return eval.Arm{}, err
		}
	}
	own, search, err := m.search(ctx, parts)
	if err != nil {
		return eval.Arm{}, err
	}
	ag, err := own.Agent(ctx, search, wire.AgentOptions{Deltas: true})
	if err != nil {
		return eval.Arm{}, err
	}
	judged := map[string]bool{}
	for _, j := range m.data.Judgements {
		for id := range maps.Keys(j) {
			judged[id] = true
		}
	}
	ask := eval.Asker(counted{ag, own.Metrics}, func(p retrieval.Passage) string { return DocumentID(p, judged) })
	labels := trace.Labels{Name: "eval", Tags: []string{"eval", "arm-" + name}, Metadata: map[string]string{"arm": name, "data": filepath.Base(m.run.data)}}
	out := eval.Arm{Name: name, Ask: func(ctx context.Context, question string) (eval.Turn, error) {
		ctx = trace.With(trace.With(ctx, labels), m.linked.labels(ctx, name))
		turn, err := ask(ctx, question)
		if err != nil {
			return turn, err
		}
		return turn, m.linked.traced(ctx, name, turn.Answer.TraceID)
	}}
	if m.run.noShort {
		return out, nil
	}
	model, err := own.Model(ctx) // not opened yet if the strategy does not use a model
	if err != nil {
		return eval.Arm{}, err
	}
	set, err := own.Prompts(ctx)
	if err != nil {
		return eval.Arm{}, err
	}
	out.Shorten = shortener(model, set)
	return out, nil
}

// search returns a search of the corpus, and parts that use the store with the
// corpus. Both can be used until the run ends.
func (m *measured) search(ctx context.Context, parts *wire.Parts) (*wire.Parts, *wire.Search, error) {
	own, err := m.filled(ctx, parts)
	if err != nil {
		return nil, nil, err
	}
	search, err := own.Search(ctx)
	return own, search, err
}

// madeBy returns a text with the settings that a temporary store depends on.
// Two arms with the same text can use the same store.
func madeBy(s config.Settings) string {
	by := []any{s.Embedder, s.Split, s.ChunkSize, s.ChunkOverlap, s.ParentSize, s.Tenant, s.Store}
	if s.Store == config.StoreMilvus {
		by = append(by, s.MilvusAddress)
	}
	return fmt.Sprintf("%#v", by)
}

// filled returns parts whose store contains the corpus. If the arm names a
// collection, this is its store. Otherwise it is the temporary store of another
// arm that needs the same passages, or a new temporary store.
func (m *measured) filled(ctx context.Context, parts *wire.Parts) (*wire.Parts, error) {
	s := parts.Settings
	if s.NamesCollection() {
		return parts, nil
	}
	corpus := m.run.corpus
	if corpus == "" {
		corpus = m.data.Corpus
		s.Split = ingest.SplitNone // each line is one passage, because the judgements are about whole lines
	}
	if corpus == "" {
		return nil, fault.Usage(errors.New("the data set has no corpus.jsonl: name its documents with --corpus PATH, or a collection that holds them with --collection NAME"))
	}
	by := madeBy(s)
	for _, have := range m.stores {
		if have.madeBy == by {
			s.DataDir, s.Collection = have.dataDir, have.collection
			return parts.With(s), nil
		}
	}
	own, remove, err := ingestToMeasure(ctx, parts.With(s), m.io, corpus)
	if err != nil {
		return nil, err
	}
	m.closers = append(m.closers, remove)
	m.stores = append(m.stores, measuredStore{by, own.Settings.DataDir, own.Settings.Collection})
	return own, nil
}
