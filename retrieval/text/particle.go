package text

import (
	"strings"
	"unicode/utf8"
)

// particles are the Korean particles that follow a noun without a space, the
// longest first. Particles of one syllable are left out of index terms.
var particles = [...]string{
	"에서는", "으로는",
	"에서", "으로", "에게", "까지", "부터", "이며",
	"은", "는", "이", "가", "을", "를", "의", "에", "와", "과", "도", "로",
}

// TrimParticle removes the longest particle from the end of a Hangul word if at
// least two syllables remain. ok is false for a word without a particle; such a
// word is as likely a verb as a noun.
func TrimParticle(w string) (stem string, ok bool) {
	for _, particle := range particles {
		if stem, ok := strings.CutSuffix(w, particle); ok && utf8.RuneCountInString(stem) >= 2 {
			return stem, true
		}
	}
	return "", false
}

// withoutLastParticle returns a run of at least three syllables without a
// one-syllable particle at its end: 은행의, 은행을 and 은행 are the same word.
func withoutLastParticle(run string) string {
	last, size := utf8.DecodeLastRuneInString(run)
	if utf8.RuneCountInString(run) < 3 {
		return run
	}
	for _, particle := range particles {
		if first, n := utf8.DecodeRuneInString(particle); n == len(particle) && first == last {
			return run[:len(run)-size]
		}
	}
	return run
}
