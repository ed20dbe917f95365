package evidence

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// Config tunes a Finder. Its zero value works.
type Config struct {
	K       int     // most sentences to return; 10
	Workers int     // passages to read in parallel; GOMAXPROCS
	Curves  *Curves // nil means BuiltIn
}

// Finder finds evidence. It is safe for concurrent use.
type Finder struct {
	model   Model
	vectors *vectors // nil without a model
	cfg     Config
}

// New returns a finder that uses the token vectors of a model. If model is nil,
// only words decide how likely a sentence answers, with curves of their own.
func New(model Model, cfg Config) *Finder {
	cfg.K = cmp.Or(cfg.K, 10)
	if cfg.Workers <= 0 {
		cfg.Workers = runtime.GOMAXPROCS(0)
	}
	f := &Finder{model: model, cfg: cfg}
	if model != nil {
		f.vectors = newVectors(model)
	}
	return f.With(cfg.Curves)
}

// With returns a finder with other curves; nil means BuiltIn. The two share the
// vectors of the sentences that they read.
func (f *Finder) With(c *Curves) *Finder {
	if c == nil {
		c = BuiltIn()
	}
	own := *f
	own.cfg.Curves = c
	return &own
}

// Find returns the sentences of the passages that may answer the question, best
// first. Without passages it finds nothing, which is not an error. When the
// context ends, Find returns within the time of one passage.
func (f *Finder) Find(ctx context.Context, in Input) (Found, error) {
	c, pairs, err := f.candidates(ctx, in)
	if err != nil {
		return Found{}, err
	}
	curves := f.cfg.Curves.With
	if f.model == nil {
		curves = f.cfg.Curves.Without
	}
	found := curves.judge(in.Question, c, pairs, f.cfg.K)
	found.WordsAlone = f.model == nil
	return found, nil
}

// Candidates returns the sentences of the passages with their signals, in their
// order and without probabilities. Curves are fitted on them. With a model it
// returns only the likeliest sentences, because each of those is read by
// itself.
func (f *Finder) Candidates(ctx context.Context, in Input) ([]Sentence, error) {
	c, _, err := f.candidates(ctx, in)
	return c, err
}

// candidates also returns the pairs of candidates that contradict each other.
func (f *Finder) candidates(ctx context.Context, in Input) ([]Sentence, []pair, error) {
	var pieces []piece
	for i, p := range in.Passages {
		pieces = append(pieces, cut(i, p)...)
	}
	if len(pieces) == 0 {
		return nil, nil, ctx.Err()
	}
	out := make([]Sentence, len(pieces))
	known := editionsOf(in)
	f.compareWords(in, pieces, known, out)
	if f.model == nil {
		return out, findPairs(in, out, known), ctx.Err()
	}
	if err := f.compareTokens(ctx, in, pieces, out); err != nil {
		return nil, nil, err
	}
	out, err := f.compareVectors(ctx, in.Question, out)
	if err != nil {
		return nil, nil, err
	}
	return out, findPairs(in, out, known), nil
}

// compareWords sets all signals that need no model.
func (f *Finder) compareWords(in Input, pieces []piece, known editions, out []Sentence) {
	var all []wordSet
	titles := wordSet{}
	for _, list := range [][]retrieval.Passage{in.Passages, in.Rest} {
		for _, p := range list {
			all = append(all, wordsOf(p.Searchable()))
			maps.Copy(titles, wordsOf(p.TitleOrFirstLine()))
		}
	}
	same := weigh(in.Question, all)
	other := same.meeting(in.Question)
	subject := same.only(func(w string) bool { return titles[w] })
	language, asked := text.Language(in.Question), text.KindOf(in.Question)
	places := make([]float64, len(in.Passages))
	for i, n := 0, 0; i < len(places); i++ {
		places[i] = float64(n + 1)
		if !known.isOld(in.Passages[i]) {
			n++
		}
	}
	for i, p := range pieces {
		of := in.Passages[p.passage]
		above := wordsOf(of.TitleOrFirstLine() + " " + p.heading)
		s := Signals{
			Subject: 1,
			Kind:    asked.In(p.text, p.header),
			Place:   1 / places[p.passage],
		}
		a, own := same, wordsOf(p.text)
		if text.Language(p.text) != language {
			a = other
		} else if len(subject.words) > 0 {
			s.Subject = subject.coverage(own, above)
		}
		s.Coverage = a.coverage(own, above)
		if known.isOld(of) {
			s.Superseded = 1
		}
		if of.Rerank != nil {
			s.Reranker = *of.Rerank
		}
		out[i] = sentenceOf(of, p)
		out[i].Signals = s
	}
}

