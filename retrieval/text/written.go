package text

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// sameWritten brings the ways to write one thing to one: compatibility forms
// (NFKC), case, marks on Latin letters, runes that nobody sees, digits grouped
// by threes and Korean numbers, so that 3만 원, 30,000원 and 30000원 meet.
func sameWritten(s string) string {
	if strings.Contains(s, "-\n") || strings.Contains(s, "\u00ad\n") {
		s = hyphenated.ReplaceAllString(s, "$0 $1$2")
	}
	s = Fold(norm.NFKC.String(withoutIgnorable(s)))
	s = inFigures(s)
	if strings.Contains(s, ",") {
		s = ungrouped(s)
	}
	return s
}

// hyphenated is a word that is cut at the end of a line. It counts as written
// and as a whole: long-term is no word that was cut.
var hyphenated = regexp.MustCompile(`(\p{Latin}+)[-\x{00AD}]\n[ \t]*(\p{Ll}+)`)

// withoutIgnorable is a text without the runes that are shown as nothing
// (Default_Ignorable_Code_Point in Unicode's DerivedCoreProperties.txt): soft
// hyphens, zero-width spaces, marks of direction. They part no word.
func withoutIgnorable(s string) string {
	if strings.IndexFunc(s, isIgnorable) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if isIgnorable(r) {
			return -1
		}
		return r
	}, s)
}

func isIgnorable(r rune) bool {
	switch {
	case r < 0xad:
		return false
	case r == 0xad, r == 0x34f, r == 0x61c, r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e,
		r >= 0x2060 && r <= 0x206f, r == 0xfeff:
		return true
	}
	return unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) || unicode.Is(unicode.Variation_Selector, r)
}

// koreanNumber is figures with the words that multiply them, such as 1억 2천만.
var koreanNumber = regexp.MustCompile(`\d[\d,]*(?:\.\d+)?\s?(?:천만|백만|십만|억|만|천)(?:\s?\d[\d,]*\s?(?:천만|백만|십만|억|만|천))*`)

// inFigures writes Korean numbers in figures. Those that follow a Latin letter
// are names, such as A4, with the particle 만.
func inFigures(s string) string {
	if !strings.ContainsAny(s, "만천억") {
		return s
	}
	var b strings.Builder
	from := 0
	for _, m := range koreanNumber.FindAllStringIndex(s, -1) {
		if before := strings.TrimRightFunc(s[:m[0]], unicode.IsLetter); before != s[:m[0]] && isASCIILetter(s[m[0]-1]) {
			continue
		}
		if value := sumOf(s[m[0]:m[1]], ""); value != "" {
			b.WriteString(s[from:m[0]])
			b.WriteString(value)
			from = m[1]
		}
	}
	b.WriteString(s[from:])
	return b.String()
}

func isASCIILetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// ungrouped takes the commas out of numbers that these group by threes. A list
// of numbers without spaces, such as 1,20,300, is none.
func ungrouped(s string) string {
	var b strings.Builder
	from := 0
	for i := 0; i < len(s); {
		if !isDigit(s[i]) {
			i++
			continue
		}
		end := i
		for end < len(s) && (isDigit(s[end]) || s[end] == ',' && end+1 < len(s) && isDigit(s[end+1])) {
			end++
		}
		if isGrouped(s[i:end]) && (i == 0 || s[i-1] != '.') {
			b.WriteString(s[from:i])
			b.WriteString(strings.ReplaceAll(s[i:end], ",", ""))
			from = end
		}
		i = end
	}
	b.WriteString(s[from:])
	return b.String()
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isGrouped reports whether digits with commas are groups of threes below one
// that may be shorter.
func isGrouped(s string) bool {
	first, rest, ok := strings.Cut(s, ",")
	if !ok || len(first) > 3 {
		return false
	}
	for group := range strings.SplitSeq(rest, ",") {
		if len(group) != 3 {
			return false
		}
	}
	return true
}
