package claim

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"selfrag/retrieval"
)

// The minimum length, in runes, of a text that counts as a repetition of the
// instructions. It is smaller for Hangul, because a rune of Hangul says more.
// Not measured.
const (
	repeatedRunes  = 32
	repeatedHangul = 16
)

// plain returns a text in lower case with single spaces between its words.
func plain(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// fenceMark matches the random marks (prompts.NewMark) that enclose text of
// documents in prompts.
var fenceMark = regexp.MustCompile(`~[a-z2-7]{8}~`)

// WithoutInstructions drops sentences that repeat the instructions of their
// prompt. A document may ask the model to show its instructions. If the model
// obeys, the sentence cites the document but its text is not in the document.
// WithoutInstructions keeps a sentence whose text is in a passage.
func WithoutInstructions(d Draft, instructions string, passages []retrieval.Passage) Draft {
	instructions = plain(instructions)
	d.Sentences = slices.DeleteFunc(d.Sentences, func(s Sentence) bool { return repeats(s.Text, instructions, passages) })
	return d
}

func repeats(sentence, instructions string, passages []retrieval.Passage) bool {
	for _, mark := range fenceMark.FindAllString(strings.ToLower(sentence), -1) {
		if strings.Contains(instructions, mark) {
			return true
		}
	}
	runes := []rune(plain(sentence))
	for from := range runes {
		piece, ok := longPiece(runes[from:])
		if !ok {
			return false
		}
		if strings.Contains(instructions, piece) && !anyHolds(passages, piece) {
			return true
		}
	}
	return false
}

// longPiece returns the shortest prefix of runes that is long enough to count
// as a repetition of the instructions. ok is false if runes is too short for
// that.
func longPiece(runes []rune) (piece string, ok bool) {
	weight := 0
	for i, r := range runes {
		weight++
		if unicode.Is(unicode.Hangul, r) {
			weight += repeatedRunes/repeatedHangul - 1
		}
		if weight >= repeatedRunes {
			return string(runes[:i+1]), true
		}
	}
	return "", false
}

func anyHolds(passages []retrieval.Passage, piece string) bool {
	return slices.ContainsFunc(passages, func(p retrieval.Passage) bool { return strings.Contains(plain(p.Searchable()), piece) })
}
