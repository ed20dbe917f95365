package questions

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"selfrag/rerank/evidence"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// Corpus is the documents that questions are made from.
type Corpus struct {
	documents []document
	words     map[string]int // occurrences of each word within lines; upper and lower case differ
	within    map[string]int // the same, without first words of sentences, so only names are capitalised
}

// document is a document with its sentences.
type document struct {
	id        string // the id that a data set uses for it
	source    string
	title     string // may be empty
	sentences []sentence
	passages  []retrieval.Passage
}

// sentence is a sentence or a table row of a document.
type sentence struct {
	evidence.Sentence
	passage retrieval.Passage
	line    string // Text as one line; empty if it is uncertain how its lines are joined
	first   bool   // it begins a passage, and the passage may begin within a sentence
}

// name returns the title by which a question names the document. It returns ""
// if the title is not fit for that.
func (d document) name() string {
	title := strings.TrimSpace(strings.Trim(d.title, "# "))
	if n := len([]rune(title)); n < minName || n > maxName || strings.ContainsAny(title, "\n“”「」") {
		return ""
	}
	return title
}

// minName and maxName limit the length, in runes, of a title that a question
// quotes. Not measured.
const minName, maxName = 3, 60

// NewCorpus returns the corpus of passages. id returns the id that a data set
// uses for the document of a passage.
func NewCorpus(ctx context.Context, passages []retrieval.Passage, id func(retrieval.Passage) string) (*Corpus, error) {
	c := &Corpus{words: map[string]int{}, within: map[string]int{}}
	at := map[string]int{}
	for _, p := range passages {
		i, known := at[p.Source]
		if !known {
			i = len(c.documents)
			at[p.Source] = i
			c.documents = append(c.documents, document{id: id(p), source: p.Source, title: titleOf(p)})
		}
		d := &c.documents[i]
		d.passages = append(d.passages, p)
		c.count(p.Text)
	}
	slices.SortStableFunc(c.documents, func(a, b document) int { return cmp.Compare(a.source, b.source) })
	for i := range c.documents {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("cut %s into sentences: %w", c.documents[i].source, err)
		}
		c.documents[i].cut(c)
	}
	return c, nil
}

// titleOf returns the title of a document. A first line counts only if it
// stands alone: the first line of a page may be anything.
func titleOf(p retrieval.Passage) string {
	title := p.TitleOrFirstLine()
	if p.Title == "" && !strings.HasPrefix(strings.TrimSpace(p.Text), title+"\n\n") {
		return ""
	}
	return title
}

// Documents returns the number of documents.
func (c *Corpus) Documents() int { return len(c.documents) }

// cut sets the sentences of a document. A sentence that stands in two passages
// that overlap is taken once, from the passage that holds what is before it.
func (d *document) cut(c *Corpus) {
	slices.SortFunc(d.passages, func(a, b retrieval.Passage) int { return cmp.Compare(a.Start, b.Start) })
	seen := map[int]sentence{}
	kept := c.keepsWords(d.passages)
	for _, p := range d.passages {
		for _, s := range evidence.Cut(p) {
			if _, again := seen[s.Start]; again {
				continue
			}
			first := s.Start == p.Start && (p.Start > 0 || d.title == "")
			for _, part := range c.parts(s) {
				seen[part.Start] = sentence{Sentence: part, passage: p, line: c.mended(part.Text, kept), first: first && part.Start == s.Start}
			}
		}
	}
	for _, start := range slices.Sorted(maps.Keys(seen)) {
		d.sentences = append(d.sentences, seen[start])
	}
}

// count counts the words that stand within lines. Words at the ends of lines
// may be cut there, as in texts of PDF files.
func (c *Corpus) count(s string) {
	for line := range strings.Lines(s) {
		words := strings.Fields(line)
		for i, w := range words {
			if (i == 0 || i == len(words)-1 && !strings.HasSuffix(w, ".")) && strings.HasSuffix(line, "\n") && len(words) > 1 {
				continue
			}
			c.words[bare(w)]++
			if i > 0 && !strings.ContainsAny(words[i-1], ".:?!") {
				c.within[bare(w)]++
			}
		}
	}
}

