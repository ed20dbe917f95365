package pdf

import (
	"context"
	"errors"
	"strings"
)

// Document is the text of a file.
type Document struct {
	Title string // from the file's metadata; may be empty
	Text  string
	Pages []Page // the pages that have text, in order
	// Hidden holds the parts of the text that nobody can see on the page. They
	// are in order and do not overlap.
	Hidden []Span
	// Tables holds the tables whose first row names the columns.
	Tables []Table
	// Repeated holds the lines that were left out because other pages have them
	// too: headers and footers after their first occurrence, and page numbers.
	Repeated []string
	// Warnings says what could not be read, one sentence each.
	Warnings []string
}

// Page is the place in the text where a page begins.
type Page struct {
	Start  int // offset in runes
	Number int // from 1
}

// Table is a table in the text. Each row is a line, with " | " between its
// cells.
type Table struct {
	Span
	Head string // the first line, which names the columns
}

// The errors of Read for a file that PDFium can open but whose text cannot be
// had.
var (
	ErrScanned = errors.New("it has no text, such as a scan")
	ErrNoCodes = errors.New("its fonts do not say which characters they show")
)

// ErrTooLarge is the error of Read for a file with more than maxBytes of text.
var ErrTooLarge = errors.New("its text is too long")

// sheetText is a page whose words are arranged in rows.
type sheetText struct {
	number     int
	crop       box   // the visible part of the page, turned as its rows are
	head, foot []row // headers and footers, which other pages have too
	rows       []row // text in the main direction of the page, from the top
	others     []row // text turned in other directions
	hidden     []row
	rules      []box // drawn lines, such as the borders of cells
}

// Read reads the text of a PDF file, which may have at most maxBytes. The error
// wraps one of the errors of this package, or is the cause of ctx if ctx ended.
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

// order arranges the pieces of a page in rows. The direction in which most of
// the text is turned becomes the main one.
func order(s sheet) sheetText {
	out := sheetText{number: s.number, rules: s.rules}
	var seen, hidden []piece
	turns := map[turn]int{}
	for i := range s.pieces {
		s.pieces[i].index = i
	}
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

// text returns the text of a block.
func (b block) text(known compounds) string {
	if b.table != nil {
		return b.table.text()
	}
	return paragraphs(b.lines, known)
}
