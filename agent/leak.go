package agent

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"selfrag/prompts"
	"selfrag/retrieval"
)

// How much of the instructions a sentence may repeat: what is as long as this,
// in runes, is no accident. Hangul says more in a rune.
const (
	repeatedRunes  = 32
	repeatedHangul = 16
)

// instructions is what a prompt says itself: its system turns, and the line
// that ends the last turn.
func instructions(p prompts.Prompt) string {
	var said []string
	for _, m := range p.Messages {
		if m.Role == "system" {
			said = append(said, m.Text)
		}
	}
	if n := len(p.Messages); n > 0 {
		text := strings.TrimSpace(p.Messages[n-1].Text)
		said = append(said, text[strings.LastIndexByte(text, '\n')+1:])
	}
	return plain(strings.Join(said, "\n"))
}

// plain is a text with its letters small and single spaces between its words.
func plain(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }

// fenceMark is what prompts.NewMark makes.
var fenceMark = regexp.MustCompile(`~[a-z2-7]{8}~`)

// withoutInstructions drops sentences that repeat the prompt's instructions: a
// document may have asked for them, and a model that obeys cites that document
// for what is not in it. What a passage says itself may be said.
func withoutInstructions(d Draft, said string, passages []retrieval.Passage) Draft {
	d.Sentences = slices.DeleteFunc(d.Sentences, func(s Sentence) bool { return repeats(s.Text, said, passages) })
	return d
}

func repeats(sentence, said string, passages []retrieval.Passage) bool {
	for _, mark := range fenceMark.FindAllString(strings.ToLower(sentence), -1) {
		if strings.Contains(said, mark) {
			return true
		}
	}
	runes := []rune(plain(sentence))
	for from := range runes {
		piece, ok := longPiece(runes[from:])
		if !ok {
			return false
		}
		if strings.Contains(said, piece) && !anyHolds(passages, piece) {
			return true
		}
	}
	return false
}

// longPiece is the shortest beginning that is too long to be there by accident.
func longPiece(runes []rune) (string, bool) {
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
