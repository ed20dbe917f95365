package text

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold returns a text in lower case without the marks on Latin letters: a
// question about Kenshu means Kenshū.
func Fold(s string) string {
	s = strings.ToLower(s)
	if strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0 {
		return s
	}
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if r >= '\u0300' && r <= '\u036f' {
			return -1
		}
		return r
	}, norm.NFD.String(s)))
}

// Normalise folds case, white space and end punctuation, for comparing
// sentences and queries.
func Normalise(s string) string {
	s = strings.Join(strings.Fields(strings.ToLower(s)), " ")
	return strings.TrimRightFunc(s, func(r rune) bool { return unicode.IsPunct(r) || unicode.IsSpace(r) })
}

// Among reports whether a list contains a text, up to Normalise.
func Among(list []string, s string) bool {
	return slices.ContainsFunc(list, func(have string) bool { return Normalise(have) == Normalise(s) })
}
