package llm

import "unicode/utf8"

// Tokens are estimated and not counted, because the tokeniser is the server's:
// a third of a token for an ASCII character, and one and a half tokens for any
// other. The estimate is in sixths of a token, so that nothing is lost to
// rounding. It exceeds what current tokenisers make of English and Korean text.
const (
	sixths  = 6
	ascii   = 2 // sixths of a token
	foreign = 9
)

// tokens returns an estimate of the maximum number of tokens of a text.
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
