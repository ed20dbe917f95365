package agent

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"selfrag/agent/claim"
	"selfrag/agent/quote"
	"selfrag/agent/reading"
	"selfrag/prompts"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// Context is the kind of text that a draft is written from.
type Context string

// The contexts.
const (
	// ContextAuto is ContextEvidence for a model with fewer than SmallModel
	// parameters, as the model reports them (Sized), and ContextPassages for
	// any other.
	ContextAuto Context = "auto"
	// ContextEvidence is the sentences that may answer the question, each below
	// its heading. Together they have about 200 tokens.
	ContextEvidence Context = "evidence"
	// ContextPassages is the whole passages that contain the sentences that may
	// answer the question.
	ContextPassages Context = "passages"
)

// SmallModel is the minimum number of parameters of a model that reads whole
// passages under ContextAuto. Not measured, because all models that were
// available are smaller.
const SmallModel = 4e9

// Sized is a model that can report its number of parameters; 0 means unknown.
type Sized interface {
	Parameters(ctx context.Context) (float64, error)
}

// check returns an error for an unknown context.
func (c Context) check() error {
	switch c {
	case ContextAuto, ContextEvidence, ContextPassages:
		return nil
	}
	return fmt.Errorf("unknown context %q: use auto, evidence or passages", c)
}

// readsPassages reports whether drafts are written from whole passages. A model
// of unknown size counts as large, because the models of services rarely report
// their size. The model is asked for its size only once.
func (s *Steps) readsPassages(ctx context.Context) bool {
	if s.cfg.Context != ContextAuto {
		return s.cfg.Context == ContextPassages
	}
	if s.sized == nil {
		return true
	}
	s.sizing.Do(func() {
		n, err := s.sized.Parameters(ctx)
		s.small = err == nil && n > 0 && n < SmallModel
	})
	return !s.small
}

const (
	// mostRead is the number of sentences that a draft is written from. Not
	// measured; with four, small models read about 200 tokens.
	mostRead = 4
	// leastRead is a share of the best sentence's P(answers). The model is not
	// shown sentences below it. The value was not tuned.
	leastRead = 0.05
)

// Reading holds the passages that a model answers from, and the part of each
// that the model is shown. The best passage comes first unless
// HeuristicBestFirst is left out. A draft cites the passages by index.
type Reading struct {
	Passages []retrieval.Passage
	Shown    []string // the part of each passage that is shown; nil means all of it
	// Likely holds for each passage the highest P(answers) of its sentences. It
	// is nil if the sentences were found for several questions, whose
	// probabilities cannot be compared.
	Likely []float64

	lead string // the query that found the passages, if it is longer than the question
}

// whole returns a reading that shows whole passages.
func whole(passages []retrieval.Passage) Reading { return Reading{Passages: passages} }

// excerpts returns the passages, each with only its shown part as its text.
func (r Reading) excerpts() []retrieval.Passage {
	out := slices.Clone(r.Passages)
	for i := range r.Shown {
		out[i].Text = r.Shown[i]
	}
	return out
}

// of returns a reading with only the passages at the given indices.
func (r Reading) of(indices []int) Reading {
	var out Reading
	for _, i := range indices {
		out.Passages = append(out.Passages, r.Passages[i])
		if r.Shown != nil {
			out.Shown = append(out.Shown, r.Shown[i])
		}
		if r.Likely != nil {
			out.Likely = append(out.Likely, r.Likely[i])
		}
	}
	return out
}

// numbered returns the first n passages in the form in which a prompt shows
// them.
func (r Reading) numbered(question string, n int) []prompts.Passage {
	out := numbered(question, r.Passages[:n])
	for i := range out {
		if r.Shown != nil {
			out[i].Text = writtenOut(question, r.Shown[i])
		}
	}
	return out
}

// readingOf returns the reading that a draft is written from. It holds the
// passages with the best evidence, best first. A small model is shown only the
// evidence in these passages. Without evidence, readingOf returns the whole
// passages.
func (s *Steps) readingOf(ctx context.Context, passages []retrieval.Passage, seen evidence.Found) Reading {
	var best []evidence.Sentence
	for _, e := range seen.Sentences {
		if len(best) == mostRead || e.Answers < leastRead*seen.Sentences[0].Answers {
			break // sorted, best first
		}
		if slices.ContainsFunc(passages, func(p retrieval.Passage) bool { return p.ID == e.Passage }) {
			best = append(best, e)
		}
	}
	out := s.reading(ctx, passages, best)
	for _, p := range out.Passages {
		likely := 0.0
		for _, e := range best {
			if e.Passage == p.ID {
				likely = max(likely, e.Answers)
			}
		}
		out.Likely = append(out.Likely, likely)
	}
	if len(best) > 0 && !s.cfg.uses(HeuristicBestFirst) {
		slices.Reverse(out.Passages)
		slices.Reverse(out.Shown)
		slices.Reverse(out.Likely)
	}
	return out
}

// reading returns a reading of the passages that contain the given sentences,
// in the order of the sentences. A small model is shown only the sentences.
func (s *Steps) reading(ctx context.Context, passages []retrieval.Passage, sentences []evidence.Sentence) Reading {
	if len(sentences) == 0 {
		return whole(passages)
	}
	var out Reading
	of := map[string][]evidence.Sentence{}
	for _, e := range sentences {
		if of[e.Passage] == nil {
			i := slices.IndexFunc(passages, func(p retrieval.Passage) bool { return p.ID == e.Passage })
			out.Passages = append(out.Passages, passages[i])
		}
		of[e.Passage] = append(of[e.Passage], e)
	}
	if s.readsPassages(ctx) {
		return out
	}
	for _, p := range out.Passages {
		out.Shown = append(out.Shown, excerpt(p, of[p.ID]))
	}
	return out
}

