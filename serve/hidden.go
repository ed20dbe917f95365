package serve

import (
	"strconv"
	"strings"
	"unicode"

	"selfrag/retrieval"
)

// Hidden is a run of characters that a model reads and a person cannot see, or
// a run of characters that change the order in which a person sees other
// characters. Offsets count runes of the whole document.
type Hidden struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Kind  string `json:"kind"` // one of the Hidden constants
}

// The kinds of hidden characters.
const (
	HiddenZeroWidth = "zero-width"    // joiners, byte order marks, invisible operators, variation selectors without effect
	HiddenBidi      = "bidirectional" // marks that change the order of text
	HiddenTag       = "tag"           // U+E0000 to U+E007F, an invisible copy of ASCII
	HiddenControl   = "control"       // control characters except line breaks and tabs
	HiddenStyle     = "style"         // visible characters in a style that hides them, such as white on white
)

// hiddenByStyle returns the spans of a document that a person cannot see
// because of their style, such as white on white. Ingestion found these spans
// and stored them in the metadata. from and to are rune offsets. Only the spans
// between them are returned.
func hiddenByStyle(metadata map[string]any, from, to int) []Hidden {
	spans, _ := metadata[retrieval.HiddenSpans].(string)
	out := []Hidden{}
	for _, span := range strings.Fields(spans) {
		first, last, _ := strings.Cut(span, "-")
		start, err1 := strconv.Atoi(first)
		end, err2 := strconv.Atoi(last)
		if start, end = max(start, from), min(end, to); err1 == nil && err2 == nil && start < end {
			out = append(out, Hidden{start, end, HiddenStyle})
		}
	}
	return out
}

// hiddenIn returns the hidden characters of a text that begins at offset in its
// document.
func hiddenIn(text []rune, offset int) []Hidden {
	out := []Hidden{}
	for i, r := range text {
		kind := hiddenKind(r)
		if kind == "" || kind == HiddenZeroWidth && (joins(text, i) || selects(text, i)) {
			continue
		}
		at := offset + i
		if n := len(out); n > 0 && out[n-1].End == at && out[n-1].Kind == kind {
			out[n-1].End = at + 1
			continue
		}
		out = append(out, Hidden{at, at + 1, kind})
	}
	return out
}

func hiddenKind(r rune) string {
	switch {
	case r >= 0x200B && r <= 0x200D, r >= 0x2060 && r <= 0x2065, r == 0xFEFF, r == 0x00AD, r == 0x180E, r == 0x034F,
		r >= 0xFFF9 && r <= 0xFFFB, isSelector(r),
		r == 0x115F, r == 0x1160, r == 0x3164, r == 0xFFA0: // Hangul fillers
		return HiddenZeroWidth
	case r == 0x200E, r == 0x200F, r == 0x061C, r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
		return HiddenBidi
	case r >= 0xE0000 && r <= 0xE007F:
		return HiddenTag
	case r != '\n' && r != '\t' && r != '\r' && unicode.IsControl(r):
		return HiddenControl
	}
	return ""
}

// joins reports whether text[at] is a zero-width joiner or non-joiner with a
// purpose: it stands between characters whose look it changes, as in emoji of
// families and in Indic and Arabic writing.
func joins(text []rune, at int) bool {
	if r := text[at]; (r != 0x200D && r != 0x200C) || at == 0 || at == len(text)-1 {
		return false
	}
	joined := func(r rune) bool {
		return r >= 0x1F000 || r >= 0x2600 && r <= 0x27BF || r == 0xFE0F || unicode.Is(unicode.Mn, r) ||
			unicode.In(r, unicode.Arabic, unicode.Devanagari, unicode.Bengali, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala)
	}
	return joined(text[at-1]) && joined(text[at+1])
}

// isSelector reports whether r is a variation selector. There are 256
// selectors, as many as values of a byte, so a sequence of them can hide any
// text behind a character.
func isSelector(r rune) bool { return r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0100 && r <= 0xE01EF }

// selects reports whether the variation selector at text[at] has a purpose: it
// follows a character that has variants (an emoji, a symbol or a Han character),
// and no other selector is next to it.
func selects(text []rune, at int) bool {
	r, next := text[at], rune(0)
	if at+1 < len(text) {
		next = text[at+1]
	}
	if !isSelector(r) || at == 0 || isSelector(next) {
		return false
	}
	base := text[at-1]
	switch {
	case isSelector(base):
		return false
	case r == 0xFE0F && next == 0x20E3: // a keycap emoji
		return base == '#' || base == '*' || base >= '0' && base <= '9'
	case r == 0xFE0E || r == 0xFE0F:
		return base >= 0x1F000 && base < 0xE0000 || unicode.In(base, unicode.So, unicode.Sm) || strings.ContainsRune("‼⁉ℹ〰〽", base)
	case r >= 0xE0100:
		return unicode.Is(unicode.Han, base)
	}
	return unicode.In(base, unicode.Han, unicode.Sm, unicode.Myanmar, unicode.Phags_Pa)
}
