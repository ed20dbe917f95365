package evidence

import (
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"selfrag/retrieval/text"
)

// fact is a candidate with a value of the kind that a question asks for.
type fact struct {
	i       int // index among the candidates
	s       Sentence
	of      *document
	isRow   bool
	section string // its heading without dates, numbers and the title
	values  map[string]wordSet
	words   wordSet // words of the sentence without quantities and dates
	above   wordSet // words of its title and headings
	subject wordSet // its subject: the words before its verb, its topic, or the first cell of a row
	names   wordSet
	counts  wordSet  // numbers written as words that do not count what the question asks for
	hedge   string   // words that make a value an average, a target or an example
	bound   int      // -1 for at least, 1 for at most
	times   [4]times // by level: sentence, heading, document, metadata
	// likeliest is true if no other fact of its document is nearer to the
	// question.
	likeliest bool
}

// times holds the date from which something holds and the first date at which
// it does not hold any more.
type times struct{ from, end text.Date }

// headingLevel is the last level whose dates are in the sentence or its
// heading.
const headingLevel = 1

// day returns the first known day of the fact's document, or math.MinInt if
// there is none.
func (f fact) day() int {
	for _, t := range f.times[headingLevel+1:] {
		if !t.from.IsZero() {
			return t.from.First()
		}
	}
	return math.MinInt
}

var (
	hedges    = regexp.MustCompile(`(?i)\b(?:average|median|mean|about|approximately|goal|target|expected|example|e\.g\.)|평균|목표|예를 들|예:|예상|보통|설문`)
	leastWord = regexp.MustCompile(`(?i)\bat least\b|\bminimum\b|\bno less than\b|최소|이상`)
	mostWord  = regexp.MustCompile(`(?i)\bat most\b|\bup to\b|\bmaximum\b|\bno more than\b|\bwithin\b|최대|까지|이하|이내|안에`)
	changing  = regexp.MustCompile(`(?i)\b(?:rose|raised|risen|increased|lowered|reduced|changed|cut)\b|올랐|올렸|인상|늘었|늘렸|줄었|줄였|낮췄|내렸|바뀌|바뀌었|변경`)
	numeral   = regexp.MustCompile(`(?i)\b(?:one|two|three|four|five|six|first|second|third)\b`)
	numbering = regexp.MustCompile(`^\s*(?:\d{1,2}\.|제\d+조\.?|\(\d+\))\s*`)
	verb      = regexp.MustCompile(`(?i)\b(?:is|are|was|were|be|been|has|have|had|may|must|can|could|should|will|shall|get|gets|receives?|pays?|takes?|lasts?|opens?|closes?|starts?|begins?|appl(?:y|ies)|needs?|works?|means|costs)\b`)
)

// endings holds the bigrams of Korean endings, which say nothing about a
// subject.
var endings = text.SetOf("니다 습니 입니 이었 었습 였습 합니 됩니 있습 이다 었다 였다 실수 수있")

// factsOf returns the candidates with a value that the question asks for.
func factsOf(question string, all []Sentence, e editions) []fact {
	var out []fact
	kind, askedCounts := text.AsksFor(question), countsOf(question)
	for i, s := range all {
		d := e.of[documentKey(s.Document, s.Source, s.Passage)]
		if d == nil || kind == text.ReasonKind {
			continue
		}
		f := fact{i: i, s: s, of: d, isRow: strings.Contains(s.Text, " | ") || s.Header != "", section: sectionOf(s)}
		if !f.readTimes(kind) {
			continue
		}
		plain := f.readValues(question)
		if len(f.values) == 0 && kind != text.PersonKind && kind != text.PlaceKind {
			continue
		}
		f.subject = f.subjectOf(plain, kind)
		f.words = wordsOf(text.WithoutAsking(plain + " " + s.Header))
		maps.Copy(f.words, f.subject)
		maps.DeleteFunc(f.words, func(w string, _ bool) bool { return endings[w] })
		f.above = wordsOf(d.title + " " + s.Heading)
		f.names = wordSet{}
		for _, n := range text.Names(plain) {
			f.names[strings.ToLower(n)] = true
		}
		f.counts = countsOf(plain)
		if len(askedCounts) > 0 && len(f.counts) > 0 && sharedOf(askedCounts, f.counts) == 0 {
			continue
		}
		f.hedge = strings.ToLower(hedges.FindString(s.Text))
		switch least, most := leastWord.MatchString(s.Text), mostWord.MatchString(s.Text); {
		case least && !most:
			f.bound = -1
		case most && !least:
			f.bound = 1
		}
		out = append(out, f)
	}
	markLikeliest(out)
	return out
}

