package text

import "unicode/utf8"

// Tokens is about how many tokens a language model makes of a text: four letters
// of ASCII make one, and so does each other sign, as of Korean.
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
