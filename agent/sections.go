package agent

import (
	"context"
	"strings"

	"selfrag/agent/claim"
	"selfrag/agent/quote"
	"selfrag/agent/reading"
	"selfrag/rerank/evidence"
)

// A question that asks for more than a fact is answered with whole sections of
// the documents, word for word, if there is no language model or only a small
// one. The limits were chosen on the 120 such questions about the demo's
// documents (the handbook): of what an answer must hold, the sections hold more
// than twice as much as what a model of 1.5 billion parameters writes about
// them, and take no call (docs/development/results.md).
const (
	// leastSections is the minimum P(answers) of the evidence for such an answer.
	// Of those 120 questions 93 reach it. Of the same questions about other
	// documents (the town) 1 does, and of 24 questions about the handbook that it
	// does not answer also 1.
	leastSections = 0.2
	// mostQuoted is the maximum number of tokens in the sections.
	mostQuoted = 400
	// leastSection is a share of the score of the best section. Sections with a
	// lower score are not quoted. With 0.4, fewer tokens hold more (0.72 of what
	// an answer must hold in 322 tokens) than with 0 (0.71 in 388) and 0.5 (0.70
	// in 289).
	leastSection = 0.4
)

// quotesSections reports whether whole sections answer the question, word for
// word, and no draft.
func (t *Turn) quotesSections(ctx context.Context) bool {
	return t.wantsMore() && t.Config.uses(HeuristicSections) && (!t.Steps.caller.HasModel() || !t.Steps.readsPassages(ctx))
}

// quoteSections makes the best sections found for a query the answer. It
// reports whether there is an answer: there is none if the evidence makes one
// unlikely.
func (r *iteration) quoteSections(ctx context.Context, query string, seen evidence.Found) (bool, error) {
	if r.Config.Promising != NoThreshold && seen.Answers < leastSections {
		return false, nil
	}
	read, err := r.readFull(ctx, query, seen, reading.Config{Tokens: mostQuoted, Least: leastSection, Leads: true})
	if err != nil {
		return false, err
	}
	r.quoted.text, r.quoted.citations = quote.Sections(read.Passages)
	if r.quoted.text == "" {
		return false, nil
	}
	r.record.Draft, r.record.Usefulness = r.quoted.text, Known(seen.Answers)
	return true, nil
}

// quotation is an answer that consists of sections, without the words that mark
// it as a quotation. Its text is empty if there is none.
type quotation struct {
	text      string
	citations []Citation
}

// quoteSections makes an answer of whole sections.
func (a *Answer) quoteSections(language string, q quotation) {
	a.Quoted = true
	a.Text = strings.TrimSpace(claim.Quoting(language, "")) + "\n\n" + q.text
	a.Citations = q.citations
}
