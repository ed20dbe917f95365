package agent

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// Draft is an answer to a sub-question, split into sentences.
type Draft struct {
	Text      string // as the model wrote it
	Sentences []Sentence
	NotFound  bool // the model says that the passages do not tell
	// Dropped is how many of the passages, the last, were left out of the
	// prompt because the model's context had no room for them.
	Dropped int
}

// Sentence is one sentence of a draft, without its citation marks.
type Sentence struct {
	Text string
	// Value is what an answer shows of it, where the text is a question with
	// an answer in a few words; empty: the text.
	Value    string
	Passages []int // the passages that it cites, as indices; never out of range
	Support  Grade
	lookUp   string // of a plan, that the text gives the answer to; empty: none
}

// answered is the sentence that gives a look-up its answer: "the lead of the
// Harbour team: Ana Ruiz".
func answered(lookup, value string, passage int) Sentence {
	return Sentence{Text: lookup + ": " + value, Passages: []int{passage}, lookUp: lookup}
}

// shown is what an answer shows of the sentence.
func (s Sentence) shown() string { return cmp.Or(s.Value, s.Text) }

var citationMark = regexp.MustCompile(`\s*[\[［【]\s*(\d+(?:\s*[,;]\s*\d+)*)\s*[\]］】]`)

// parseDraft splits what the model wrote into sentences and reads their
// citation marks. Numbers that point at no passage are dropped. A sentence
// left without a citation, or whose passages lack one of its facts while
// another passage holds them all, gets the passage that shares most of its
// words: small models often forget or mistake the mark. Where only several
// passages together hold them, it gets these. Whether the passages support the
// sentence is graded afterwards.
func parseDraft(written string, passages []retrieval.Passage, given givenNames) Draft {
	d := Draft{Text: written}
	for line := range strings.Lines(attachMarks(written)) { // a model ends no line within a sentence
		runes := []rune(line)
		for _, s := range text.TrimmedSentences(runes) {
			sentence := parseSentence(string(runes[s.Start:s.End]), len(passages))
			if notFound(sentence.Text) {
				d.NotFound = true
				continue
			}
			if len(text.Keywords(sentence.Text)) == 0 {
				continue
			}
			d.Sentences = append(d.Sentences, attribute(sentence, passages, given))
		}
	}
	return d
}

// attribute mends the citation of a sentence, where code is surer than the
// model.
func attribute(s Sentence, passages []retrieval.Passage, given givenNames) Sentence {
	if len(s.Passages) > 0 {
		if _, missing := missingFact(s, passages, given); !missing {
			return s
		}
	}
	i, share := closest(s.Text, passages)
	other := s
	other.Passages = []int{i}
	if share >= 0.5 {
		if _, missing := missingFact(other, passages, given); !missing {
			return other
		}
	}
	if all, ok := s.citingMore(passages, given); ok {
		return all
	}
	if len(s.Passages) == 0 && share >= 0.5 {
		return other
	}
	return s
}

// mostCited is how many passages code lets one sentence cite.
const mostCited = 3

// citingMore adds passages to those that a sentence cites until they hold all
// its facts together: an answer over two hops names what no single passage
// holds, and small models cite the last one only. It fails where no passage
// holds a fact, or too many would be needed.
func (s Sentence) citingMore(passages []retrieval.Passage, given givenNames) (Sentence, bool) {
	said := text.Keywords(s.Text)
	for {
		fact, missing := missingFact(s, passages, given)
		if !missing {
			return s, len(s.Passages) > 0
		}
		if len(s.Passages) >= mostCited {
			return s, false
		}
		best, most := -1, -1.0
		for i, p := range passages {
			if slices.Contains(s.Passages, i) {
				continue
			}
			if next, still := missingFact(s.citing(i), passages, given); still && next == fact {
				continue
			}
			if share := text.Share(said, text.Keywords(p.Searchable())); share > most {
				best, most = i, share
			}
		}
		if best < 0 {
			return s, false
		}
		s = s.citing(best)
	}
}

// citing is the sentence with one more passage cited.
func (s Sentence) citing(passage int) Sentence {
	s.Passages = append(slices.Clone(s.Passages), passage)
	return s
}

// attachMarks moves citation marks that follow the end of a sentence, as in
// "So it is. [1] Next", before the end, so that splitting keeps them with
// their sentence.
func attachMarks(text string) string {
	return marksAfterEnd.ReplaceAllString(text, "$2$1")
}

