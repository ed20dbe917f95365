package agent

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"selfrag/agent/claim"
	"selfrag/agent/reading"
	"selfrag/prompts"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// Context is what a draft is written from.
type Context string

// The contexts.
const (
	// ContextAuto is ContextEvidence for a model of fewer than SmallModel
	// parameters, as it says itself (Sized), and ContextPassages for any other.
	ContextAuto Context = "auto"
	// ContextEvidence is the sentences that may answer, each with what it stands
	// under: some 200 tokens.
	ContextEvidence Context = "evidence"
	// ContextPassages is the whole passages that hold these sentences.
	ContextPassages Context = "passages"
)

// SmallModel is how many parameters a model has that reads whole passages, in
// ContextAuto. Not measured: those at hand are smaller.
const SmallModel = 4e9

// Sized is a model that knows how many parameters it has; 0 where it does not.
type Sized interface {
	Parameters(ctx context.Context) (float64, error)
}

// check says what is wrong with a context.
func (c Context) check() error {
	switch c {
	case ContextAuto, ContextEvidence, ContextPassages:
		return nil
	}
	return fmt.Errorf("unknown context %q: use auto, evidence or passages", c)
}

// readsPassages reports whether drafts are written from whole passages. A model
// whose size cannot be found out is taken for a large one, as services are. The
// model is asked for it once.
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
	// mostRead is how many sentences a draft is written from. Not measured; with
	// four, small models read some 200 tokens.
	mostRead = 4
	// leastRead is the share of the best sentence's P(answers) below which another
	// is not read. Not measured.
	leastRead = 0.05
)

// Reading is what a model reads to answer: passages, best first, which a draft
// cites by index, and what it is shown of each.
type Reading struct {
	Passages []retrieval.Passage
	Shown    []string // of each of Passages, in their order; nil: all of their text

	lead string // what the passages were found by, where it is more than the question
}

// whole is passages to be read from their beginning to their end.
func whole(passages []retrieval.Passage) Reading { return Reading{Passages: passages} }

// excerpts are the passages with what is shown of them as their texts.
func (r Reading) excerpts() []retrieval.Passage {
	out := slices.Clone(r.Passages)
	for i := range r.Shown {
		out[i].Text = r.Shown[i]
	}
	return out
}

// of is what is left when only the passages of these indices are read.
func (r Reading) of(indices []int) Reading {
	var out Reading
	for _, i := range indices {
		out.Passages = append(out.Passages, r.Passages[i])
		if r.Shown != nil {
			out.Shown = append(out.Shown, r.Shown[i])
		}
	}
	return out
}

// numbered is the first n passages as a prompt shows them to who asks a question.
func (r Reading) numbered(question string, n int) []prompts.Passage {
	out := numbered(question, r.Passages[:n])
	for i := range out {
		if r.Shown != nil {
			out[i].Text = writtenOut(question, r.Shown[i])
		}
	}
	return out
}

// readingOf is what a draft from passages is written from: those that hold the
// best evidence, best first, and of them only the evidence where the model is
// small. Without evidence, the passages as they are.
func (s *Steps) readingOf(ctx context.Context, passages []retrieval.Passage, seen evidence.Found) Reading {
	var best []evidence.Sentence
	for _, e := range seen.Sentences {
		if len(best) == mostRead || e.Answers < leastRead*seen.Sentences[0].Answers {
			break // they come best first
		}
		if slices.ContainsFunc(passages, func(p retrieval.Passage) bool { return p.ID == e.Passage }) {
			best = append(best, e)
		}
	}
	return s.reading(ctx, passages, best)
}

// reading is some sentences of passages to be read, the passages in the order of
// the sentences.
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

// excerpt is some sentences of a passage in their order, each below its heading,
// and after the one before it where it cannot be understood without.
func excerpt(p retrieval.Passage, sentences []evidence.Sentence) string {
	sentences = slices.Clone(sentences)
	slices.SortStableFunc(sentences, func(a, b evidence.Sentence) int { return a.Start - b.Start })
	runes := []rune(p.Text)
	spans := text.TrimmedSentences(runes)
	var lines []string
	heading, end := p.Title, 0
	for _, s := range sentences {
		shown := shownOf(s)
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

// readingFor is what answers to several questions are read off together: of each
// the best evidence in the passages.
func (t *Turn) readingFor(ctx context.Context, questions []string, passages []retrieval.Passage) (Reading, error) {
	var union []evidence.Sentence
	for _, q := range questions {
		seen, err := t.Steps.Evidence(ctx, q, retrieval.Result{Passages: passages})
		if err != nil {
			return whole(passages), context.Cause(ctx) // the finder failed: read it all
		}
		for i, s := range seen.Sentences[:min(len(seen.Sentences), max(mostRead/len(questions), 2))] {
			if !hasSentence(union, s) && (i == 0 || s.Answers >= leastRead*seen.Sentences[0].Answers) {
				union = append(union, s)
			}
		}
	}
	return t.Steps.reading(ctx, passages, union), nil
}

// hasSentence reports whether a sentence is among others.
func hasSentence(among []evidence.Sentence, s evidence.Sentence) bool {
	return slices.ContainsFunc(among, func(o evidence.Sentence) bool { return o.Passage == s.Passage && o.Start == s.Start })
}

// around is passages to be read about sentences that rest on them: all of them, of
// each the part around what it supports.
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

// smallReading is how many tokens a small model reads for a question that wants
// more than a fact: of what answers about the handbook must hold, as much stands in
// them as in the default's 2000 but for 0.03 (docs/results.md).
const smallReading = 1000

// wantsMore reports whether a question wants more than a fact: how, why, all, both
// sides, a summary, what has changed.
func (t *Turn) wantsMore() bool {
	return text.Wants(t.Question.Text) != text.WantFact && t.Config.uses(HeuristicFull)
}

// fullReading is what an answer to such a question is written from: whole sections,
// both sides of a comparison, the parts of a document that the question names.
func (r *iteration) fullReading(ctx context.Context, found retrieval.Result, seen evidence.Found) (Reading, error) {
	documents, _ := r.Steps.retriever.(reading.Documents)
	var cfg reading.Config
	if !r.Steps.readsPassages(ctx) {
		cfg.Tokens = smallReading
	}
	read, err := reading.New(documents, cfg).Read(ctx, reading.Input{
		Question: r.Question.Text, Want: text.Wants(r.Question.Text), Found: found, Evidence: seen.Sentences,
	})
	if err != nil {
		return Reading{}, err
	}
	r.didWithout(read.Degraded)
	var left []string
	for _, l := range read.Left {
		left = append(left, l.String())
	}
	r.didWithout(strings.Join(left, "; "))
	r.record.Passages = ungraded(read.Passages)
	return whole(read.Passages), nil
}
