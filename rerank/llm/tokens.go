package llm

import "unicode/utf8"

// Tokens are not counted but estimated, since the tokeniser is the server's:
// three ASCII characters a token, and any other character a token and a half,
// in halves and thirds of a token so that nothing is lost to rounding. That is
// more than today's tokenisers make of English and Korean text.
const (
	sixths  = 6
	ascii   = 2 // sixths of a token
	foreign = 9
)

// tokens is an estimate of how many tokens the text has at most.
func tokens(text string) int {
	n := 0
	for _, r := range text {
		n += weight(r)
	}
	return (n + sixths - 1) / sixths
}

// beginning cuts a text to at most that many tokens.
func beginning(text string, most int) string {
	n := 0
	for i, r := range text {
		if n += weight(r); n > most*sixths {
			return text[:i]
		}
	}
	return text
}

func weight(r rune) int {
	if r < utf8.RuneSelf {
		return ascii
	}
	return foreign
}