var marksAfterEnd = regexp.MustCompile(`([.!?…。！？]+)((?:[ \t]*[\[［【]\s*\d+(?:\s*[,;]\s*\d+)*\s*[\]］】])+)`)

// parseSentence reads the marks of one sentence. "Passage 2: so it is", which
// small models write too, cites passage 2.
func parseSentence(written string, passages int) Sentence {
	var s Sentence
	cites := func(number string) {
		n, err := strconv.Atoi(number)
		if err == nil && n >= 1 && n <= passages && !slices.Contains(s.Passages, n-1) {
			s.Passages = append(s.Passages, n-1)
		}
	}
	for _, m := range citationMark.FindAllStringSubmatch(written, -1) {
		for _, f := range strings.FieldsFunc(m[1], func(r rune) bool { return r == ',' || r == ';' || unicode.IsSpace(r) }) {
			cites(f)
		}
	}
	if m := passageLabel.FindStringSubmatch(written); m != nil {
		cites(m[1])
		written = written[len(m[0]):]
	}
	s.Text = strings.TrimLeft(text.TrimListMark(strings.TrimSpace(withoutMarks(written))), "-*• \t")
	return s
}

// passageLabel is a citation before its sentence, or in place of one.
var passageLabel = regexp.MustCompile(`^[\s*]*(?:[Pp]assage|구절|지문|문단|패시지)\s*(\d+)\**\s*(?:[:：]\s*|[.)]?\s*$)`)

// strayMark is whatever a reader would take for a citation mark: in any digits
// and brackets, with signs between that nobody sees.
var strayMark = regexp.MustCompile(`\s*[\[［【〔][\s\p{Cf}^,;]*(?:\p{Nd}[\p{Nd}\s\p{Cf},;~–-]*)?[\]］】〕]`)

// withoutMarks takes out marks until there are none: what is left of
// "[[1]2]" without "[1]" is another.
func withoutMarks(text string) string {
	for {
		less := strayMark.ReplaceAllString(citationMark.ReplaceAllString(text, ""), "")
		if less == text {
			return text
		}
		text = less
	}
}

// notFound tells whether a sentence is the model's way to say that the
// passages do not tell, which the prompts ask it to write in these words.
func notFound(sentence string) bool {
	return strings.Contains(strings.ToUpper(sentence), "NOT FOUND")
}

// closest finds the passage that holds most of a sentence's keywords, and
// the share that it holds.
func closest(sentence string, passages []retrieval.Passage) (best int, share float64) {
	words := text.Keywords(sentence)
	for i, p := range passages {
		if s := text.Share(words, text.Keywords(p.Searchable())); s > share {
			best, share = i, s
		}
	}
	return best, share
}

// cite chooses the sentence of the passage that shares most keywords with
// the claim, as a verbatim quote with its offsets in the document. A sentence
// that is one row of a table or one item of a list is quoted alone.
func cite(claim string, p retrieval.Passage) Citation {
	runes := []rune(p.Text)
	best := text.Span{Start: 0, End: len(runes)}
	if spans := text.TrimmedSentences(runes); len(spans) > 0 {
		best = spans[nearest(claim, runes, spans)]
	}
	return Citation{
		Document: p.Document,
		Source:   p.Source,
		Title:    p.Title,
		Start:    p.Start + best.Start,
		End:      p.Start + best.End,
		Quote:    string(runes[best.Start:best.End]),
		Metadata: p.Metadata,
	}
}

// nearest is which of a text's sentences shares most keywords with a claim.
func nearest(claim string, runes []rune, sentences []text.Span) int {
	best, bestShare := 0, -1.0
	words := text.Keywords(claim)
	for i, s := range sentences {
		if share := text.Share(words, text.Keywords(string(runes[s.Start:s.End]))); share > bestShare {
			best, bestShare = i, share
		}
	}
	return best
}

// around is a passage cut to its sentence nearest to a claim, with the one
// before and the one after it.
func around(claim string, p retrieval.Passage) retrieval.Passage {
	runes := []rune(p.Text)
	spans := text.TrimmedSentences(runes)
	if len(spans) <= 3 {
		return p
	}
	at := nearest(claim, runes, spans)
	p.Text = string(runes[spans[max(0, at-1)].Start:spans[min(len(spans)-1, at+1)].End])
	return p
}
