package content

import (
	"strings"
	"unicode/utf8"
)

// Builder builds a text and counts its runes. Its zero value is an empty text.
type Builder struct {
	text  strings.Builder
	runes int
}

// Grow makes room for n more bytes.
func (b *Builder) Grow(n int) { b.text.Grow(n) }

// Add appends a string.
func (b *Builder) Add(s string) {
	b.text.WriteString(s)
	b.runes += utf8.RuneCountInString(s)
}

// Runes returns the number of runes so far, which is the offset of the next string
// added.
func (b *Builder) Runes() int { return b.runes }

// Len returns the number of bytes so far.
func (b *Builder) Len() int { return b.text.Len() }

// String returns the text so far.
func (b *Builder) String() string { return b.text.String() }

// Append adds the text of a part after an empty line, and appends its headings,
// hidden spans and leads to those of c, with their offsets in the whole text. It
// ignores a part without text.
func (b *Builder) Append(c *Content, part Content) {
	if strings.TrimSpace(part.Text) == "" {
		return
	}
	if b.Len() > 0 {
		b.Add("\n\n")
	}
	for _, h := range part.Headings {
		h.Start += b.Runes()
		c.Headings = append(c.Headings, h)
	}
	for _, h := range part.Hidden {
		c.Hidden = append(c.Hidden, Span{Start: h.Start + b.Runes(), End: h.End + b.Runes()})
	}
	for _, l := range part.Leads {
		l.Start, l.End = l.Start+b.Runes(), l.End+b.Runes()
		c.Leads = append(c.Leads, l)
	}
	b.Add(part.Text)
}
