package measure

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"selfrag/agent"
	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/eval/questions"
	"selfrag/fault"
	"selfrag/prompts"
	"selfrag/retrieval"
)

// MakeQuestions holds the options of the command eval make-questions.
type MakeQuestions struct {
	corpus  string
	out     string
	noModel bool
	// namedModel says that the command line names the model.
	namedModel bool
	cfg        questions.Config
	asJSON     bool
}

// AddFlags declares the flags of the options.
func (o *MakeQuestions) AddFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.corpus, "corpus", "", "documents to make questions from: a file or folder `PATH`, ingested into a temporary store")
	flags.StringVar(&o.out, "out", "", "`FILE` for the questions, a JSON line each")
	flags.IntVar(&o.cfg.Count, "count", 50, "`N` questions to make")
	flags.Uint64Var(&o.cfg.Seed, "seed", 0, "seed `N` of the choice of sentences")
	flags.Float64Var(&o.cfg.Several, "several-share", 0.2, "share `P` of questions over two documents that share a name")
	flags.Float64Var(&o.cfg.Unanswerable, "unanswerable-share", 0.2, "share `P` of questions that the documents do not answer")
	flags.StringVar(&o.cfg.Language, "language", "", "only questions in this `LANGUAGE`, en or ko; empty: each document's own")
	flags.BoolVar(&o.noModel, "no-model", false, "ask no language model: code turns sentences into questions")
	flags.BoolVar(&o.asJSON, "json", false, "print JSON")
}

// Check returns an error if the options are wrong. flags are those of the command
// line, which win over settings from elsewhere.
func (o *MakeQuestions) Check(s config.Settings, flags *pflag.FlagSet) error {
	o.namedModel = flags.Changed("model")
	shares := o.cfg.Several + o.cfg.Unanswerable
	switch {
	case o.corpus == "" && !s.NamesCollection():
		return fault.Usage(errors.New("make-questions: name the documents with --corpus PATH, or a collection that holds them with --collection NAME"))
	case o.corpus != "" && flags.Changed("collection"):
		return fault.Usage(errors.New("make-questions: --corpus and --collection cannot be combined"))
	case o.out == "":
		return fault.Usage(errors.New("make-questions: name the file for the questions with --out FILE"))
	case o.cfg.Count < 1:
		return fault.Usage(errors.New("make-questions: --count must be at least 1"))
	case o.cfg.Several < 0 || o.cfg.Unanswerable < 0 || shares > 1:
		return fault.Usage(errors.New("make-questions: --several-share and --unanswerable-share must not be negative, together at most 1"))
	case o.cfg.Language != "" && !slices.Contains(prompts.Languages(), o.cfg.Language):
		return fault.Usagef("make-questions: --language %q: use %s", o.cfg.Language, strings.Join(prompts.Languages(), " or "))
	case o.noModel && o.namedModel:
		return fault.Usage(errors.New("make-questions: --model and --no-model cannot be combined"))
	}
	if _, err := os.Stat(o.out); err == nil {
		return fault.Usagef("make-questions: --out %s: the file already exists; review it with `selfrag eval review %s`, or name another", o.out, o.out)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("write the questions: %w", err)
	}
	// Zero means the default in the configuration; a flag of 0 means none.
	for _, share := range []*float64{&o.cfg.Several, &o.cfg.Unanswerable} {
		if *share == 0 {
			*share = -1
		}
	}
	return nil
}

// MadeReport is the output of make-questions --json.
type MadeReport struct {
	File         string                   `json:"file"`
	Questions    int                      `json:"questions"`
	OneLookUp    int                      `json:"one_look_up"`
	Several      int                      `json:"several_look_ups"`
	Unanswerable int                      `json:"unanswerable"`
	Languages    map[string]int           `json:"languages"`
	Model        string                   `json:"model,omitempty"` // empty if code wrote all questions
	ByCode       int                      `json:"by_code"`         // questions that code wrote
	Left         map[questions.Reason]int `json:"left_out"`
}

// Run makes the questions and writes them.
func (o *MakeQuestions) Run(ctx context.Context, parts *wire.Parts, io term.Streams) error {
	own := parts
	if o.corpus != "" {
		temporary, remove, err := ingestToMeasure(ctx, parts, io, o.corpus)
		if err != nil {
			return err
		}
		defer remove()
		own = temporary
	}
	search, err := own.Search(ctx)
	if err != nil {
		return err
	}
	passages, err := allPassages(ctx, search.Collection)
	if err != nil {
		return err
	}
	corpus, err := questions.NewCorpus(ctx, passages, o.documentID)
	if err != nil {
		return err
	}
	view := term.NewCounting(io.Err, "questions")
	defer view.End()
	maker := questions.Maker{Corpus: corpus, Search: search.TwoStage, Find: search.Evidence, Config: o.cfg, Progress: view.Show}
	finish, err := o.openModel(ctx, own, io.Err, &maker)
	if err != nil {
		return err
	}
	view.Show(0, o.cfg.Count)
	made, err := maker.Make(ctx)
	if err == nil {
		err = writeNew(o.out, made.Questions, 0o644)
	}
	if err = finish(err); err != nil {
		return err
	}
	view.End()
	report := reportMade(o.out, maker.Model, made)
	if o.asJSON {
		return io.JSON(report)
	}
	return report.print(io.Out, o.cfg.Count)
}

