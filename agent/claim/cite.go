package claim

import (
	"fmt"
	"slices"
	"strings"

	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// Citation is the source that a mark such as [1] in the text of an answer
// points to. N is the number in the mark. Quote is equal to the document's text
// from Start to End, counted in runes.
type Citation struct {
	N        int    `json:"n"`
	Document string `json:"document"`
	Source   string `json:"source"`
	Title    string `json:"title"`
	Start    int    `json:"start"`
	End      int    `json:"end"`
	Quote    string `json:"quote"`
	// Metadata is the metadata of the passage, with the page and the headings of
	// the quote.
	Metadata map[string]any `json:"metadata,omitempty"`
}

// Cite returns a citation of the sentence in a passage that shares most
// keywords with a claim. A row of a table or an item of a list counts as a
// sentence. Cite leaves N at 0; Compose sets it.
func Cite(claimed string, p retrieval.Passage) Citation {
	return Sentence{Text: claimed}.cite(p)
}

// cite is like Cite. If the sentence has a short answer, it cites a sentence that
// holds it, if the passage has one: the others share only the question's words.
func (s Sentence) cite(p retrieval.Passage) Citation {
	runes := []rune(p.Text)
	best := text.Span{Start: 0, End: len(runes)}
	spans := text.TrimmedSentences(runes)
	if s.Value != "" {
		lacks := func(of text.Span) bool { return !holdsValue(string(runes[of.Start:of.End]), s.Value) }
		if holding := slices.DeleteFunc(slices.Clone(spans), lacks); len(holding) > 0 {
			spans = holding
		}
	}
	if len(spans) > 0 {
		best = spans[nearest(s.Text, runes, spans)]
	}
	return Citation{
		Document: p.Document,
		Source:   p.Source,
		Title:    p.Title,
		Start:    p.Start + best.Start,
		End:      p.Start + best.End,
		Quote:    string(runes[best.Start:best.End]),
		Metadata: retrieval.At(p.Metadata, p.Start+best.Start),
	}
}

// holdsValue reports whether a text contains a short answer, or all of its numbers.
func holdsValue(s, value string) bool {
	numbers := text.Numbers(value)
	return Holds(s, value) || len(numbers) > 0 && holdsNumbers(s, numbers)
}

// Around returns a passage cut to the sentence nearest to a claim and the
// sentences before and after it.
func Around(claimed string, p retrieval.Passage) retrieval.Passage {
	runes := []rune(p.Text)
	spans := text.TrimmedSentences(runes)
	if len(spans) <= 3 {
		return p
	}
	at := nearest(claimed, runes, spans)
	p.Text = string(runes[spans[max(0, at-1)].Start:spans[min(len(spans)-1, at+1)].End])
	return p
}

// nearest returns the index of the sentence that shares most keywords and
// numbers with a claim.
func nearest(claimed string, runes []rune, sentences []text.Span) int {
	best, bestShare := 0, -1.0
	said := shared(claimed)
	for i, s := range sentences {
		if share := text.Share(said, shared(string(runes[s.Start:s.End]))); share > bestShare {
			best, bestShare = i, share
		}
	}
	return best
}

// shared returns the keywords and numbers of a sentence. Sentences are compared
// by these sets. A number has the same form in any notation (1,800,000 and
// 180만). The digits between the separators of a number are not keywords,
// because the 1 of 1,800,000 is not the 1 of a date.
func shared(s string) text.Set {
	out := text.Keywords(s)
	for w := range out {
		if strings.Trim(w, "0123456789") == "" {
			delete(out, w)
		}
	}
	for _, n := range text.Numbers(s) {
		out["number "+n] = true
	}
	return out
}

// Compose builds the text of an answer from sentences, each followed by the
// numbers of its citations. It skips repeated sentences and sentences that cite
// no passage, so the text may be empty.
func Compose(sentences []Sentence, passages []retrieval.Passage) (string, []Citation) {
	var parts []string
	var citations []Citation
	type quote struct {
		document, source string
		start, end       int
	}
	numbers := map[quote]int{}
	said := map[string]bool{}
	for _, s := range sentences {
		if len(s.Passages) == 0 || said[text.Normalise(s.Text)] {
			continue
		}
		said[text.Normalise(s.Text)] = true
		part := s.Shown()
		for _, i := range s.Passages {
			c := s.cite(passages[i])
			of := quote{c.Document, c.Source, c.Start, c.End}
			n, known := numbers[of]
			if !known {
				n = len(citations) + 1
				numbers[of] = n
				c.N = n
				citations = append(citations, c)
			}
			part += fmt.Sprintf(" [%d]", n)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " "), citations
}
