package measure

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"selfrag/agent/claim"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/eval"
	"selfrag/fault"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
)

// samples holds the data for fitting the calibration curves: questions with
// judged candidate sentences, and scores of reranked passages.
type samples struct {
	questions []evidence.Judged
	scores    []float64 // scores of reranked passages
	relevant  []bool    // relevant[i]: whether the passage with scores[i] is relevant
	embedder  string    // name of the embedder that the questions were searched with
	reranker  string    // value of the setting rerank, such as late, that gave the scores
}

func (s *samples) add(o samples) {
	s.embedder, s.reranker = o.embedder, o.reranker
	s.questions = append(s.questions, o.questions...)
	s.scores, s.relevant = append(s.scores, o.scores...), append(s.relevant, o.relevant...)
}

// sampleLine is a line of a file of samples: a question, or the scores of a
// reranker.
type sampleLine struct {
	*evidence.Judged
	Embedder string    `json:"embedder,omitempty"`
	Reranker string    `json:"reranker,omitempty"`
	Scores   []float64 `json:"scores,omitempty"`
	Relevant []bool    `json:"relevant,omitempty"`
}

// write writes the samples as JSON lines: one line for each question, and one
// line for all scores.
func (s samples) write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for _, q := range s.questions {
		if err := e.Encode(sampleLine{Judged: &q}); err != nil {
			return err
		}
	}
	return e.Encode(sampleLine{Embedder: s.embedder, Reranker: s.reranker, Scores: s.scores, Relevant: s.relevant})
}

// readSamples reads a file of samples.
func readSamples(path string) (samples, error) {
	var s samples
	f, err := os.Open(path)
	if err != nil {
		return s, fault.Usagef("read the samples: %w", err)
	}
	defer f.Close()
	for d := json.NewDecoder(f); ; {
		var line sampleLine
		if err := d.Decode(&line); errors.Is(err, io.EOF) {
			return s, nil
		} else if err != nil {
			return s, fault.Usagef("%s is not a file of samples: %w", path, err)
		}
		if line.Judged != nil {
			if n := len(line.Right); n > 0 && n != len(line.Candidates) {
				return s, fault.Usagef("%s is not a file of samples: question %s has %d candidates and %d judgements", path, line.ID, len(line.Candidates), n)
			}
			s.questions = append(s.questions, *line.Judged)
			continue
		}
		s.embedder, s.reranker = line.Embedder, line.Reranker
		s.scores, s.relevant = append(s.scores, line.Scores...), append(s.relevant, line.Relevant...)
	}
}

// sampleQuestion is a question of a data set, or one of its look-ups, for which
// the candidate sentences are collected.
type sampleQuestion struct {
	id, text string
	answers  []string
	gold     map[string]bool // ids of the documents that answer the question
	several  bool            // the question takes several look-ups
	none     bool            // no document answers the question
	told     bool            // the data set says whether the question takes one look-up or several
}

// hiding is a store whose searches leave out the passages for which hidden
// returns true. If hidden is nil, the searches leave out nothing.
type hiding struct {
	retrieval.Store
	hidden func(retrieval.Passage) bool
}

func (h *hiding) Dense(ctx context.Context, r retrieval.Request) ([]retrieval.Passage, error) {
	return h.without(h.Store.Dense(ctx, r))
}

func (h *hiding) Lexical(ctx context.Context, r retrieval.Request) ([]retrieval.Passage, error) {
	return h.without(h.Store.Lexical(ctx, r))
}

func (h *hiding) without(found []retrieval.Passage, err error) ([]retrieval.Passage, error) {
	if h.hidden == nil {
		return found, err
	}
	return slices.DeleteFunc(found, h.hidden), err
}

