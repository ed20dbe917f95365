package evidence

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"selfrag/internal/vec"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// Config tunes a Finder. Its zero value works.
type Config struct {
	K       int     // sentences given at most; 10
	Workers int     // passages read at once; GOMAXPROCS
	Curves  *Curves // nil: those that docs/results.md tells of
}

// Finder finds evidence. It is safe for concurrent use.
type Finder struct {
	model Model
	cfg   Config
}

// New returns a finder over the token vectors of a model. nil is no model: words
// alone then say how likely a sentence answers, by curves of their own.
func New(model Model, cfg Config) *Finder {
	cfg.K = cmp.Or(cfg.K, 10)
	if cfg.Workers <= 0 {
		cfg.Workers = runtime.GOMAXPROCS(0)
	}
	if cfg.Curves == nil {
		cfg.Curves = BuiltIn()
	}
	return &Finder{model, cfg}
}

// Find gives the sentences of the passages that may answer the question, best
// first. Without passages it finds nothing, which is no error. When the context
// ends, Find ends within the time of one passage.
func (f *Finder) Find(ctx context.Context, in Input) (Found, error) {
	c, err := f.Candidates(ctx, in)
	if err != nil {
		return Found{}, err
	}
	curves := f.cfg.Curves.With
	if f.model == nil {
		curves = f.cfg.Curves.Without
	}
	return curves.judge(in.Question, c, f.cfg.K), nil
}

// Candidates gives every sentence of the passages with its signals, in their
// order, without probabilities: what curves are fitted on.
func (f *Finder) Candidates(ctx context.Context, in Input) ([]Sentence, error) {
	var pieces []piece
	for i, p := range in.Passages {
		pieces = append(pieces, cut(i, p)...)
	}
	if len(pieces) == 0 {
		return nil, ctx.Err()
	}
	out := make([]Sentence, len(pieces))
	f.compareWords(in, pieces, out)
	if f.model == nil {
		return out, ctx.Err()
	}
	return out, f.compareTokens(ctx, in, pieces, out)
}

// compareWords fills in all that takes no model.
func (f *Finder) compareWords(in Input, pieces []piece, out []Sentence) {
	own := make([]wordSet, len(pieces))
	all := make([]wordSet, 0, len(pieces))
	for i, p := range pieces {
		own[i] = wordsOf(p.text)
	}
	all = append(all, own...)
	for i, p := range in.Rest {
		for _, c := range cut(i, p) {
			all = append(all, wordsOf(c.text))
		}
	}
	a := weigh(in.Question, all)
	kind := text.AsksFor(in.Question)
	for i, p := range pieces {
		of := in.Passages[p.passage]
		above := wordsOf(of.Title + " " + p.heading)
		near := []wordSet{own[i], above}
		if i > 0 && pieces[i-1].passage == p.passage {
			near = append(near, own[i-1])
		}
		if i+1 < len(pieces) && pieces[i+1].passage == p.passage {
			near = append(near, own[i+1])
		}
		s := Signals{
			Coverage: a.coverage(own[i], above),
			Alone:    a.coverage(own[i]),
			Near:     a.coverage(near...),
			Rarest:   a.rarest(own[i], above),
			Kind:     0.5,
			Place:    1 / float64(p.passage+1),
		}
		if holds, known := text.HoldsKind(kind, p.text, in.Question); known {
			s.Kind = 0
			if holds {
				s.Kind = 1
			}
		}
		out[i] = Sentence{
			Passage: of.ID, Document: of.Document, Source: of.Source, Title: of.Title, Heading: p.heading,
			Text: p.text, Start: of.Start + p.start, End: of.Start + p.end, Metadata: of.Metadata, Signals: s,
		}
	}
}

