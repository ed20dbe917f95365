package questions

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	"selfrag/retrieval/text"
)

// Config says which questions to make. Its zero value works.
type Config struct {
	Count int    // number of questions; default 50
	Seed  uint64 // seed of the random choices
	// Several is the share of questions of two look-ups, and Unanswerable the
	// share of questions that the documents do not answer; default 0.2 each. A
	// negative share means none.
	Several, Unanswerable float64
	Language              string // language of the questions, "en" or "ko"; if empty, that of each document
}

func (c Config) withDefaults() Config {
	c.Count = cmp.Or(c.Count, 50)
	c.Several, c.Unanswerable = max(0, cmp.Or(c.Several, 0.2)), max(0, cmp.Or(c.Unanswerable, 0.2))
	return c
}

// Maker makes questions.
type Maker struct {
	Corpus *Corpus
	Search Searcher
	Find   Finder
	// Write has a language model write a question. If it is nil, code writes all
	// questions.
	Write Writer
	// Model is the name of the language model.
	Model  string
	Config Config
	// Progress, if not nil, is called with the number of questions made so far.
	Progress func(done, total int)
}

// Writer sends a prompt of package prompts to a language model and returns the
// reply. name is the name of the prompt, language is "en" or "ko", and values
// fill in its template.
type Writer func(ctx context.Context, name, language string, values any) (string, error)

// Made is the result of making questions.
type Made struct {
	Questions []Question
	// Left counts the questions that were left out, by reason.
	Left map[Reason]int
}

// ErrNothing is returned by Make if no question could be made from the documents.
var ErrNothing = errors.New("no sound question could be made of the documents: a sentence must name its subject and hold a value, such as a date, an amount or a name")

// making is the state of one run.
type making struct {
	*Maker
	random *rand.Rand
	single []single
	made   Made
	names  map[string][]int
}

// single is a question of one look-up with its candidate.
type single struct {
	candidate
	question Question
}

// Make makes the questions. The same corpus, seed and replies of the model give
// the same questions. If fewer questions can be made than Config.Count, Make
// returns those, and ErrNothing if there are none.
func (m *Maker) Make(ctx context.Context) (Made, error) {
	cfg := m.Config.withDefaults()
	r := &making{Maker: m, random: rand.New(rand.NewPCG(cfg.Seed, 23)), made: Made{Left: map[Reason]int{}}}
	r.Config, r.names = cfg, m.Corpus.names()
	several, unanswerable := int(float64(cfg.Count)*cfg.Several), int(float64(cfg.Count)*cfg.Unanswerable)
	if err := r.makeSingle(ctx, cfg.Count-several-unanswerable); err != nil {
		return r.made, err
	}
	if err := r.makeSeveral(ctx, len(r.made.Questions)+several); err != nil {
		return r.made, err
	}
	if err := r.makeUnanswerable(ctx, len(r.made.Questions)+unanswerable); err != nil {
		return r.made, err
	}
	// More questions of one look-up take the place of those that could not be made.
	if err := r.makeSingle(ctx, cfg.Count); err != nil {
		return r.made, err
	}
	if len(r.made.Questions) == 0 {
		return r.made, ErrNothing
	}
	return r.made, nil
}

// add adds a question and gives it an id of its language, kind and number.
func (r *making) add(q Question, kind string) {
	n := 1
	for _, have := range r.made.Questions {
		if have.Language == q.Language && idKind(have) == kind {
			n++
		}
	}
	q.ID = fmt.Sprintf("%s-%s-%02d", q.Language, kind, n)
	r.made.Questions = append(r.made.Questions, q)
	if r.Progress != nil {
		r.Progress(len(r.made.Questions), r.Config.Count)
	}
}

func idKind(q Question) string {
	switch {
	case !q.Answerable:
		return "none"
	case q.HopCount > 1:
		return "several"
	}
	return "one"
}

// wanted reports whether questions in a language are wanted.
func (r *making) wanted(language string) bool {
	return r.Config.Language == "" || r.Config.Language == language
}

