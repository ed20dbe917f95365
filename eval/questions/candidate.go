package questions

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"selfrag/retrieval/text"
)

// candidate is a sentence that a question can be made from, with the answer to
// that question.
type candidate struct {
	document int
	sentence sentence
	line     string // the sentence as one line
	answer   string // verbatim in the sentence
	unit     string // unit of the answer, see text.Quantity; "name" for a name, "cell" for a cell, "text" for a phrase or sentence
	plain    string // the question that code makes, without the document's name; empty if code can make none
	place    string // name of the document that holds the answer; may be empty
}

// candidates returns the candidates of a document in the order of its text. If
// written is set, it includes the candidates whose question only a model can
// write.
func (c *Corpus) candidates(at int, written bool) []candidate {
	d := c.documents[at]
	rows := map[string]int{}
	for _, s := range d.sentences {
		for _, cell := range s.cellsIn() {
			rows[cell.row+"\x00"+cell.column]++
		}
	}
	var out []candidate
	for i, s := range d.sentences {
		one := candidate{document: at, sentence: s, line: s.line, place: d.name()}
		for _, cell := range s.cellsIn() {
			if rows[cell.row+"\x00"+cell.column] == 1 && one.place != "" {
				k := one
				k.answer, k.unit, k.plain = cell.text, "cell", cell.question()
				out = append(out, k)
			}
		}
		if i > 0 {
			if q, answer := c.asked(d.sentences, i-1); q != "" {
				k := one
				k.answer, k.unit, k.plain = answer, "text", q
				out = append(out, k)
				continue
			}
		}
		if !c.isWhole(d, s) {
			continue
		}
		if q, name := whoQuestion(s.line); q != "" {
			k := one
			k.answer, k.unit, k.plain = name, "name", q
			out = append(out, k)
		} else if q, answer := definitionQuestion(s.line); q != "" {
			k := one
			k.answer, k.unit, k.plain = answer, "text", q
			out = append(out, k)
		}
		if q, name := byWhomQuestion(s.line, c.isSmall); q != "" {
			k := one
			k.answer, k.unit, k.plain = name, "name", q
			out = append(out, k)
		}
		if q, team := teamQuestion(s.line); q != "" {
			k := one
			k.answer, k.unit, k.plain = team, "name", q
			out = append(out, k)
		}
		for _, v := range valuesIn(s.line) {
			if !strings.Contains(s.Text, v.written) {
				continue // cut by the end of a line
			}
			k := one
			k.answer, k.unit = v.written, v.Unit
			if text.Language(s.line) == "ko" {
				k.plain = koreanQuestion(v)
			} else {
				k.plain = englishQuestion(v, c.isSmall)
			}
			if one.place == "" && k.plain != "" && !named(k.plain) {
				continue // it does not say which of several things it is about
			}
			if k.plain != "" || written {
				out = append(out, k)
			}
		}
	}
	return out
}

// isSmall reports whether the first word of a sentence is an ordinary word and
// not a name. It is one if the corpus mostly writes it in lower case, or never
// capitalises it within a sentence and no name follows it here.
func (c *Corpus) isSmall(word, next string) bool {
	low := strings.ToLower(word)
	return text.IsFunctionWord(low) || word != low && (c.within[low] > c.within[word] || c.within[word] == 0 && !text.IsMarkedName(next) && len(word) > 3 && (next != "" || strings.HasSuffix(word, "s")))
}

// longestLine and shortestLine limit the sentences that questions are made
// from, in runes. Not measured.
const longestLine, shortestLine = 240, 16

// isWhole reports whether a sentence says by itself what it is about. If its
// document has no name, the sentence must name its subject.
func (c *Corpus) isWhole(d document, s sentence) bool {
	n := utf8.RuneCountInString(s.line)
	switch {
	case n < shortestLine || n > longestLine || s.first || s.Header != "":
		return false
	case !strings.HasSuffix(s.line, ".") && !endsInNoun(s.line) || leans(s.line) || badRune.MatchString(s.line) || !balanced(s.line):
		return false
	case d.name() == "":
		return anchored(s.line) && c.knows(s.line) && strings.Count(s.Text, "\n") < mostLines
	}
	return true
}