// collect collects the candidate sentences for each question of a data set
// twice: from a search of all documents, and from a search in which the
// documents that answer the question are hidden.
func (o *Calibrate) collect(ctx context.Context, parts *wire.Parts, io term.Streams, path string, data eval.Dataset) (samples, error) {
	s := parts.Settings
	corpus := data.Corpus
	switch info, err := os.Stat(path); {
	case corpus != "":
		s.Split = ingest.SplitNone
	case o.corpus != "":
		corpus = o.corpus
	case err == nil && info.IsDir():
		corpus = path
	default:
		return samples{}, fault.Usage(errors.New("the data set has no corpus.jsonl: name its documents with --corpus PATH"))
	}
	own, remove, err := ingestToMeasure(ctx, parts.With(s), io, corpus)
	if err != nil {
		return samples{}, err
	}
	defer remove()
	whole, err := own.Search(ctx)
	if err != nil {
		return samples{}, err
	}
	finder := whole.Evidence
	if o.words {
		finder = evidence.New(nil, evidence.Config{})
	}
	store := &hiding{Store: whole.Collection}
	search, err := whole.Over(store)
	if err != nil {
		return samples{}, err
	}
	judged := map[string]bool{}
	for _, j := range data.Judgements {
		for id := range maps.Keys(j) {
			judged[id] = true
		}
	}
	out := samples{embedder: whole.Collection.Spec().Model, reranker: s.Reranker}
	view := term.NewCounting(io.Err, "questions")
	defer view.End()
	questions := sampleQuestions(data)
	for i, q := range questions {
		view.Show(i, len(questions))
		store.hidden = nil
		found, err := search.Search(ctx, q.text)
		if err != nil {
			return out, err
		}
		j, err := q.judge(ctx, finder, found, judged)
		if err != nil {
			return out, err
		}
		out.questions = append(out.questions, j)
		for _, p := range append(slices.Clone(found.Passages), found.Rest...) {
			if p.Rerank != nil && len(q.gold) > 0 {
				out.scores, out.relevant = append(out.scores, *p.Rerank), append(out.relevant, q.gold[DocumentID(p, judged)])
			}
		}
		if len(q.gold) == 0 {
			continue
		}
		store.hidden = func(p retrieval.Passage) bool { return q.gold[DocumentID(p, judged)] }
		if found, err = search.Search(ctx, q.text); err != nil {
			return out, err
		}
		without := q
		without.id += hiddenSuffix
		without.none = true
		if j, err = without.judge(ctx, finder, found, judged); err != nil {
			return out, err
		}
		out.questions = append(out.questions, j)
	}
	view.Show(len(questions), len(questions))
	return out, nil
}

// hiddenSuffix marks the id of a question whose documents were hidden.
const hiddenSuffix = "-hidden"

// sampleQuestions returns the questions of a data set and their look-ups. It
// leaves out a look-up without a document, and a look-up that is not written as
// a question, such as "Seoul >> mayor".
func sampleQuestions(data eval.Dataset) []sampleQuestion {
	var out []sampleQuestion
	for _, q := range data.Queries {
		s := sampleQuestion{id: q.ID, text: q.Text, answers: q.Answers, gold: map[string]bool{}, several: q.Hops > 1, none: q.Unanswerable, told: q.Hops > 0}
		for id, grade := range data.Judgements[q.ID] {
			if grade > 0 {
				s.gold[id] = true
			}
		}
		out = append(out, s)
		if len(q.LookUps) < 2 {
			continue
		}
		for i, l := range q.LookUps {
			if l.Document == "" || strings.Contains(l.Text, ">>") {
				continue
			}
			out = append(out, sampleQuestion{
				id: q.ID + "#" + string(rune('1'+i)), text: l.Text, answers: []string{l.Answer}, gold: map[string]bool{l.Document: true}, told: true,
			})
		}
	}
	return out
}

// judge collects the candidate sentences for a question from the result of a
// search, and marks which of them are right. A sentence is right if it stands
// in a document that answers the question, and contains one of the known
// answers. Answers of more than claim.MostValueWords words are not looked for.
func (q sampleQuestion) judge(ctx context.Context, finder *evidence.Finder, found retrieval.Result, judged map[string]bool) (evidence.Judged, error) {
	j := evidence.Judged{ID: q.id, Question: q.text}
	var err error
	if j.Candidates, err = finder.Candidates(ctx, evidence.Of(q.text, found)); err != nil {
		return j, err
	}
	yes, no := true, false
	if q.several {
		j.OnePlace = &no
		if q.none {
			j.Answerable = &no
		}
		return j, nil
	}
	gold := map[string]bool{} // ids of the found passages from the documents in q.gold
	for _, p := range found.Passages {
		if q.gold[DocumentID(p, judged)] {
			gold[p.ID] = true
		}
	}
	short := slices.DeleteFunc(slices.Clone(q.answers), func(a string) bool { return len(strings.Fields(a)) > claim.MostValueWords })
	switch {
	case q.none:
		j.Right, j.Answerable = make([]bool, len(j.Candidates)), &no
	case len(short) > 0:
		j.Right, j.Answerable = make([]bool, len(j.Candidates)), &no
		for i, c := range j.Candidates {
			if len(q.gold) > 0 && !gold[c.Passage] {
				continue
			}
			if slices.ContainsFunc(short, func(a string) bool { return claim.Holds(c.Text, a) }) {
				j.Right[i], j.Answerable = true, &yes
			}
		}
	case len(q.gold) > 0:
		j.Answerable = &no
		if len(gold) > 0 {
			j.Answerable = &yes
		}
	}
	if q.told && !q.none {
		j.OnePlace = j.Answerable
		if j.Answerable == &no {
			j.OnePlace = nil
		}
	}
	return j, nil
}