func countsOf(s string) wordSet {
	out := wordSet{}
	for _, n := range numeral.FindAllString(s, -1) {
		out[strings.ToLower(n)] = true
	}
	return out
}

// readTimes reads the dates. It returns false for a fact about a time that is
// over, such as a count for one year.
func (f *fact) readTimes(kind text.Kind) bool {
	if kind != text.DateKind {
		for _, d := range text.Dates(f.s.Text) {
			if d.Bound == text.NoBound && !changing.MatchString(f.s.Text) {
				return false
			}
			f.times[0].add(d)
		}
	}
	for _, d := range text.Dates(strings.TrimPrefix(f.s.Heading, f.of.title)) {
		f.times[headingLevel].add(d)
	}
	f.times[2].from, f.times[3].from = f.of.from, f.of.edited
	return true
}

func (t *times) add(d text.DateIn) {
	switch d.Bound {
	case text.Until:
		t.end = d.Next()
	case text.Before:
		t.end = d.Date
	default:
		t.from = d.Date
	}
}

// readValues reads the values that the question asks for and returns the
// sentence without any values.
func (f *fact) readValues(question string) (plain string) {
	f.values = map[string]wordSet{}
	plain = withoutDates(f.s.Text)
	all := text.Quantities(plain)
	for i := len(all) - 1; i >= 0; i-- {
		q := all[i]
		if text.Asks(question, q.Unit) {
			if f.values[q.Unit] == nil {
				f.values[q.Unit] = wordSet{}
			}
			f.values[q.Unit][q.Value] = true
		}
		plain = plain[:q.Start] + " \x00 " + plain[q.End:]
	}
	if text.AsksFor(question) == text.DateKind {
		for _, d := range text.Dates(f.s.Text) {
			if f.values["date"] == nil {
				f.values["date"] = wordSet{}
			}
			f.values["date"][d.String()] = true
		}
	}
	return plain
}

// longestSubject is the maximum number of words of a subject. Not measured.
const longestSubject = 5

func (f fact) subjectOf(plain string, kind text.Kind) wordSet {
	subject := plain
	switch label, _, labelled := strings.Cut(plain, ":"); {
	case f.isRow:
		subject = brackets.ReplaceAllString(Cells(f.s.Text)[0], "")
	case labelled && len([]rune(label)) <= longestLabel:
		subject = label
	case text.Language(plain) == "ko":
		subject = topicOf(plain)
	default:
		subject, _, _ = strings.Cut(subject, "\x00")
		if at := verb.FindStringIndex(subject); at != nil {
			subject = subject[:at[0]]
		}
		words := strings.Fields(subject)
		subject = strings.Join(words[:min(len(words), longestSubject)], " ")
	}
	out := wordsOf(text.WithoutAsking(subject))
	if kind == text.PersonKind {
		for _, n := range text.MarkedNames(subject) {
			delete(out, text.Stem(strings.ToLower(n)))
		}
	}
	return out
}

// topicOf returns a Korean sentence up to its topic or subject: the first word
// with the particle of one.
func topicOf(s string) string {
	words := strings.Fields(s)
	for i, w := range words[:min(len(words), longestSubject)] {
		r := []rune(w)
		if len(r) > 1 && strings.ContainsRune("은는이가", r[len(r)-1]) {
			if len(r) == 2 { // 책은: in the comparison, so short a word keeps its particle
				words[i] = string(r[:1])
			}
			return strings.Join(words[:i+1], " ")
		}
	}
	return ""
}

// sectionOf returns the heading of a sentence without the title, numbers, dates
// and brackets.
func sectionOf(s Sentence) string {
	parts := strings.Split(s.Heading, " > ")
	kept := parts[:0]
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != s.Title && !strings.HasSuffix(p, "?") {
			p = withoutDates(brackets.ReplaceAllString(numbering.ReplaceAllString(p, ""), ""))
			kept = append(kept, space.ReplaceAllString(strings.TrimSpace(p), " "))
		}
	}
	return text.Normalise(strings.Join(kept, " > "))
}

// markLikeliest marks the fact of each document that is nearest to the
// question.
func markLikeliest(facts []fact) {
	near := func(f fact) float64 { return 20*f.s.Signals.Cosine + f.s.Signals.Coverage }
	for i := range facts {
		facts[i].likeliest = !slices.ContainsFunc(facts, func(o fact) bool { return o.of == facts[i].of && near(o) > near(facts[i]) })
	}
}