// makeSingle makes questions of one look-up until there are upTo questions. It
// takes one from each document in turn, in a random order.
func (r *making) makeSingle(ctx context.Context, upTo int) error {
	used := map[string]bool{}
	for _, s := range r.single {
		used[s.key()] = true
	}
	var queues [][]candidate
	for i := range r.Corpus.documents {
		all := r.Corpus.candidates(i, r.Write != nil)
		all = slices.DeleteFunc(all, func(k candidate) bool { return used[k.key()] || !r.wanted(language(k)) })
		r.random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		if len(all) > 0 {
			queues = append(queues, all)
		}
	}
	r.random.Shuffle(len(queues), func(i, j int) { queues[i], queues[j] = queues[j], queues[i] })
	for len(r.made.Questions) < upTo && len(queues) > 0 {
		for i := range queues {
			taken := false
			for !taken && len(queues[i]) > 0 && len(r.made.Questions) < upTo {
				k := queues[i][0]
				queues[i] = queues[i][1:]
				if used[k.key()] {
					continue
				}
				q, ok, err := r.one(ctx, k)
				if err != nil {
					return err
				}
				if taken = ok; ok {
					used[k.key()] = true
					r.add(q, "one")
					r.single = append(r.single, single{k, r.made.Questions[len(r.made.Questions)-1]})
				}
			}
		}
		queues = slices.DeleteFunc(queues, func(q []candidate) bool { return len(q) == 0 })
	}
	return nil
}

// key identifies the sentence of a candidate. At most one question is made from a
// sentence.
func (k candidate) key() string { return fmt.Sprint(k.sentence.Source, " ", k.sentence.Start) }

// language returns the language of the question for a candidate.
func language(k candidate) string { return text.Language(k.line + k.plain) }

// one makes the question for a candidate. It tries the model first, if there is
// one, and then code. ok is false if neither question is sound.
func (r *making) one(ctx context.Context, k candidate) (q Question, ok bool, err error) {
	for _, way := range r.ways() {
		question, by, err := way(ctx, k)
		if err != nil {
			return q, false, err
		}
		why := Unwritten
		if question != "" {
			why = checkText(question, k, by != ByCode)
		}
		if why == "" && repeats(question, r.made.Questions) {
			why = Duplicate
		}
		if why == "" {
			if why, err = r.checkEvidence(ctx, question, k); err != nil {
				return q, false, err
			}
		}
		if why == "" {
			return r.Corpus.questionOf(k, question, by), true, nil
		}
		r.made.Left[why]++
	}
	return q, false, nil
}

// ByCode is the value of Question.MadeBy for questions that code wrote.
const ByCode = "code"

// ways returns the ways to write the question for a candidate, the best first.
func (r *making) ways() []func(context.Context, candidate) (question, by string, err error) {
	code := func(_ context.Context, k candidate) (string, string, error) { return k.ask(), ByCode, nil }
	if r.Write == nil {
		return []func(context.Context, candidate) (string, string, error){code}
	}
	return []func(context.Context, candidate) (string, string, error){r.written, code}
}

// questionOf returns the line of the data set for a candidate.
func (c *Corpus) questionOf(k candidate, question, by string) Question {
	id := c.documents[k.document].id
	return Question{
		Text: question, Answers: []string{k.answer}, HopCount: 1, Answerable: true, MadeBy: by, Language: text.Language(question),
		Hops: []Hop{{question, k.answer, id}}, Evidence: []Evidence{{id, k.sentence.Text}},
	}
}

// sortedNames returns the names that at least two documents share, but fewer than
// a quarter of all documents. A name in every document, such as that of the
// company, connects nothing.
func (r *making) sortedNames() []string {
	most := max(2, len(r.Corpus.documents)/4)
	return slices.DeleteFunc(slices.Sorted(maps.Keys(r.names)), func(n string) bool {
		return len(r.names[n]) < 2 || len(r.names[n]) > most
	})
}
