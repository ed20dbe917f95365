package unigram

import (
	"encoding/json"
	"reflect"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// mapped is a character of the normal form with the bytes of the text that it
// came from.
type mapped struct {
	char       rune
	start, end int
}

// normaliser returns the normal form of a text.
type normaliser func(text string) []mapped

// normaliserFile is the description of a normaliser in tokenizer.json, with the
// names of Hugging Face's library.
type normaliserFile struct {
	Type     string           `json:"type"`
	Parts    []normaliserFile `json:"normalizers"`
	CharsMap string           `json:"precompiled_charsmap"`
	Pattern  struct{ String, Regex string }
	Content  string `json:"content"`
}

// nmtNFKC is a normaliser equivalent to SentencePiece's rules nmt_nfkc. The
// replacement preserves the full-width tilde through NFKC.
const nmtNFKC = `{"type":"Sequence","normalizers":[{"type":"Nmt"},
	{"type":"Replace","pattern":{"String":"\uff5e"},"content":"\ufdd0"},{"type":"NFKC"},
	{"type":"Replace","pattern":{"String":"\ufdd0"},"content":"\uff5e"},` + oneSpace + `]}`

// oneSpace is the part that replaces several spaces with one.
const oneSpace = `{"type":"Replace","pattern":{"Regex":" {2,}"},"content":" "}`

// normaliserOf returns the normaliser that a tokenizer.json describes, if it is
// known: nmtNFKC, or a table of SentencePiece's, with or without oneSpace after
// it.
func normaliserOf(asked normaliserFile) (n normaliser, ok bool) {
	if same(asked, nmtNFKC) {
		return normalNMT, true
	}
	parts, joins := []normaliserFile{asked}, false
	if asked.Type == "Sequence" {
		parts = asked.Parts
	}
	if len(parts) == 2 {
		joins = same(parts[1], oneSpace)
		if !joins {
			return nil, false
		}
		parts = parts[:1]
	}
	if len(parts) != 1 || parts[0].Type != "Precompiled" {
		return nil, false
	}
	table, err := parseCharsMap(parts[0].CharsMap)
	if err != nil {
		return nil, false
	}
	if joins {
		return func(text string) []mapped { return joinSpaces(table.normal(text)) }, true
	}
	return table.normal, true
}

func same(asked normaliserFile, known string) bool {
	var k normaliserFile
	return json.Unmarshal([]byte(known), &k) == nil && reflect.DeepEqual(asked, k)
}

// joinSpaces replaces several spaces with one that stands for all of them.
func joinSpaces(text []mapped) []mapped {
	out := text[:0]
	for _, m := range text {
		if last := len(out) - 1; m.char == ' ' && last >= 0 && out[last].char == ' ' {
			out[last].end = m.end
			continue
		}
		out = append(out, m)
	}
	return out
}

// Code points that replace fullWidthTilde during NFKC, because SentencePiece's
// table leaves the tilde alone.
const (
	fullWidthTilde = '\uff5e'
	aside          = '\ufdd0'
)

// normalNMT returns the normal form of a text by nmt_nfkc: control characters
// are dropped, white space becomes a space, and the rest is in NFKC. Broken
// bytes are U+FFFD, which counts as white space.
func normalNMT(text string) []mapped {
	text, origin := withoutDropped(text)
	out := make([]mapped, 0, len(text))
	for i := 0; i < len(text); {
		char, size := utf8.DecodeRuneInString(text[i:])
		if blank(char) {
			out = append(out, mapped{' ', i, i + size})
			i += size
			continue
		}
		if next := text[i+size:]; char < utf8.RuneSelf && (next == "" || next[0] < utf8.RuneSelf) {
			out = append(out, mapped{char, i, i + size})
			i += size
			continue
		}
		// A character with the characters that may combine with it.
		size = max(size, norm.NFKC.NextBoundaryInString(text[i:], true))
		segment := strings.ReplaceAll(text[i:i+size], string(fullWidthTilde), string(aside))
		for _, r := range norm.NFKC.String(segment) {
			if r == aside {
				r = fullWidthTilde
			}
			out = append(out, mapped{r, i, i + size})
		}
		i += size
	}
	if origin != nil {
		for i, m := range out {
			out[i].start, out[i].end = origin[m.start], origin[m.end-1]+1
		}
	}
	return joinSpaces(out)
}

// withoutDropped returns a text without the characters that the rules drop, so
// that these do not separate characters that combine. origin maps each of its
// bytes to the original text; nil means that the text is unchanged.
func withoutDropped(text string) (kept string, origin []int) {
	if strings.IndexFunc(text, dropped) < 0 {
		return text, nil
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		char, size := utf8.DecodeRuneInString(text[i:])
		if !dropped(char) {
			b.WriteString(text[i : i+size])
			for j := range size {
				origin = append(origin, i+j)
			}
		}
		i += size
	}
	return b.String(), origin
}

// dropped reports whether the rules drop a control character.
func dropped(r rune) bool {
	switch {
	case r >= 0x01 && r <= 0x08, r == 0x0b, r >= 0x0e && r <= 0x1f, r == 0x7f, r == 0x8f, r == 0x9f:
		return true
	}
	return false
}

// blank reports whether the rules treat a character as a space.
func blank(r rune) bool {
	switch {
	case r == '\t', r == '\n', r == '\f', r == '\r', r == 0x1680, r >= 0x200b && r <= 0x200f,
		r == 0x2028, r == 0x2029, r == space, r == 0xfeff, r == utf8.RuneError:
		return true
	}
	return false
}
