package office

import (
	"strconv"
	"strings"
)

// symbolRunes holds the characters of the font Symbol with the codes 0x20 to 0x7e
// and 0xa0 to 0xfe, from Unicode's table of Adobe's Symbol encoding. A space
// stands for a code without a character.
var symbolRunes = [2]string{
	" !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼",
	"€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪ 〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭",
}

// wingdings holds the characters of the fonts Wingdings and Wingdings 2 that are
// common in documents: ticks, boxes, arrows and numbers in circles.
var wingdings = map[string]map[rune]string{
	"wingdings": {
		0x22: "✂", 0x28: "☎", 0x2a: "✉", 0x45: "☜", 0x46: "☞", 0x4a: "☺", 0x4c: "☹", 0x6c: "●", 0x6e: "■", 0x6f: "□",
		0x71: "❑", 0x72: "❒", 0x75: "◆", 0x76: "❖", 0x77: "⬥", 0x80: "⓪", 0x81: "①", 0x82: "②", 0x83: "③", 0x84: "④", 0x85: "⑤",
		0x86: "⑥", 0x87: "⑦", 0x88: "⑧", 0x89: "⑨", 0x8a: "⑩", 0x8b: "⓿", 0x8c: "❶", 0x8d: "❷", 0x8e: "❸", 0x8f: "❹", 0x90: "❺",
		0x91: "❻", 0x92: "❼", 0x93: "❽", 0x94: "❾", 0x95: "❿", 0x9e: "·", 0x9f: "•", 0xa7: "▪", 0xa8: "◻", 0xab: "★", 0xd8: "➢",
		0xdf: "←", 0xe0: "→", 0xe1: "↑", 0xe2: "↓", 0xe8: "➔", 0xef: "⇦", 0xf0: "⇨", 0xfb: "✗", 0xfc: "✓", 0xfd: "☒", 0xfe: "☑",
	},
	"wingdings 2": {0x4f: "✗", 0x50: "✓", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0x97: "●", 0xa3: "□"},
}

// isPrivate reports whether a rune stands for a code of a symbol font. Word writes
// such a code plus 0xf000, where Unicode has no characters.
func isPrivate(r rune) bool { return r >= 0xf020 && r <= 0xf0ff }

// symbols returns a text with the codes of symbol fonts replaced with characters.
func (d *docxText) symbols(s string) string {
	var b strings.Builder
	for _, r := range s {
		if isPrivate(r) {
			b.WriteString(d.symbolOf(d.font, r))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// symbol writes a symbol, given as a font and a hexadecimal code.
func (d *docxText) symbol(font, char string) {
	code, err := strconv.ParseUint(char, 16, 16)
	if err != nil {
		return
	}
	d.write(d.symbolOf(font, rune(code)))
}

// symbolOf returns the character for a code of a font. If it is unknown, it
// returns U+FFFD and counts the symbol for a warning.
func (d *docxText) symbolOf(font string, code rune) string {
	font = strings.ToLower(font)
	if table := wingdings[font]; table != nil {
		if s := table[code&0xff]; s != "" {
			return s
		}
	} else if strings.HasPrefix(font, "symbol") || font == "" {
		for i, first := range []rune{0x20, 0xa0} {
			runes := []rune(symbolRunes[i])
			if at := int(code&0xff - first); at >= 0 && at < len(runes) && (runes[at] != ' ' || at == 0) {
				return string(runes[at])
			}
		}
	} else if !isPrivate(code) && code >= ' ' {
		return string(code)
	}
	d.skipped["unknown symbol"]++
	return "\uFFFD"
}
