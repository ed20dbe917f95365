package pdf

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Document is what a file says.
type Document struct {
	Title string // as its metadata tell; may be empty
	Text  string
	Pages []Page // that have text, in their order
	// Hidden is what of the text nobody sees. Spans grow and are apart.
	Hidden []Span
	Tables []Table // whose first row names the columns
	// Repeated is what was left out since other pages say it too: running heads
	// and feet after their first time, and the numbers of pages.
	Repeated []string
	// Warnings say in a sentence each what could not be read.
	Warnings []string
}

// Page is where the text of a page begins.
type Page struct {
	Start  int // in runes
	Number int // from 1
}

// Table is a part of the text: the rows of a table, a line each, with " | "
// between the cells.
type Table struct {
	Span
	Head string // its first line, which names the columns
}

// The reasons for which a file that was read has no text.
var (
	ErrScanned = errors.New("it has no text, such as a scan")
	ErrNoCodes = errors.New("its fonts do not tell which characters they show")
)

// ErrTooLarge says that there is more text than was asked for.
var ErrTooLarge = errors.New("its text is too long")

// sheetText is a page in rows.
type sheetText struct {
	number     int
	crop       box   // upright
	head, foot []row // what other pages say too
	rows       []row // upright text, from above
	others     []row // turned text
	hidden     []row
	rules      []box
}

// Read reads a file. maxBytes bounds its text. The error wraps one of those of
// this package, or is the cause of the end of ctx.
func (r *Reader) Read(ctx context.Context, raw []byte, maxBytes int64) (Document, error) {
	var pages []sheetText
	var doc Document
	var t tally
	size := int64(0)
	title, err := r.read(ctx, raw, func(s sheet) error {
		if s.err != nil {
			t.unread = append(t.unread, s.number)
			t.why = s.err
			return nil
		}
		for _, p := range s.pieces {
			size += int64(len(p.text))
		}
		if size > maxBytes {
			return ErrTooLarge
		}
		t.add(s)
		pages = append(pages, order(s))
		return nil
	})
	if err != nil {
		return Document{}, err
	}
	if err := t.failure(pages); err != nil {
		return Document{}, err
	}
	doc.Warnings = t.warnings()
	doc.Title = clean(title)
	doc.Repeated = setAside(pages)
	doc.write(pages)
	if strings.TrimSpace(doc.Text) == "" {
		return Document{}, ErrScanned
	}
	return doc, nil
}

// order puts the pieces of a page in rows.
func order(s sheet) sheetText {
	out := sheetText{number: s.number, rules: s.rules}
	var seen, hidden []piece
	turns := map[turn]int{}
	for _, p := range s.pieces {
		if p.hidden {
			hidden = append(hidden, p)
			continue
		}
		turns[p.turn] += len(p.text)
	}
	main := upright
	for _, t := range []turn{up, over, down} {
		if turns[t] > turns[main] {
			main = t
		}
	}
	byTurn := map[turn][]piece{}
	for _, p := range s.pieces {
		switch {
		case p.hidden:
		case p.turn == main:
			seen = append(seen, p)
		default:
			byTurn[p.turn] = append(byTurn[p.turn], p)
		}
	}
	out.crop = s.crop.turned(main)
	out.rows = rows(seen)
	for i := range out.rules {
		out.rules[i] = out.rules[i].turned(main)
	}
	for _, t := range []turn{upright, up, over, down, slanted} {
		if t == slanted {
			out.others = append(out.others, slantedRows(byTurn[t])...)
			continue
		}
		out.others = append(out.others, rows(byTurn[t])...)
	}
	out.hidden = rows(hidden)
	return out
}

// write writes the pages to the text.
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

	open string // the last line of the text so far, if its paragraph may go on
}

// body writes what stands upright on a page.
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

// mayGoOn remembers the end of a page whose last line is full and ends no
// sentence.
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

// goesOn reports whether a text goes on with the page before, and what that
// ends with then.
func (w *writer) goesOn(text string) (stem string, ok bool) {
	if stem, ok := hyphenated(w.open, text, w.known); ok {
		return stem, true
	}
	first, _ := utf8.DecodeRuneInString(text)
	return w.open + " ", unicode.IsLower(first)
}

// resume goes on in the paragraph that ended with the page before, whose last
// line now is stem.
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

// text is what a block says.
func (b block) text(known compounds) string {
	if b.table != nil {
		return b.table.text()
	}
	return paragraphs(b.lines, known)
}

// tally counts what could not be read.
type tally struct {
	unread, scanned, uncoded []int // pages
	why                      error
	shown, unmapped, notes   int
}

func (t *tally) add(s sheet) {
	t.shown += s.shown
	t.unmapped += s.unmapped
	t.notes += s.notes
	switch {
	case s.shown == 0 && s.scanned && len(s.pieces) == 0:
		t.scanned = append(t.scanned, s.number)
	case 2*s.unmapped > s.shown:
		t.uncoded = append(t.uncoded, s.number)
	}
}

// failure is why the file as a whole has no text to go by.
func (t *tally) failure(pages []sheetText) error {
	switch {
	case len(pages) == 0 && t.why != nil:
		return t.why
	case 2*t.unmapped > t.shown:
		return ErrNoCodes
	}
	return nil
}

func (t *tally) warnings() []string {
	var out []string
	if len(t.unread) > 0 {
		out = append(out, fmt.Sprintf("%s cannot be read (%v); the others are", pagesNamed(t.unread), t.why))
	}
	if len(t.scanned) > 0 {
		out = append(out, pagesNamed(t.scanned)+" without text, such as a scan: recognise it first (OCR)")
	}
	if len(t.uncoded) > 0 {
		out = append(out, pagesNamed(t.uncoded)+": most characters have no text, since fonts do not tell which they show: recognise it (OCR), or export the file anew")
	}
	if t.notes > 0 {
		out = append(out, fmt.Sprintf("%d notes on its pages are left out", t.notes))
	}
	return out
}

// pagesNamed writes numbers of pages, such as "pages 2, 5-7".
func pagesNamed(numbers []int) string {
	var parts []string
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		if i == j {
			parts = append(parts, fmt.Sprint(numbers[i]))
		} else {
			parts = append(parts, fmt.Sprintf("%d-%d", numbers[i], numbers[j]))
		}
		i = j + 1
		if len(parts) == 20 && i < len(numbers) {
			parts = append(parts, fmt.Sprintf("and %d more", len(numbers)-i))
			break
		}
	}
	if len(numbers) == 1 {
		return "page " + parts[0]
	}
	return "pages " + strings.Join(parts, ", ")
}