// bare returns a word without punctuation around it.
func bare(w string) string {
	return strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// joint says how two lines are joined.
type joint int

const (
	unknown joint = iota
	apart         // the line ends between two words
	cutWord       // the line ends within a word
)

// jointOf returns how two lines are joined. It looks for the words at their ends
// in the corpus.
func (c *Corpus) jointOf(above, below string) joint {
	last, next := above[strings.LastIndexByte(above, ' ')+1:], below
	if i := strings.IndexByte(below, ' '); i > 0 {
		next = below[:i]
	}
	both := min(c.words[bare(last)], c.words[bare(next)])
	switch joined := c.words[bare(last+next)]; {
	case joined > 0 && joined >= both:
		return cutWord
	case both > 0:
		return apart
	}
	return unknown
}

// parts returns a sentence without the lines of a heading or a list that stand
// before it in a text without blank lines. A line that is shorter than the others
// ends such a heading or item. A row of a table stays whole.
func (c *Corpus) parts(s evidence.Sentence) []evidence.Sentence {
	if s.Header != "" {
		return []evidence.Sentence{s}
	}
	lines := strings.Split(s.Text, "\n")
	longest := 0
	for _, line := range lines {
		longest = max(longest, len([]rune(line)))
	}
	from, at := 0, 0
	for i, line := range lines[:len(lines)-1] {
		n := len([]rune(line))
		at += n + 1
		if float64(n) < shortLine*float64(longest) && (closedLine.MatchString(line) || listMark.MatchString(lines[i+1])) {
			from = at
		}
	}
	runes := []rune(s.Text)
	// A bullet or number of a list is not part of the sentence either.
	rest := string(runes[from:])
	from += len([]rune(listMark.FindString(rest)))
	s.Start += from
	s.Text = string(runes[from:])
	return []evidence.Sentence{s}
}

// shortLine is the share of the length of the longest line below which a line
// counts as short. Not measured.
const shortLine = 0.7

// closedLine matches a line after which something new can begin.
var closedLine = regexp.MustCompile(`[.!?다요임함됨음]\s*$`)

var listMark = regexp.MustCompile(`^\s*(?:[-·•*□○■▶>❍◦]|[0oO]\s|[①-⑳]|[A-Z]\.\s|\d{1,3}\)\s)\s*`)

// keepsWords reports whether most lines of a document end between words.
func (c *Corpus) keepsWords(passages []retrieval.Passage) bool {
	seen := map[joint]int{}
	for _, p := range passages {
		lines := strings.Split(p.Text, "\n")
		for i, line := range lines[1:] {
			if a, b := strings.Join(strings.Fields(lines[i]), " "), strings.Join(strings.Fields(line), " "); a != "" && b != "" {
				seen[c.jointOf(a, b)]++
			}
		}
	}
	return seen[apart] > seen[cutWord]
}

// mended returns a sentence as one line. A word may be cut at the end of a line;
// the words of the corpus decide whether it is. If they do not decide, kept does:
// it says that most lines of the document end between words. If more than one
// place is in doubt, the result is empty.
func (c *Corpus) mended(s string, kept bool) string {
	out := ""
	doubts := 0
	for i, line := range strings.Split(s, "\n") {
		line = strings.Join(strings.Fields(line), " ")
		switch {
		case i == 0:
			out = line
		case line == "" || out == "":
			return ""
		default:
			j := c.jointOf(out, line)
			if j == unknown {
				doubts++
			}
			if j == cutWord || j == unknown && !kept {
				out += line
			} else {
				out += " " + line
			}
		}
	}
	if doubts > 1 {
		return ""
	}
	return sayingMore.ReplaceAllString(out, "")
}

// sayingMore matches a word that only joins a sentence to the one before it.
var sayingMore = regexp.MustCompile(`^(?:다만|또한|한편|그러나|하지만|특히|아울러|반면|그리고|한편으로는),?\s`)

// mostUnknown is the maximum share of the words of a line that the corpus has
// nowhere else. Not measured.
const mostUnknown = 0.25

// knows reports whether most words of a line also stand elsewhere in the corpus.
// In scanned texts, a word that stands only once is often misread.
func (c *Corpus) knows(line string) bool {
	unknown := 0
	words := strings.Fields(line)
	for i, w := range words {
		w = bare(w)
		if strings.ContainsFunc(w, unicode.IsDigit) || w == "" || c.words[w] > 1 {
			continue
		}
		if stem, ok := text.TrimParticle(w); ok && c.words[stem] > 0 {
			continue
		}
		if i == 0 && text.HasHangul(w) { // probably the end of a word that was cut at a page or column
			return false
		}
		unknown++
	}
	return float64(unknown) <= mostUnknown*float64(len(words))
}

// names returns the indexes of the documents that contain each name. A name is
// one in Latin script or a Korean word that names an organisation.
func (c *Corpus) names() map[string][]int {
	out := map[string][]int{}
	for i, d := range c.documents {
		in := map[string]bool{}
		for _, s := range d.sentences {
			for _, n := range namesIn(s.line) {
				in[n] = true
			}
		}
		for n := range in {
			out[n] = append(out[n], i)
		}
	}
	return out
}

// namesIn returns the names in a sentence that two documents can share.
func namesIn(line string) []string {
	out := slices.DeleteFunc(text.Names(line), func(n string) bool {
		return text.MonthOf(n) > 0 || text.IsFunctionWord(strings.ToLower(n)) || len(n) < 4
	})
	for _, w := range strings.Fields(line) {
		w = bare(w)
		if stem, ok := text.TrimParticle(w); ok {
			w = stem
		}
		if organisation.MatchString(w) {
			out = append(out, w)
		}
	}
	return out
}
