package unigram

import (
	"encoding/json"
	"iter"
	"reflect"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// mapped is a character of the normal form and the bytes of the text that it
// was made of.
type mapped struct {
	char       rune
	start, end int
}

// fullWidthTilde is what SentencePiece's table leaves alone although NFKC does
// not.
const fullWidthTilde = '\uff5e'

// nmtNFKC is the normaliser, as Hugging Face's library names its parts, that
// does what SentencePiece's rules nmt_nfkc do. The replacement keeps the
// full-width tilde through NFKC.
const nmtNFKC = `{"type":"Sequence","normalizers":[{"type":"Nmt"},
	{"type":"Replace","pattern":{"String":"\uff5e"},"content":"\ufdd0"},{"type":"NFKC"},
	{"type":"Replace","pattern":{"String":"\ufdd0"},"content":"\uff5e"},
	{"type":"Replace","pattern":{"Regex":" {2,}"},"content":" "}]}`

// normaliserOf returns what a tokenizer.json asks for, if it is known.
func normaliserOf(asked any) (normalise func(string) []mapped, ok bool) {
	var known any
	if err := json.Unmarshal([]byte(nmtNFKC), &known); err != nil || !reflect.DeepEqual(asked, known) {
		return nil, false
	}
	return normalNMT, true
}

// normalNMT is the normal form of a text by nmt_nfkc: control characters are
// dropped, white space is one space, the rest is in NFKC. Broken bytes are
// U+FFFD, which counts as white space.
func normalNMT(text string) []mapped {
	out := make([]mapped, 0, len(text))
	add := func(char rune, start, end int) {
		if last := len(out) - 1; char == ' ' && last >= 0 && out[last].char == ' ' {
			out[last].end = end
			return
		}
		out = append(out, mapped{char, start, end})
	}
	for i := 0; i < len(text); {
		char, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case dropped(char):
			i += size
			continue
		case blank(char):
			add(' ', i, i+size)
			i += size
			continue
		case char < utf8.RuneSelf || char == fullWidthTilde:
			if next := text[i+size:]; next == "" || next[0] < utf8.RuneSelf {
				add(char, i, i+size)
				i += size
				continue
			}
		}
		// A character with what may join it.
		size = max(size, norm.NFKC.NextBoundaryInString(text[i:], true))
		segment := strings.Map(func(r rune) rune {
			switch {
			case dropped(r):
				return -1
			case blank(r):
				return ' '
			case r == fullWidthTilde:
				return '\ufdd0'
			}
			return r
		}, text[i:i+size])
		for _, r := range norm.NFKC.String(segment) {
			if r == '\ufdd0' {
				r = fullWidthTilde
			}
			add(r, i, i+size)
		}
		i += size
	}
	return out
}

// dropped reports whether the rules drop a control character.
func dropped(r rune) bool {
	switch {
	case r >= 0x01 && r <= 0x08, r == 0x0b, r >= 0x0e && r <= 0x1f, r == 0x7f, r == 0x8f, r == 0x9f:
		return true
	}
	return false
}

// blank reports whether the rules take a character for a space.
func blank(r rune) bool {
	switch {
	case r == '\t', r == '\n', r == '\f', r == '\r', r == 0x1680, r >= 0x200b && r <= 0x200f,
		r == 0x2028, r == 0x2029, r == 0x2581, r == 0xfeff, r == utf8.RuneError:
		return true
	}
	return false
}

// words splits a normal form before each space. A space becomes the mark; the
// first word gets one where it has none, which stands at no place of its own.
func words(text []mapped) iter.Seq[[]mapped] {
	return func(yield func([]mapped) bool) {
		var word []mapped
		for i, m := range text {
			switch {
			case m.char == ' ' || m.char == space:
				if len(word) > 0 && !yield(word) {
					return
				}
				m.char = space
				word = []mapped{m}
				continue
			case i == 0:
				word = []mapped{{space, m.start, m.start}}
			}
			word = append(word, m)
		}
		if len(word) > 0 {
			yield(word)
		}
	}
}