// excerpt returns some sentences of a passage in their order, each below its
// heading. If a sentence cannot be understood alone, the sentence before it is
// added.
func excerpt(p retrieval.Passage, sentences []evidence.Sentence) string {
	sentences = slices.Clone(sentences)
	slices.SortStableFunc(sentences, func(a, b evidence.Sentence) int { return a.Start - b.Start })
	runes := []rune(p.Text)
	spans := text.TrimmedSentences(runes)
	var lines []string
	heading, end := p.Title, 0
	for _, s := range sentences {
		shown := quote.Shown(s)
		if s.Heading != "" && s.Heading != heading && !strings.HasPrefix(shown, s.Heading) {
			lines = append(lines, oneLine(s.Heading)+":")
		}
		heading = s.Heading
		at := slices.IndexFunc(spans, func(span text.Span) bool { return span.Start == s.Start-p.Start })
		if at > 0 && spans[at-1].Start >= end && text.LeansBack(s.Text) {
			shown = oneLine(string(runes[spans[at-1].Start:spans[at-1].End])) + " " + shown
		}
		end = s.End - p.Start
		lines = append(lines, shown)
	}
	return strings.Join(lines, "\n")
}

// readingFor returns a reading for several questions at once. It holds the best
// evidence in the passages for each question.
func (t *Turn) readingFor(ctx context.Context, questions []string, passages []retrieval.Passage) (Reading, error) {
	var union []evidence.Sentence
	for _, q := range questions {
		seen, err := t.Steps.Evidence(ctx, q, retrieval.Result{Passages: passages})
		if err != nil {
			return whole(passages), context.Cause(ctx) // the finder failed, so read whole passages
		}
		for i, s := range seen.Sentences[:min(len(seen.Sentences), max(mostRead/len(questions), 2))] {
			if !hasSentence(union, s) && (i == 0 || s.Answers >= leastRead*seen.Sentences[0].Answers) {
				union = append(union, s)
			}
		}
	}
	return t.Steps.reading(ctx, passages, union), nil
}

// hasSentence reports whether a list contains a sentence.
func hasSentence(among []evidence.Sentence, s evidence.Sentence) bool {
	return slices.ContainsFunc(among, func(o evidence.Sentence) bool { return o.Passage == s.Passage && o.Start == s.Start })
}

// around returns a reading of all passages. A small model is shown the part of
// a passage that supports the sentence that cites it (claim.Around). A large
// model is shown whole passages.
func (s *Steps) around(ctx context.Context, sentences []claim.Sentence, passages []retrieval.Passage) Reading {
	out := whole(passages)
	if s.readsPassages(ctx) {
		return out
	}
	out.Shown = make([]string, len(passages))
	for i, p := range passages {
		out.Shown[i] = p.Text
		for _, said := range sentences {
			if slices.Contains(said.Passages, i) {
				out.Shown[i] = claim.Around(said.Text, p).Text
				break
			}
		}
	}
	return out
}

// smallReading is the number of tokens that a small model reads for a question
// that asks for more than a fact. The default for other models is 2000. For the
// questions about the demo's documents (the handbook), the share of the
// required facts in a text of 1000 tokens is only 0.03 lower than in a text of
// 2000 tokens (docs/development/results.md).
const smallReading = 1000

// wantsMore reports whether a question asks for more than a fact, such as how,
// why, a list, a comparison, a summary or a change.
func (t *Turn) wantsMore() bool {
	return text.Wants(t.Question.Text) != text.WantFact && t.Config.uses(HeuristicFull)
}

// fullReading returns the reading of a query for a question that asks for more
// than a fact. It holds whole sections, both sides of a comparison, or parts of
// the document that the question names.
func (r *iteration) fullReading(ctx context.Context, query string, seen evidence.Found) (Reading, error) {
	var cfg reading.Config
	if !r.Steps.readsPassages(ctx) {
		cfg.Tokens = smallReading
	}
	read, err := r.readFull(ctx, query, seen, cfg)
	if err != nil {
		return Reading{}, err
	}
	var left []string
	for _, l := range read.Left {
		left = append(left, l.String())
	}
	r.didWithout(strings.Join(left, "; "))
	return whole(read.Passages), nil
}

// readFull chooses what to read for a question that asks for more than a fact,
// from what the search for a query found. It records the passages in the round.
func (r *iteration) readFull(ctx context.Context, query string, seen evidence.Found, cfg reading.Config) (reading.Reading, error) {
	found, err := r.Steps.Search(ctx, query) // searched already, so this comes from the turn's cache
	if err != nil {
		return reading.Reading{}, err
	}
	documents, _ := r.Steps.retriever.(reading.Documents)
	read, err := reading.New(documents, cfg).Read(ctx, reading.Input{
		Question: r.Question.Text, Want: text.Wants(r.Question.Text), Found: found, Evidence: seen.Sentences,
	})
	if err != nil {
		return reading.Reading{}, err
	}
	r.didWithout(read.Degraded)
	r.record.Passages = ungraded(read.Passages)
	return read, nil
}
