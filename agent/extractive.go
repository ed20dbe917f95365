package agent

import (
	"context"
	"strings"

	"selfrag/agent/claim"
	"selfrag/agent/quote"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// Extractive answers with sentences of the documents, word for word, and asks
// no language model. It searches once and quotes the best evidence, or
// abstains. A question that asks for more than a fact gets whole sections.
//
// Method: extractive question answering by sentence selection. A calibrated
// probability decides whether there is an answer at all (package evidence).
type Extractive struct{}

// Name is "extractive".
func (Extractive) Name() string { return "extractive" }

const (
	// mostExtracted is the maximum number of sentences in an answer. Not
	// measured.
	mostExtracted = 3
	// leastOfBest is a share of the best sentence's probability. A further
	// sentence is quoted only if its probability is at least that share. Not
	// measured.
	leastOfBest = 0.5
	// leastOnePlace is the minimum P(one place answers the whole question) for
	// an answer. Below it, even the best sentence answers only a part of the
	// question. Chosen on the questions about the demo's documents (the
	// handbook). There the limit removes wrong answers to questions that take
	// several look-ups, and no right answers.
	leastOnePlace = 0.4
)

// Run searches once and quotes. Without evidence there is no answer, so a
// failing evidence finder is an error here.
func (Extractive) Run(ctx context.Context, t *Turn) (Answer, error) {
	return t.once(ctx, func(ctx context.Context, r *iteration, a *Answer) error {
		found, err := t.Steps.Search(ctx, t.Question.Text)
		if err != nil {
			return err
		}
		r.Emit(Searched{Result: found})
		r.record.Passages = ungraded(found.Passages)
		seen, err := t.Steps.Evidence(ctx, t.Question.Text, found)
		if err != nil {
			return err
		}
		r.Emit(EvidenceFound{Found: seen})
		r.saw(found, seen, "")
		r.record.Usefulness = Known(seen.Answers)
		if r.quotesSections(ctx) {
			done, err := r.quoteSections(ctx, t.Question.Text, seen)
			if err != nil {
				return err
			}
			if done {
				a.quoteSections(t.Language, r.quoted)
				return nil
			}
		}
		chosen := r.extracted(t.Config, t.Config.Answerable)
		if len(chosen) == 0 {
			r.Emit(Drafted{Draft: Draft{Draft: claim.Draft{NotFound: true}}})
			return nil
		}
		a.Text, a.Citations = quote.Sentences(chosen)
		r.record.Draft = a.Text
		emitQuotes(t, chosen, found.Passages)
		return nil
	})
}

// extracted returns the sentences of the evidence that answer the question. It
// returns none if P(answers) is below the threshold, or if one place in the
// documents likely answers only a part of the question.
func (n *notes) extracted(cfg Config, threshold float64) []evidence.Sentence {
	seen := n.evidence
	if len(seen.Sentences) == 0 || seen.Answers < threshold || seen.OnePlace < leastOnePlace && cfg.Answerable != NoThreshold {
		return nil
	}
	return best(seen.Sentences, cfg.Answerable)
}

// best returns the best sentence and further sentences, best first. A further
// sentence must be nearly as likely to answer the question (leastOfBest, least)
// and must not repeat a sentence before it.
func best(sentences []evidence.Sentence, least float64) []evidence.Sentence {
	var out []evidence.Sentence
	for i, s := range sentences {
		if len(out) == mostExtracted || i > 0 && (s.Answers < least || s.Answers < leastOfBest*sentences[0].Answers) {
			break // sorted, best first
		}
		if !repeats(out, s.Text) {
			out = append(out, s)
		}
	}
	return out
}

// repeats reports whether s contains one of the sentences, or one of them
// contains s.
func repeats(sentences []evidence.Sentence, s string) bool {
	s = text.Normalise(s)
	for _, other := range sentences {
		said := text.Normalise(other.Text)
		if strings.Contains(said, s) || strings.Contains(s, said) {
			return true
		}
	}
	return false
}

// emitQuotes emits the quoted sentences as the events of a draft.
func emitQuotes(t *Turn, chosen []evidence.Sentence, passages []retrieval.Passage) {
	at := map[string]int{}
	for i, p := range passages {
		at[p.ID] = i
	}
	var draft claim.Draft
	piece := t.pieces(func(s string) Event { return DraftDelta{Text: s} })
	for i, s := range chosen {
		shown := strings.Repeat(" ", min(i, 1)) + quote.Shown(s)
		if piece != nil {
			piece(shown)
		}
		draft.Text += shown
		draft.Sentences = append(draft.Sentences, claim.Sentence{Text: quote.Shown(s), Passages: []int{at[s.Passage]}})
	}
	t.Emit(Drafted{Draft: Draft{Draft: draft}})
}
