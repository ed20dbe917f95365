package pdf

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// write writes the pages to the document's text, and notes where its pages,
// tables and hidden parts are.
func (d *Document) write(pages []sheetText) {
	known := compounds{}
	for _, p := range pages {
		for _, r := range p.rows {
			known.add(r.text())
		}
	}
	w := writer{doc: d, known: known}
	for i := range pages {
		p := &pages[i]
		w.page = p.number
		w.block(paragraphs(p.head, known), false)
		w.body(p)
		w.block(paragraphs(p.others, known), false)
		w.block(paragraphs(p.foot, known), false)
		for _, b := range regions(p.hidden, nil, 0) {
			w.block(b.text(known), true)
		}
		p.rows, p.others, p.hidden = nil, nil, nil
	}
	d.Text = w.out.String()
}

type writer struct {
	doc   *Document
	known compounds
	out   strings.Builder
	runes int
	page  int

	open string // the last line of the text so far, if its paragraph may continue on the next page
}

// body writes the rows of a page, without its header, its footer and its turned
// and hidden text.
func (w *writer) body(p *sheetText) {
	blocks := regions(p.rows, p.rules, 0)
	for i, b := range blocks {
		text := b.text(w.known)
		if i == 0 && b.table == nil && w.open != "" && len(p.head) == 0 {
			if stem, joins := w.goesOn(text); joins {
				w.resume(stem)
				w.add(text, false)
				w.mayGoOn(b, text)
				continue
			}
		}
		w.block(text, false)
		w.mayGoOn(b, text)
		if b.table != nil && b.table.hasHead() {
			start := w.runes - utf8.RuneCountInString(text)
			w.doc.Tables = append(w.doc.Tables, Table{Span{start, w.runes}, b.table.line(b.table.cells[0])})
		}
	}
}

// mayGoOn sets w.open after a block. If the last line of the block is full and
// does not end a sentence, its paragraph may continue on the next page.
func (w *writer) mayGoOn(b block, text string) {
	w.open = ""
	if b.table != nil || len(b.lines) < 2 {
		return
	}
	last := b.lines[len(b.lines)-1]
	area := b.lines[0].box()
	for _, r := range b.lines {
		area = area.union(r.box())
	}
	if last.box().width() > 0.75*area.width() && !endsSentence(text) {
		w.open = text[strings.LastIndexByte(text, '\n')+1:]
	}
}

// goesOn reports whether a text continues the paragraph at the end of the page
// before, and returns the last line of that page as it then reads.
func (w *writer) goesOn(text string) (stem string, ok bool) {
	if stem, ok := hyphenated(w.open, text, w.known); ok {
		return stem, true
	}
	first, _ := utf8.DecodeRuneInString(text)
	return w.open + " ", unicode.IsLower(first)
}

// resume makes the next text continue the last paragraph of the page before,
// whose last line is replaced with stem.
func (w *writer) resume(stem string) {
	text := w.out.String()
	kept := strings.TrimSuffix(text, w.open)
	w.runes -= utf8.RuneCountInString(w.open)
	w.out.Reset()
	w.out.WriteString(kept)
	w.put(stem)
}

func (w *writer) put(s string) {
	w.out.WriteString(s)
	w.runes += utf8.RuneCountInString(s)
}

// block writes a text as a paragraph of its own.
func (w *writer) block(text string, hidden bool) {
	if text == "" {
		return
	}
	if w.runes > 0 {
		w.put("\n\n")
	}
	w.add(text, hidden)
}

// add writes a text, and notes the beginning of its page if it is the first one.
func (w *writer) add(text string, hidden bool) {
	if n := len(w.doc.Pages); n == 0 || w.doc.Pages[n-1].Number != w.page {
		w.doc.Pages = append(w.doc.Pages, Page{w.runes, w.page})
	}
	start := w.runes
	w.put(text)
	if hidden {
		w.doc.Hidden = append(w.doc.Hidden, Span{start, w.runes})
	}
}
