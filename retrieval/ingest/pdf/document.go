package pdf

import (
	"context"
	"errors"
	"strings"
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
			return nil //nolint:nilerr // a page that cannot be read does not stop the others: a warning names it
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

// text is what a block says.
func (b block) text(known compounds) string {
	if b.table != nil {
		return b.table.text()
	}
	return paragraphs(b.lines, known)
}
