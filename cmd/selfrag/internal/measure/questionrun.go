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

// questionRun is what eval qa and ab share: questions, asked of arms, with
// the outcomes in a file.
type questionRun struct {
	data        string
	corpus      string
	limit       int
	seed        uint64
	concurrency int
	out         string
	noShort     bool
	dataset     string // in Langfuse; may be empty
	judge       judgeOptions
}

func (r *questionRun) addFlags(flags *pflag.FlagSet) {
	r.addSampleFlags(flags)
	flags.StringVar(&r.corpus, "corpus", "", "documents to search, where the data set has no corpus.jsonl: a file or folder to ingest for the run")
	r.judge.addFlags(flags)
	flags.StringVar(&r.dataset, "langfuse-dataset", "", "keep the questions as this dataset in Langfuse, and what is answered as an experiment on it")
	flags.BoolVar(&r.noShort, "no-short-answer", false, "score the answer itself, and do not ask the model for it as a phrase")
}

// addSampleFlags are those of what is asked, and where the outcomes go.
func (r *questionRun) addSampleFlags(flags *pflag.FlagSet) {
	flags.StringVar(&r.data, "data", "", "data set: a folder in BEIR layout, where answers count with answers, or a JSONL file of questions")
	flags.IntVar(&r.limit, "limit", 0, "ask this many questions; 0: all")
	flags.Uint64Var(&r.seed, "seed", 0, "of the random choices; other than 0 it also shuffles the questions before --limit takes the first")
	flags.IntVar(&r.concurrency, "concurrency", 1, "questions at a time; more than 1 makes the seconds of a question mean less")
	flags.StringVar(&r.out, "out", "", "file of the outcomes, a JSON line a question; a run that was stopped goes on with it")
}

// checkWithout tells of a rule that there is none of.
func checkWithout(flag string, names []string) error {
	for _, name := range names {
		if err := new(agent.Config).LeaveOut(name); err != nil {
			return fault.Usagef("--%s: %w", flag, err)
		}
	}
	return nil
}

// check tells wrong usage.
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

// armSetup is an arm to be: its name in the outcomes and its settings.
type armSetup struct {
	name     string
	settings config.Settings
}

// results are the outcomes of a run by arm, in the order of the questions.
type results struct {
	data     eval.Dataset
	queries  []eval.Query
	outcomes map[string][]eval.Outcome
}

// run asks every arm what its file does not know yet.
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
		fmt.Fprintf(io.Err, "What was answered is in %s; the same command goes on from there.\n", r.out)
	}
	return res, err
}

// ask does a run, and shows how far it is.
func ask(ctx context.Context, w io.Writer, run eval.Run, what string) (map[string][]eval.Outcome, error) {
	view := term.NewCounting(w, what)
	defer view.End()
	run.Progress = view.Show
	return run.Do(ctx)
}

// measured are the opened parts of a run's arms.
type measured struct {
	run     *questionRun
	io      term.Streams
	data    eval.Dataset
	linked  *experiments
	stores  []measuredStore
	closers []func()
}

// measuredStore is a temporary store, and what its passages depend on.
type measuredStore struct{ madeBy, dataDir, collection string }

func (m *measured) close() {
	for _, c := range slices.Backward(m.closers) {
		c()
	}
}

// open makes an arm over the parts of its settings. The model is asked for first,
// so that a missing one is told before the corpus is ingested.
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
	model, err := own.Model(ctx) // extractive has asked for none
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

// search is the search of the corpus, for as long as the run lasts, and the parts
// over the store that holds it.
func (m *measured) search(ctx context.Context, parts *wire.Parts) (*wire.Parts, *wire.Search, error) {
	own, err := m.filled(ctx, parts)
	if err != nil {
		return nil, nil, err
	}
	search, err := own.Search(ctx)
	return own, search, err
}

// madeBy is what a temporary store depends on: how its passages are made, and
// where an arm looks for them.
func madeBy(s config.Settings) string {
	by := []any{s.Embedder, s.Split, s.ChunkSize, s.ChunkOverlap, s.ParentSize, s.Tenant, s.Store}
	if s.Store == config.StoreMilvus {
		by = append(by, s.MilvusAddress)
	}
	return fmt.Sprintf("%#v", by)
}

// filled is the parts over a store that holds the corpus: that of another arm,
// where it will do, a collection that the arm names, or a new one.
func (m *measured) filled(ctx context.Context, parts *wire.Parts) (*wire.Parts, error) {
	s := parts.Settings
	if s.NamesCollection() {
		return parts, nil
	}
	corpus := m.run.corpus
	if corpus == "" {
		corpus = m.data.Corpus
		s.Split = ingest.SplitNone // a line is a passage, as the judgements count them
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