// compareTokens fills in the signals of the encoder.
func (f *Finder) compareTokens(ctx context.Context, in Input, pieces []piece, out []Sentence) error {
	q, err := readQuery(ctx, f.model, in)
	if err != nil {
		return err
	}
	read := make([]retrieval.Tokens, len(in.Passages))
	grids := make([]grid, len(in.Passages))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(f.cfg.Workers)
	for i, p := range in.Passages {
		g.Go(func() (err error) {
			if err := gctx.Err(); err != nil {
				return err
			}
			if read[i], err = f.model.Tokens(gctx, p.Searchable()); err == nil {
				grids[i], err = compare(q, read[i])
			}
			if err != nil {
				return fmt.Errorf("read the tokens of passage %s: %w", p.ID, err)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i, p := range pieces {
		at := placeOf(in.Passages[p.passage])
		tokens := read[p.passage]
		own := within(tokens, at.bytes(p.start), at.bytes(p.end))
		above := within(tokens, 0, at.title)
		for _, s := range p.above {
			above = append(above, within(tokens, at.bytes(s.Start), at.bytes(s.End))...)
		}
		vectors := make([][]float32, len(own))
		for n, j := range own {
			vectors[n] = tokens.Vectors[j]
		}
		s := &out[i].Signals
		s.LateAlone = grids[p.passage].maxSim(q.weight, own)
		s.Late = grids[p.passage].maxSim(q.weight, own, above)
		if m := mean(vectors); m != nil && q.mean != nil {
			s.Cosine = float64(vec.Dot(q.mean, m))
		}
	}
	return nil
}

// place is where a passage's text stands in what the encoder reads.
type place struct {
	title int // bytes of the title at its beginning
	text  []rune
	shift int // bytes before the text
}

func placeOf(p retrieval.Passage) place {
	at := place{title: len(p.Title), text: []rune(p.Text)}
	at.shift = len(p.Searchable()) - len(p.Text)
	return at
}

// bytes is where a rune of the text stands.
func (p place) bytes(rune int) int { return p.shift + len(string(p.text[:rune])) }

// judge gives probabilities, puts copies together and keeps the best k.
func (c CurveSet) judge(question string, candidates []Sentence, k int) Found {
	best := c.ranked(candidates)
	found := Found{Sentences: best[:min(len(best), k)]}
	if len(best) > 0 {
		about := summary(question, best)
		found.Answers = c.Answers.Probability(about.list())
		found.OnePlace = c.OnePlace.Probability(about.list())
		found.Coverage = about.Coverage
	}
	return found
}

func (c CurveSet) about(question string, candidates []Sentence) about {
	return summary(question, c.ranked(candidates))
}

// ranked is the candidates with their probabilities, best first, copies put
// together.
func (c CurveSet) ranked(candidates []Sentence) []Sentence {
	byText := map[string]int{}
	var kept []Sentence
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

// merged is two sentences of the same words: the likelier one, which names the
// other's source.
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

// about is what the best sentences say about a question as a whole.
type about struct {
	Best     float64 // log odds of the best sentence
	Next     float64 // of the best one from another passage, less Best
	Coverage float64 // of the best sentence's signals
	Widest   float64 // the highest coverage by any sentence with its neighbours
	Rarest   float64
	Names    float64 // the question's names that are in no kept sentence's place
	Length   float64 // words of the question
}

func (a about) list() []float64 {
	return []float64{a.Best, a.Next, a.Coverage, a.Widest, a.Rarest, a.Names, a.Length}
}

func summary(question string, best []Sentence) about {
	var a about
	if len(best) == 0 {
		return a
	}
	first := best[0]
	a.Best = logit(first.Answers)
	a.Next = -4
	for _, s := range best[1:] {
		if s.Passage != first.Passage {
			a.Next = logit(s.Answers) - a.Best
			break
		}
	}
	a.Coverage, a.Rarest = first.Signals.Coverage, first.Signals.Rarest
	for _, s := range best {
		a.Widest = max(a.Widest, s.Signals.Near)
	}
	names := text.MarkedNames(question)
	for _, n := range names {
		if !strings.Contains(first.Title+" "+first.Heading+" "+first.Text, n) {
			a.Names += 1 / float64(len(names))
		}
	}
	a.Length = float64(len(strings.Fields(text.WithoutAsking(question)))) / 10
	return a
}
