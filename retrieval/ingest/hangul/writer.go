package hangul

import (
	"strconv"
	"strings"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/numbering"
	"selfrag/retrieval/ingest/table"
)

// writer writes the text of a document of Hangul, from HWPX as well as HWP 5.
type writer struct {
	most     int64 // maximum number of bytes of text
	c        content.Content
	out      content.Builder
	lists    map[string][]numbering.Level
	counters map[string]*numbering.Counter
	number   int            // number of paragraphs so far
	notes    map[string]int // number of notes so far, by kind
	left     map[string]int // number of things left out, by kind, such as "comment"
}

func newWriter(maxBytes int64) *writer {
	bullets := make([]numbering.Level, numbering.MaxLevels)
	for i := range bullets {
		bullets[i].Format = "bullet"
	}
	return &writer{most: maxBytes, lists: map[string][]numbering.Level{bulletList: bullets}, counters: map[string]*numbering.Counter{}, notes: map[string]int{}, left: map[string]int{}}
}

// bulletList is the name of the list of all paragraphs with a bullet. They share
// it, because all bullets are written alike.
const bulletList = "•"

// paragraph is a paragraph with the tables, boxes and notes anchored in it.
type paragraph struct {
	text    content.MarkedBuilder
	list    string // the list that numbers it; empty if there is none
	depth   int    // its level in the list, from 0
	outline bool   // it is a heading
	blocks  []block
	notes   []content.Marked
}

// block is a table or a text box.
type block struct {
	lines   []content.Marked
	headers int // number of header lines of a table, which are repeated wherever it is cut
}

// label returns what Hangul prints before a paragraph of a list, such as "제1조".
func (h *writer) label(p *paragraph) string {
	levels := h.lists[p.list]
	if levels == nil {
		return ""
	}
	counter := h.counters[p.list]
	if counter == nil {
		counter = &numbering.Counter{}
		h.counters[p.list] = counter
	}
	return counter.Next(levels, p.depth)
}

// whole returns the text of a paragraph with its number before it.
func (h *writer) whole(p *paragraph) content.Marked {
	text := p.text.Take().Trimmed()
	label := h.label(p)
	if label == "" || text.Text == "" {
		return text
	}
	var out content.MarkedBuilder
	out.Add(label+" ", false)
	out.Join(text)
	return out.Take()
}

// inLine returns a paragraph as one line for a cell or a note. It includes the
// tables and boxes anchored in it, but no notes. Notes go to the paragraph around
// the cell.
func (h *writer) inLine(p *paragraph) content.Marked {
	var out content.MarkedBuilder
	out.Join(h.whole(p))
	for _, b := range p.blocks {
		for _, line := range b.lines {
			out.Add(" ", false)
			out.Join(line)
		}
	}
	return out.Take().Collapsed()
}

// write writes a paragraph that stands in no cell, box or note.
func (h *writer) write(p *paragraph) error {
	h.number++
	text := h.whole(p)
	if text.Text != "" {
		h.block(block{lines: []content.Marked{text}}, p.outline, p.depth+1)
	}
	for _, b := range p.blocks {
		h.block(b, false, 0)
	}
	for _, note := range p.notes {
		h.block(block{lines: []content.Marked{note}}, false, 0)
	}
	if int64(h.out.Len()) > h.most {
		return content.TooLarge(h.most)
	}
	return nil
}

func (h *writer) block(b block, isHeading bool, level int) {
	if len(b.lines) == 0 {
		return
	}
	if h.out.Len() > 0 {
		h.out.Add("\n\n")
	}
	if n := len(h.c.Places); n == 0 || h.c.Places[n-1].Metadata[retrieval.Paragraph] != float64(h.number) {
		h.c.Places = append(h.c.Places, content.Place{Start: h.out.Runes(), Metadata: map[string]any{retrieval.Paragraph: float64(h.number)}})
	}
	if isHeading {
		h.c.Headings = append(h.c.Headings, content.Heading{Start: h.out.Runes(), Level: level, Text: content.Name(b.lines[0].Text)})
	}
	l := content.Lead{Span: content.Span{Start: h.out.Runes()}}
	for i, line := range b.lines {
		if i > 0 {
			h.out.Add("\n")
		}
		for _, hidden := range line.Hidden {
			h.c.Hidden = append(h.c.Hidden, content.Span{Start: hidden.Start + h.out.Runes(), End: hidden.End + h.out.Runes()})
		}
		h.out.Add(line.Text)
		if i < b.headers {
			l.Text += "\n" + line.Text
		}
	}
	l.End = h.out.Runes()
	if l.Text = strings.TrimPrefix(l.Text, "\n"); l.Text != "" {
		h.c.Leads = append(h.c.Leads, l)
	}
}

// table returns a table as a block, with its caption as a header line.
func (h *writer) table(g table.Grid) (block, error) {
	lines, headers, ok := g.Lines(h.most - int64(h.out.Len()))
	if !ok {
		return block{}, content.TooLarge(h.most)
	}
	if g.Caption.Text != "" {
		lines, headers = append([]content.Marked{g.Caption}, lines...), headers+1
	}
	return block{lines, headers}, nil
}

// note returns a footnote or endnote with its number, as it stands below its
// paragraph.
func (h *writer) note(kind string, text content.Marked) content.Marked {
	h.notes[kind]++
	number := strconv.Itoa(h.notes[kind])
	var out content.MarkedBuilder
	out.Add(number+") ", false)
	out.Join(text)
	return out.Take()
}

// content returns the content written, with a warning about what was left out.
func (h *writer) content() content.Content {
	h.c.Text = h.out.String()
	h.c.WarnLeftOut("", h.left)
	return h.c
}

// formats maps the number formats of HWPX to their names in WordprocessingML. The
// index of a format is its code in HWP 5.
var formats = []struct{ name, format string }{
	{"DIGIT", "decimal"}, {"CIRCLED_DIGIT", "decimalEnclosedCircle"}, {"ROMAN_CAPITAL", "upperRoman"}, {"ROMAN_SMALL", "lowerRoman"},
	{"LATIN_CAPITAL", "upperLetter"}, {"LATIN_SMALL", "lowerLetter"}, {"CIRCLED_LATIN_CAPITAL", "upperLetter"}, {"CIRCLED_LATIN_SMALL", "circledLatinSmall"},
	{"HANGUL_SYLLABLE", "ganada"}, {"CIRCLED_HANGUL_SYLLABLE", "circledGanada"}, {"HANGUL_JAMO", "chosung"}, {"CIRCLED_HANGUL_JAMO", "circledChosung"},
	{"HANGUL_PHONETIC", "koreanCounting"}, {"IDEOGRAPH", "chineseCounting"}, {"CIRCLED_IDEOGRAPH", "chineseCounting"},
	{"DECAGON_CIRCLE", "gapeul"}, {"DECAGON_CIRCLE_HANJA", "ideographTraditional"},
}

// levelOf returns a level of a list. Hangul writes its text with ^, as "제^1조";
// package numbering takes "제%1조".
func levelOf(start int, format, text string) numbering.Level {
	return numbering.Level{Start: max(start, 0), Format: format, Text: strings.ReplaceAll(text, "^", "%")}
}

var errDistribution = retrieval.Because(retrieval.CauseCopyProtected, "a document for distribution, protected against copying: save it in Hangul as an ordinary one")