// openModel makes a language model write the questions, if there is one. finish
// closes the file of its replies, and removes it unless the run was stopped.
func (o *MakeQuestions) openModel(ctx context.Context, parts *wire.Parts, w io.Writer, maker *questions.Maker) (finish func(error) error, err error) {
	none := func(err error) error { return err }
	if o.noModel {
		return none, nil
	}
	model, err := parts.Model(ctx)
	if fault.Is(err, fault.Unavailable) && parts.Settings.Model == "" {
		fmt.Fprintf(w, "No language model (%v); code turns sentences into questions.\n", err)
		return none, nil
	}
	if err != nil {
		return nil, err
	}
	if sized, ok := model.(agent.Sized); ok && !o.namedModel {
		if n, err := sized.Parameters(ctx); err == nil && n > 0 && n < agent.SmallModel {
			fmt.Fprintf(w, "%s is small: code turns sentences into questions. Name it with --model to have it write them.\n", model.Model())
			return none, nil
		}
	}
	set, err := parts.Prompts(ctx)
	if err != nil {
		return nil, err
	}
	path := o.out + ".replies"
	replies, err := questions.OpenReplies(path)
	if err != nil {
		return nil, err
	}
	if n := replies.Len(); n > 0 {
		fmt.Fprintf(w, "%d replies of the model are in %s and are not asked for again.\n", n, path)
	}
	maker.Model = cmp.Or(parts.Settings.Model, model.Model())
	maker.Write = replies.Writer(set, maker.Model, func(ctx context.Context, p prompts.Prompt) (string, error) {
		written, _, err := generate(ctx, model, p, questionTokens)
		return written, err
	})
	return func(err error) error {
		closing := replies.Close()
		if err != nil {
			fmt.Fprintf(w, "The model's replies so far are in %s; the same command continues from there.\n", path)
			return err
		}
		return errors.Join(closing, os.Remove(path))
	}, nil
}

// questionTokens is the maximum length of a question in tokens. Not measured.
const questionTokens = 96

// mostPassages is the maximum number of passages of a document that are read.
const mostPassages = 10_000

// allPassages returns the passages of a collection.
func allPassages(ctx context.Context, c wire.Collection) ([]retrieval.Passage, error) {
	documents, err := c.Documents(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the documents: %w", err)
	}
	reader, ok := c.(retrieval.PartReader)
	if !ok {
		return nil, errors.New("documents cannot be read from this kind of collection")
	}
	var out []retrieval.Passage
	for _, d := range documents {
		some, err := reader.Passages(ctx, retrieval.Part{Source: d.Source, Document: d.ID, K: mostPassages})
		if err != nil {
			return nil, fmt.Errorf("read the documents: %w", err)
		}
		out = append(out, some...)
	}
	return out, nil
}

// documentID returns the id of a passage's document in the data set. It is the id of
// a line of corpus.jsonl, the path in the folder of the corpus, or the source.
func (o *MakeQuestions) documentID(p retrieval.Passage) string {
	if id, ok := p.Metadata["_id"].(string); ok {
		return id
	}
	return o.sourceID(p.Source)
}

// sourceID returns the id of the document with a source.
func (o *MakeQuestions) sourceID(source string) string {
	for _, root := range []string{o.corpus, absolute(o.corpus)} {
		if root == "" {
			continue
		}
		if rest, ok := strings.CutPrefix(source, strings.TrimSuffix(filepath.ToSlash(root), "/")+"/"); ok {
			return rest
		}
	}
	return source
}

func absolute(path string) string {
	if path == "" {
		return ""
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	return abs
}

// writeNew writes questions to a file that must not exist.
func writeNew(path string, list []questions.Question, perm os.FileMode) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return fmt.Errorf("write the questions: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return questions.Write(f, list)
}

func reportMade(file, model string, made questions.Made) MadeReport {
	r := MadeReport{File: file, Questions: len(made.Questions), Languages: map[string]int{}, Model: model, Left: made.Left}
	for _, q := range made.Questions {
		r.Languages[q.Language]++
		switch {
		case !q.Answerable:
			r.Unanswerable++
		case q.HopCount > 1:
			r.Several++
		default:
			r.OneLookUp++
		}
		if q.MadeBy == questions.ByCode {
			r.ByCode++
		}
	}
	return r
}

func (r MadeReport) print(w io.Writer, wanted int) error {
	fmt.Fprintf(w, "%d questions in %s: %d of one look-up, %d of several, %d that the documents do not answer\n", r.Questions, r.File, r.OneLookUp, r.Several, r.Unanswerable)
	fmt.Fprintf(w, "languages: %s; written by code: %d\n", counts(r.Languages), r.ByCode)
	if r.Questions < wanted {
		fmt.Fprintf(w, "The documents gave no more: %d were asked for.\n", wanted)
	}
	if len(r.Left) > 0 {
		var left []string
		for _, reason := range slices.Sorted(maps.Keys(r.Left)) {
			left = append(left, fmt.Sprintf("%s %d", reason, r.Left[reason]))
		}
		fmt.Fprintf(w, "left out: %s\n", strings.Join(left, ", "))
	}
	_, err := fmt.Fprintf(w, "Look through them with `selfrag eval review %s`.\n", r.File)
	return err
}