// compareTokens sets the signal Late with the encoder.
func (f *Finder) compareTokens(ctx context.Context, in Input, pieces []piece, out []Sentence) error {
	q, err := readQuery(ctx, f.model, in)
	if err != nil {
		return err
	}
	read := make([]retrieval.Tokens, len(in.Passages))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(f.cfg.Workers)
	for i, p := range in.Passages {
		g.Go(func() (err error) {
			if err := gctx.Err(); err != nil {
				return err
			}
			if read[i], err = f.model.Tokens(gctx, p.Searchable()); err != nil {
				return fmt.Errorf("read the tokens of passage %s: %w", p.ID, err)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	grids := make([]grid, len(read))
	for i := range read {
		if grids[i], err = compare(q.tokens, read[i]); err != nil {
			return fmt.Errorf("compare with passage %s: %w", in.Passages[i].ID, err)
		}
	}
	for i, p := range pieces {
		at := placeOf(in.Passages[p.passage])
		tokens := read[p.passage]
		named := within(tokens, at.bytes(p.start), at.bytes(p.end))
		named = append(named, within(tokens, 0, at.title)...)
		for _, s := range p.above {
			named = append(named, within(tokens, at.bytes(s.Start), at.bytes(s.End))...)
		}
		out[i].Signals.Late = grids[p.passage].maxSim(q.weight, named)
	}
	return nil
}

// place maps positions in a passage's text to positions in what the encoder
// reads.
type place struct {
	title int // bytes of the title at the beginning
	text  []rune
	shift int // bytes before the text
}

func placeOf(p retrieval.Passage) place {
	at := place{title: len(p.Title), text: []rune(p.Text)}
	at.shift = len(p.Searchable()) - len(p.Text)
	return at
}

// bytes returns the byte position of a rune of the text.
func (p place) bytes(rune int) int { return p.shift + len(string(p.text[:rune])) }

// judge computes the probabilities, merges copies and keeps the best k
// sentences.
func (c CurveSet) judge(question string, candidates []Sentence, pairs []pair, k int) Found {
	best := c.ranked(candidates)
	found := Found{Sentences: best[:min(len(best), k)], Changes: c.changes(pairs, candidates, best, k)}
	if len(best) > 0 {
		about := aboutOf(question, best).list()
		found.Answers = c.Answers.Probability(about[:1])
		found.OnePlace = c.OnePlace.Probability(about)
		found.Coverage = best[0].Signals.Coverage
	}
	return found
}

// ranked returns the candidates with their probabilities, best first and with
// copies merged.
func (c CurveSet) ranked(candidates []Sentence) []Sentence {
	byText := map[string]int{}
	kept := []Sentence{} // never null in JSON
	for _, s := range candidates {
		s.Answers = c.Sentence.Probability(s.Signals.list())
		key := text.Normalise(s.Text)
		if i, again := byText[key]; again {
			kept[i] = merged(kept[i], s)
			continue
		}
		byText[key] = len(kept)
		kept = append(kept, s)
	}
	slices.SortStableFunc(kept, func(a, b Sentence) int { return cmp.Compare(b.Answers, a.Answers) })
	return kept
}

// merged merges two sentences of the same words: it returns the likelier one
// with the source of the other added.
func merged(a, b Sentence) Sentence {
	if b.Answers > a.Answers {
		a, b = b, a
	}
	for _, source := range append([]string{b.Source}, b.Copies...) {
		if source != a.Source && !slices.Contains(a.Copies, source) {
			a.Copies = append(slices.Clone(a.Copies), source)
		}
	}
	return a
}

// about holds the figures about a whole question.
type about struct {
	best    float64 // log odds of the best sentence
	clauses float64 // see text.Clauses
	links   float64
}

func (a about) list() []float64 { return []float64{a.best, a.clauses, a.links} }

func aboutOf(question string, best []Sentence) about {
	clauses, links := text.Clauses(question)
	a := about{best: -20, clauses: float64(clauses), links: float64(links)}
	if len(best) > 0 {
		a.best = logit(best[0].Answers)
	}
	return a
}
