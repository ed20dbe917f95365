package content

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Marked is a text with parts that people do not see in the file.
type Marked struct {
	Text   string
	Hidden []Span // in runes, sorted and not overlapping
}

// MarkedBuilder builds a marked text. Its zero value is an empty text.
type MarkedBuilder struct {
	out    Builder
	hidden []Span
}

// Add appends a string, which is hidden or not.
func (m *MarkedBuilder) Add(s string, hidden bool) {
	start := m.out.Runes()
	m.out.Add(s)
	if hidden {
		m.hide(Span{Start: start, End: m.out.Runes()})
	}
}

// hide marks the text added last, which is at s, as hidden.
func (m *MarkedBuilder) hide(s Span) {
	if n := len(m.hidden); n > 0 && m.hidden[n-1].End == s.Start {
		m.hidden[n-1].End = s.End
	} else if s.Len() > 0 {
		m.hidden = append(m.hidden, s)
	}
}

// Join appends a marked text.
func (m *MarkedBuilder) Join(other Marked) {
	for _, h := range other.Hidden {
		m.hide(Span{Start: h.Start + m.out.Runes(), End: h.End + m.out.Runes()})
	}
	m.out.Add(other.Text)
}

// Len returns the number of bytes so far.
func (m *MarkedBuilder) Len() int { return m.out.Len() }

// String returns the text so far, without its marks.
func (m *MarkedBuilder) String() string { return m.out.String() }

// Take returns the text so far, and resets the builder.
func (m *MarkedBuilder) Take() Marked {
	taken := Marked{m.out.String(), m.hidden}
	*m = MarkedBuilder{}
	return taken
}

// Trimmed returns the text without white space around it.
func (m Marked) Trimmed() Marked {
	begins := strings.TrimLeftFunc(m.Text, unicode.IsSpace)
	before := utf8.RuneCountInString(m.Text[:len(m.Text)-len(begins)])
	text := strings.TrimSpace(begins)
	out := Marked{Text: text}
	length := utf8.RuneCountInString(text)
	for _, h := range m.Hidden {
		h = Span{Start: max(h.Start-before, 0), End: min(h.End-before, length)}
		if h.Len() > 0 {
			out.Hidden = append(out.Hidden, h)
		}
	}
	return out
}

// Collapsed returns the text with one space for each run of white space, and
// none around it.
func (m Marked) Collapsed() Marked {
	if len(m.Hidden) == 0 {
		return Marked{Text: Collapse(m.Text)}
	}
	var out MarkedBuilder
	hidden := m.Hidden
	at, space, before := 0, false, false // before: the last rune written is hidden
	for _, r := range m.Text {
		for len(hidden) > 0 && hidden[0].End <= at {
			hidden = hidden[1:]
		}
		inside := len(hidden) > 0 && hidden[0].Start <= at
		at++
		if unicode.IsSpace(r) {
			space = out.Len() > 0
			continue
		}
		if space {
			out.Add(" ", inside && before)
		}
		out.Add(string(r), inside)
		space, before = false, inside
	}
	return out.Take()
}
