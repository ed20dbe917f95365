package ingest

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// marked is a text of which parts are hidden from readers.
type marked struct {
	text   string
	hidden []span // in runes; sorted, apart
}

// markedText writes one.
type markedText struct {
	out    textBuilder
	hidden []span
}

func (m *markedText) add(s string, hidden bool) {
	start := m.out.runes
	m.out.write(s)
	if hidden {
		m.hide(span{start, m.out.runes})
	}
}

// hide marks what was written last.
func (m *markedText) hide(s span) {
	if n := len(m.hidden); n > 0 && m.hidden[n-1].end == s.start {
		m.hidden[n-1].end = s.end
	} else if s.len() > 0 {
		m.hidden = append(m.hidden, s)
	}
}

func (m *markedText) join(other marked) {
	for _, h := range other.hidden {
		m.hide(span{h.start + m.out.runes, h.end + m.out.runes})
	}
	m.out.write(other.text)
}

// take returns what was written, and begins anew.
func (m *markedText) take() marked {
	taken := marked{m.out.String(), m.hidden}
	*m = markedText{}
	return taken
}

// trimmed is the text without white space around it.
func (m marked) trimmed() marked {
	begins := strings.TrimLeftFunc(m.text, unicode.IsSpace)
	before := utf8.RuneCountInString(m.text[:len(m.text)-len(begins)])
	text := strings.TrimSpace(begins)
	out := marked{text: text}
	length := utf8.RuneCountInString(text)
	for _, h := range m.hidden {
		h = span{max(h.start-before, 0), min(h.end-before, length)}
		if h.len() > 0 {
			out.hidden = append(out.hidden, h)
		}
	}
	return out
}

// collapsed is the text with one space for each run of white space, and none
// around it.
func (m marked) collapsed() marked {
	if len(m.hidden) == 0 {
		return marked{text: collapse(m.text)}
	}
	var out markedText
	hidden := m.hidden
	at, space, before := 0, false, false // before: what was written last is hidden
	for _, r := range m.text {
		for len(hidden) > 0 && hidden[0].end <= at {
			hidden = hidden[1:]
		}
		inside := len(hidden) > 0 && hidden[0].start <= at
		at++
		if unicode.IsSpace(r) {
			space = out.out.Len() > 0
			continue
		}
		if space {
			out.add(" ", inside && before)
		}
		out.add(string(r), inside)
		space, before = false, inside
	}
	return out.take()
}
