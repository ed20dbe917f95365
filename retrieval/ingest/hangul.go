package ingest

import (
	"errors"
	"strconv"
	"strings"

	"selfrag/retrieval"
)

// hangulText writes what a document of Hangul says, whether it comes from HWPX
// or HWP 5: paragraphs with the numbers that Hangul prints before them, apart
// by an empty line; tables as grids; text boxes and notes below the paragraph
// that they are anchored in.
type hangulText struct {
	most     int64
	c        content
	out      textBuilder
	lists    map[string][]listLevel
	counters map[string]*listCounter
	number   int            // of paragraphs so far
	notes    map[string]int // so far, by kind
	left     map[string]int // what has no text here, by kind
}

func newHangulText(maxBytes int64) *hangulText {
	bullets := make([]listLevel, len(listCounter{}.numbers))
	for i := range bullets {
		bullets[i].format = "bullet"
	}
	return &hangulText{most: maxBytes, lists: map[string][]listLevel{bulletList: bullets}, counters: map[string]*listCounter{}, notes: map[string]int{}, left: map[string]int{}}
}

// bulletList is the list of the paragraphs with a bullet, which all look alike
// here.
const bulletList = "•"

// hangulParagraph is a paragraph with what is anchored in it.
type hangulParagraph struct {
	text    markedText
	list    string // that numbers it; empty: none
	depth   int    // in the list, from 0
	outline bool   // it is a heading
	blocks  []hangulBlock
	notes   []marked
}

// hangulBlock is a table or a text box.
type hangulBlock struct {
	lines   []marked
	headers int // lines of a table that are said again
}

// label is what Hangul prints before a paragraph of a list.
func (h *hangulText) label(p *hangulParagraph) string {
	levels := h.lists[p.list]
	if levels == nil {
		return ""
	}
	counter := h.counters[p.list]
	if counter == nil {
		counter = &listCounter{}
		h.counters[p.list] = counter
	}
	return counter.next(levels, p.depth)
}

// whole is the text of a paragraph behind its number.
func (h *hangulText) whole(p *hangulParagraph) marked {
	text := p.text.take().trimmed()
	label := h.label(p)
	if label == "" || text.text == "" {
		return text
	}
	var out markedText
	out.add(label+" ", false)
	out.join(text)
	return out.take()
}

// inLine is a paragraph as it stands in a cell or a note: with all that is
// anchored in it but notes, which go to the paragraph outside.
func (h *hangulText) inLine(p *hangulParagraph) marked {
	var out markedText
	out.join(h.whole(p))
	for _, b := range p.blocks {
		for _, line := range b.lines {
			out.add(" ", false)
			out.join(line)
		}
	}
	return out.take().collapsed()
}

// write writes a paragraph of the document itself.
func (h *hangulText) write(p *hangulParagraph) error {
	h.number++
	text := h.whole(p)
	if text.text != "" {
		h.block(hangulBlock{lines: []marked{text}}, p.outline, p.depth+1)
	}
	for _, b := range p.blocks {
		h.block(b, false, 0)
	}
	for _, note := range p.notes {
		h.block(hangulBlock{lines: []marked{note}}, false, 0)
	}
	if int64(h.out.Len()) > h.most {
		return tooLarge(h.most)
	}
	return nil
}

func (h *hangulText) block(b hangulBlock, isHeading bool, level int) {
	if len(b.lines) == 0 {
		return
	}
	if h.out.Len() > 0 {
		h.out.write("\n\n")
	}
	if n := len(h.c.places); n == 0 || h.c.places[n-1].metadata[retrieval.Paragraph] != float64(h.number) {
		h.c.places = append(h.c.places, place{h.out.runes, map[string]any{retrieval.Paragraph: float64(h.number)}})
	}
	if isHeading {
		h.c.headings = append(h.c.headings, heading{h.out.runes, level, named(b.lines[0].text)})
	}
	l := lead{span: span{start: h.out.runes}}
	for i, line := range b.lines {
		if i > 0 {
			h.out.write("\n")
		}
		for _, hidden := range line.hidden {
			h.c.hidden = append(h.c.hidden, span{hidden.start + h.out.runes, hidden.end + h.out.runes})
		}
		h.out.write(line.text)
		if i < b.headers {
			l.text += "\n" + line.text
		}
	}
	l.end = h.out.runes
	if l.text = strings.TrimPrefix(l.text, "\n"); l.text != "" {
		h.c.leads = append(h.c.leads, l)
	}
}

// table makes a block of a table.
func (h *hangulText) table(g grid) (hangulBlock, error) {
	lines, headers, ok := g.lines(h.most - int64(h.out.Len()))
	if !ok {
		return hangulBlock{}, tooLarge(h.most)
	}
	if g.caption.text != "" {
		lines, headers = append([]marked{g.caption}, lines...), headers+1
	}
	return hangulBlock{lines, headers}, nil
}

// note is a footnote or endnote with its number, as it stands below its
// paragraph.
func (h *hangulText) note(kind string, text marked) marked {
	h.notes[kind]++
	number := strconv.Itoa(h.notes[kind])
	var out markedText
	out.add(number+") ", false)
	out.join(text)
	return out.take()
}

// content is what was written, with what was left out told.
func (h *hangulText) content() content {
	h.c.text = h.out.String()
	h.c.tellLeftOut("", h.left)
	return h.c
}

// hangulFormats are the names of formats of numbers in HWPX, which are those
// of HWP 5 in their order there, as WordprocessingML names them.
var hangulFormats = []struct{ name, format string }{
	{"DIGIT", "decimal"}, {"CIRCLED_DIGIT", "decimalEnclosedCircle"}, {"ROMAN_CAPITAL", "upperRoman"}, {"ROMAN_SMALL", "lowerRoman"},
	{"LATIN_CAPITAL", "upperLetter"}, {"LATIN_SMALL", "lowerLetter"}, {"CIRCLED_LATIN_CAPITAL", "upperLetter"}, {"CIRCLED_LATIN_SMALL", "circledLatinSmall"},
	{"HANGUL_SYLLABLE", "ganada"}, {"CIRCLED_HANGUL_SYLLABLE", "circledGanada"}, {"HANGUL_JAMO", "chosung"}, {"CIRCLED_HANGUL_JAMO", "circledChosung"},
	{"HANGUL_PHONETIC", "koreanCounting"}, {"IDEOGRAPH", "chineseCounting"}, {"CIRCLED_IDEOGRAPH", "chineseCounting"},
	{"DECAGON_CIRCLE", "gapeul"}, {"DECAGON_CIRCLE_HANJA", "ideographTraditional"},
}

// hangulLevel is a level of a list, whose text Hangul writes as "제^1조".
func hangulLevel(start int, format, text string) listLevel {
	return listLevel{start: max(start, 0), format: format, text: strings.ReplaceAll(text, "^", "%")}
}

var errDistribution = errors.New("a document for distribution, protected against copying: save it in Hangul as an ordinary one")
