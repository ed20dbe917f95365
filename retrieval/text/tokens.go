package text

import "unicode/utf8"

// Tokens estimates the number of tokens that a language model makes of a text:
// one for four ASCII characters, and one for each other character, for example
// of Korean.
func Tokens(s string) int {
	ascii, others := 0, 0
	for _, r := range s {
		if r < utf8.RuneSelf {
			ascii++
		} else {
			others++
		}
	}
	return (ascii+3)/4 + others
}
