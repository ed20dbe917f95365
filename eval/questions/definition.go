package questions

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"selfrag/retrieval/text"
)

// Sentences that say what something is or means.
var (
	koreanMeans   = regexp.MustCompile(`(?:^|\s)["“'‘「]?([가-힣A-Za-z][가-힣A-Za-z ·]{1,20}?)["”'’」]?(?:\s?\(([^)]{2,50})\)["”'’」]?)?(?:이란|란|이라 함은|라 함은),?\s(.{10,160}?)(?:을|를)\s(?:말한다|의미한다|뜻한다|말합니다|의미합니다|뜻합니다)\.$`)
	koreanIs      = regexp.MustCompile(`^([가-힣]{2,12}\([A-Z][A-Za-z]+\)|[A-Z][A-Za-z]{3,15})(은|는) ([^.]{8,90}[가-힣])(?:입니다|이다)\.$`)
	englishIs     = regexp.MustCompile(`^((?:[A-Z][\w-]{3,})(?: [A-Z][\w-]+){0,2}) is ((?:a|an|the) [^,;:]{8,90})\.$`)
	notDefinition = regexp.MustCompile(`(?i)\b(?:included|available|largest|only|same|best|first|last|best|most)\b|것$|경우$|때문$|정도$|예정$|바$`)
)

// definitionQuestion turns a sentence that says what something is into the
// question that asks for it.
func definitionQuestion(line string) (question, answer string) {
	if text.Language(line) != "ko" {
		m := englishIs.FindStringSubmatch(line)
		if m == nil || notDefinition.MatchString(m[2]) || text.IsFunctionWord(strings.ToLower(m[1])) || len(text.MarkedNames(m[1])) == 0 {
			return "", ""
		}
		return "What is " + m[1] + "?", m[2]
	}
	if m := koreanMeans.FindStringSubmatch(line); m != nil {
		term := strings.TrimSpace(m[1])
		if m[2] != "" {
			term += "(" + m[2] + ")"
		}
		return "‘" + term + "’의 뜻은 무엇인가요?", m[3]
	}
	if m := koreanIs.FindStringSubmatch(line); m != nil && !notDefinition.MatchString(m[3]) {
		return m[1] + m[2] + " 무엇인가요?", m[3]
	}
	return "", ""
}

var (
	// askedLine matches a question on a line of its own, with its number or "Q"
	// before it. answerTo matches the "A" or bullet before an answer.
	askedLine = regexp.MustCompile(`(?:^|\n)\s*(Q\s?\d*[.:)]?\s|\d{1,2}\.\s|#+\s)?([^\n]{9,100}\?)$`)
	answerTo  = regexp.MustCompile(`^\s*(?:A\s?\d*[.:)]\s?|[□○•·-]\s?)`)
)

// longestAnswer is the maximum length, in runes, of an answer that a text gives
// to its own question. leastShared is the minimum share of the question's words
// that the answer must contain. Not measured.
const longestAnswer, leastShared = 240, 0.2

// asked returns the question that the sentence at i asks, and the text below it
// up to the next question, which is the answer. It returns "" for any other
// sentence.
func (c *Corpus) asked(sentences []sentence, i int) (question, answer string) {
	above := sentences[i]
	m := askedLine.FindStringSubmatch(above.Text)
	if m == nil || above.Header != "" {
		return "", ""
	}
	question = strings.TrimSpace(m[2])
	if m[1] == "" && strings.Contains(above.Text, "\n") {
		return "", "" // the question may begin on an earlier line
	}
	for _, below := range sentences[i+1:] {
		if strings.HasSuffix(below.Text, "?") || below.passage.ID != above.passage.ID {
			break
		}
		line := answerTo.ReplaceAllString(below.line, "")
		if line == "" || below.Header != "" || !strings.HasSuffix(line, ".") || badRune.MatchString(line) || strayMark.MatchString(line) {
			return "", ""
		}
		if answer != "" {
			answer += " "
		}
		if answer += line; utf8.RuneCountInString(answer) > longestAnswer {
			return "", ""
		}
	}
	switch {
	case utf8.RuneCountInString(answer) < shortestLine, len(strings.Fields(question)) < 4:
		return "", ""
	case !anchored(question), leans(question), unclearKorean.MatchString(question), unclearEnglish.MatchString(question):
		return "", ""
	case badRune.MatchString(strings.TrimSuffix(question, "?")) || !balanced(question) || looseVerb.MatchString(strings.TrimSuffix(question, "?")):
		return "", ""
	case text.Language(question) == "ko" && !asksPolitely.MatchString(question):
		return "", ""
	case text.Share(text.Keywords(text.WithoutAsking(question)), text.Keywords(answer)) < leastShared:
		return "", ""
	}
	return question, answer
}

// strayMark matches the Q or A of a question or an answer in the middle of a
// line, which was misplaced when the text was read.
var strayMark = regexp.MustCompile(`\s[QA]\.?\s`)

// asksPolitely matches the ending of a Korean question to a reader.
var asksPolitely = regexp.MustCompile(`(?:요|니까|는지|은지|을까)\?$`)
