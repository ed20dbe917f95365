package claim

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mostDigits is the maximum length of a passage's number.
const mostDigits = 3

const (
	// markLabel matches the words before the number of a passage in a mark.
	markLabel = `(?:(?:passages?|sources?|documents?|docs?|references?|refs?|citations?|cited?|excerpts?|구절|지문|문단|패시지|출처|문서|근거|참고|참조|인용|자료)(?:\s*(?:no\.?|번호))?\s*[:：#.]?\s*)`
	// markNumbers matches one or more numbers, which may each have a label.
	markNumbers = `\d{1,3}(?:\s*(?:,|;|/|、|·|–|-|~|\band\b|&|및|와|과)\s*` + markLabel + `?#?\d{1,3})*`
)

var (
	// anyMark matches a mark in any brackets that enclose nothing else: [1], 【1†source】,
	// 〔2〕, [Passage 1, Passage 2], [출처: 1], [^1], {{1}}.
	anyMark = regexp.MustCompile(`(?i)(?:[\[［【〖⟦〚❲〔]|\{\{?)\s*[\^#]?\s*` + markLabel + `?#?(` + markNumbers + `)(?::\d{1,3})?\s*(?:번)?(?:†[^\]】\n]*)?\s*(?:[\]］】〗⟧〛❳〕]|\}\}?)`)
	// inParentheses matches a mark in parentheses, which must have a label: (passage
	// 1), (출처: 구절 2). Numbers alone may be a part of the sentence.
	inParentheses = regexp.MustCompile(`(?i)[(（]\s*(?:see\s+)?` + markLabel + `+#?(` + markNumbers + `)\s*(?:번)?(?:\s*참[고조])?\s*[)）]`)
	// aroundMark matches parentheses, emphasis, code and superscripts around marks.
	aroundMark = regexp.MustCompile("(?i)(?:[(（]\\s*|\\*{1,2}|`|\\^|<sup>\\s*)((?:\\[\\d[\\d, ]*\\][ ,]*)+)(?:\\s*[)）]|\\*{1,2}|`|\\^|\\s*</sup>)")
	// listed matches the comma between two marks.
	listed = regexp.MustCompile(`(\[\d[\d, ]*\])\s*[,;、]\s*(\[\d)`)
	// linkedMark matches a mark that is a link.
	linkedMark = regexp.MustCompile(`(\[\d[\d, ]*\]\]?)\((?:#|https?:|/)?[^()\s]*\)`)
	// raised matches a superscript number after the end of a sentence, where it
	// cannot be the power of a unit.
	raised       = regexp.MustCompile(`([.!?。])\s?(?:<sup>\s*(\d{1,3})\s*</sup>|([¹²³⁴⁵⁶⁷⁸⁹]))`)
	superscripts = strings.NewReplacer("¹", "1", "²", "2", "³", "3", "⁴", "4", "⁵", "5", "⁶", "6", "⁷", "7", "⁸", "8", "⁹", "9")
	// bareMark matches numbers in parentheses at the end of a line's sentence.
	bareMark = regexp.MustCompile(`(?m)\s[(（](\d{1,2}(?:\s*,\s*\d{1,2})*)[)）]([.!?。]?)\s*$`)
	// according matches a passage that a sentence names at its beginning, with its
	// first word.
	according = regexp.MustCompile(`(?im)(^|[.!?。]\s+)(?:(?:according to|as (?:stated|noted|mentioned|described|shown) in|based on|as per|per|from|in)\s+(?:the\s+)?(?:` + markLabel + `?\[(` + markNumbers + `)\]|` + markLabel + `#?(` + markNumbers + `))\s*,\s*(\S+)` +
		`|(?:` + markLabel + `?\[(` + markNumbers + `)\]|` + markLabel + `(` + markNumbers + `)번?)\s*(?:번\s*(?:구절|지문|문서|문단))?\s*(?:에 따르면|에 의하면|에 나온 대로|에서는|을 보면|를 보면),?\s+(\S+))`)
	markNumber = regexp.MustCompile(`\d+`)
	wideDigits = strings.NewReplacer("０", "0", "１", "1", "２", "2", "３", "3", "４", "4", "５", "5", "６", "6", "７", "7", "８", "8", "９", "9")
	wideMark   = regexp.MustCompile(`[\[［【]\s*[０-９]+\s*[\]］】]`)
)

// withPlainMarks returns a text in which all marks that cite passages are [1] or
// [1, 2].
func withPlainMarks(s string) string {
	s = wideMark.ReplaceAllStringFunc(s, wideDigits.Replace)
	s = anyMark.ReplaceAllStringFunc(s, func(mark string) string { return plainMark(anyMark.FindStringSubmatch(mark)[1], mark) })
	s = inParentheses.ReplaceAllStringFunc(s, func(mark string) string { return plainMark(inParentheses.FindStringSubmatch(mark)[1], mark) })
	s = linkedMark.ReplaceAllString(s, "$1")
	s = aroundMark.ReplaceAllString(s, "$1")
	s = listed.ReplaceAllString(s, "$1 $2")
	s = raised.ReplaceAllStringFunc(s, func(mark string) string {
		m := raised.FindStringSubmatch(mark)
		return m[1] + " [" + superscripts.Replace(m[2]+m[3]) + "]"
	})
	s = according.ReplaceAllStringFunc(s, func(begin string) string {
		m := according.FindStringSubmatch(begin)
		first := m[4] + m[7]
		if m[4] != "" {
			first = capitalized(first)
		}
		return m[1] + withNumbers(first, m[2]+m[3]+m[5]+m[6])
	})
	if !citationMark.MatchString(s) {
		s = bareMark.ReplaceAllString(s, " [$1]$2")
	}
	return s
}

// capitalized returns a word with a large first letter.
func capitalized(word string) string {
	if word == "" {
		return ""
	}
	r, size := utf8.DecodeRuneInString(word)
	return string(unicode.ToUpper(r)) + word[size:]
}

// withNumbers puts a mark behind a word and before a comma or full stop at its end.
func withNumbers(word, numbers string) string {
	bare := strings.TrimRight(word, ".,;:!?。")
	return bare + " " + plainMark(numbers, "") + word[len(bare):]
}

// longestRange is the maximum number of passages in a mark such as [1-3].
const longestRange = 10

// plainMark returns the mark of a list of numbers, which may have labels and ranges.
// A range that is too long may be something else, and the mark stays as written.
func plainMark(numbers, written string) string {
	var all []string
	last, ends := 0, 0 // the last number, and where it ends
	for _, at := range markNumber.FindAllStringIndex(numbers, -1) {
		n, err := strconv.Atoi(numbers[at[0]:at[1]])
		if err != nil {
			return written
		}
		if between := strings.TrimSpace(numbers[ends:at[0]]); len(all) > 0 && (between == "-" || between == "–" || between == "~") {
			if n-last > longestRange || n < last {
				return written
			}
			for i := last + 1; i < n; i++ {
				all = append(all, strconv.Itoa(i))
			}
		}
		all = append(all, strconv.Itoa(n))
		last, ends = n, at[1]
	}
	return "[" + strings.Join(all, ", ") + "]"
}