// mostLines is the maximum number of lines of a sentence in a document without a
// title. Longer ones may come from a page whose columns were mixed up when it was
// read. Not measured.
const mostLines = 3

// badRune matches characters of lists, tables and misread texts, and words that
// mix two scripts because they were misread.
var badRune = regexp.MustCompile(`[^\p{Hangul}\p{Latin}\d\s.,%~()'’‘“”"「」·\-–—/&+:;₩$€£°²㎡]|\.\.|\s[A-Za-z]\s[A-Za-z]\s|\d[가-힣]\d|[a-z][가-힣][a-z]|[ㄱ-ㅎㅏ-ㅣ]`)

// leastWords is the minimum number of words of a question that counts as saying
// what it is about although it has no name. Not measured.
const leastWords = 12

// named reports whether a question without the name of a document says by
// itself what it is about: by a name, a year or many words.
func named(question string) bool {
	return quotedName.MatchString(question) || len(namesIn(question)) > 0 || latinName.MatchString(question) || yearIn.MatchString(question) ||
		len(strings.Fields(question)) >= leastWords
}

// anchored reports whether a line says what it is about. It does so by a name in
// Latin script or in quotation marks, by the name of an organisation, or by a
// subject of several words.
func anchored(line string) bool {
	return quotedName.MatchString(line) || len(namesIn(line)) > 0 || longSubject.MatchString(line)
}

var (
	quotedName = regexp.MustCompile(`[「『‘'][^」』’']{3,30}[」』’']`)
	latinName  = regexp.MustCompile(`[A-Z][A-Za-z0-9]{2,}`)
	yearIn     = regexp.MustCompile(`(?:19|20)\d\d(?:년|\b)`)
	// longSubject matches a topic or a subject of three words or more.
	longSubject = regexp.MustCompile(`^(?:[^\s,]+\s){2,}[^\s,]*[가-힣)](?:은|는|이|가)\s`)
	// team matches the Korean name of a team, with its name in brackets, before
	// a particle.
	team = regexp.MustCompile(`(?:^|\s)([가-힣A-Za-z]{1,10}(?:팀|파트|본부|센터)(?:\([^)]{2,40}\))?)(이|가|에서)\s(?:[^,]*[가-힣])?다\.$`)
)

// teamQuestion turns "재고팀이 담당합니다." into a question that asks
// for the team.
func teamQuestion(line string) (question, answer string) {
	m := team.FindStringSubmatchIndex(line)
	if m == nil || text.Language(line) != "ko" {
		return "", ""
	}
	name, particle := line[m[2]:m[3]], line[m[4]:m[5]]
	kind := []rune(organisationKind.FindString(name))
	if strings.Count(line, name) != 1 || particle == "에서" || len(kind) == 0 {
		return "", ""
	}
	if last := kind[len(kind)-1]; final(last) == 0 {
		particle = "가"
	} else {
		particle = "이"
	}
	asked, ok := askSentence(line[:m[2]] + "어느 " + string(kind) + particle + line[m[5]:])
	if !ok || !koreanWhole(asked) {
		return "", ""
	}
	return asked + "?", name
}

var organisationKind = regexp.MustCompile(`팀|파트|본부|센터`)

// ask returns the question that code makes for a candidate, with the name of
// the document unless the question holds it already.
func (k candidate) ask() string {
	if k.plain == "" {
		return ""
	}
	return within(k.place, k.plain)
}

// within returns a question with the name of the document that holds the answer,
// place, unless the question already contains the words of that name.
func within(place, question string) string {
	if place == "" || text.Share(text.Keywords(place), text.Keywords(question)) == 1 {
		return question
	}
	if text.Language(question) == "ko" {
		return "「" + place + "」에 따르면 " + question
	}
	r, size := utf8.DecodeRuneInString(question)
	return "According to “" + place + "”, " + string(unicode.ToLower(r)) + question[size:]
}
