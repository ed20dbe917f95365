package text

import "unicode/utf8"

// Offsets finds parts of a text by the numbers of their runes, without a copy
// of it: it keeps where each of every offsetStep runes begins, n/1024 words of
// memory for n runes.
type Offsets struct {
	text  string
	begin []int // of the rune number i*offsetStep, in bytes
	runes int
}

const offsetStep = 1024

// NewOffsets reads a text once.
func NewOffsets(text string) Offsets {
	o := Offsets{text: text}
	for at := range text {
		if o.runes%offsetStep == 0 {
			o.begin = append(o.begin, at)
		}
		o.runes++
	}
	return o
}

// Len is how many runes the text has.
func (o Offsets) Len() int { return o.runes }

// Slice is the text from the rune start up to, but not including, the rune end:
// 0 <= start <= end <= Len. It shares the memory of the text.
func (o Offsets) Slice(start, end int) string {
	from := o.byteOf(start)
	if end-start > offsetStep {
		return o.text[from:o.byteOf(end)]
	}
	to := from
	for range end - start {
		_, size := utf8.DecodeRuneInString(o.text[to:])
		to += size
	}
	return o.text[from:to]
}

func (o Offsets) byteOf(rune int) int {
	if rune >= o.runes {
		return len(o.text)
	}
	at := o.begin[rune/offsetStep]
	for range rune % offsetStep {
		_, size := utf8.DecodeRuneInString(o.text[at:])
		at += size
	}
	return at
}
