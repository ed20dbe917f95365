package plain

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// csvRows reads the rows of a table (RFC 4180), and copes with quotation marks that
// never close. A line with such a mark is read with its marks as written, and its
// number is added to broken. encoding/csv would put all that follows the mark into
// one cell.
type csvRows struct {
	text      string // the text that is left to read, without \r
	delimiter rune
	line      int   // number of lines read
	broken    []int // numbers of the lines with a mark that never closes
	dead      bool  // broken has maxBroken lines: quotation marks have no meaning any more
}

// maxBroken is the maximum number of lines with a quotation mark that never closes.
// After it, marks are taken as text, because each such mark costs a search to the
// end of the file.
const maxBroken = 100

// next returns the next row that is not an empty line; ok is false at the end.
func (r *csvRows) next() (row []string, ok bool) {
	for r.text != "" {
		row, rest, ok := []string(nil), "", false
		if !r.dead {
			row, rest, ok = quotedRow(r.text, r.delimiter)
		}
		if !ok {
			line, after, _ := strings.Cut(r.text, "\n")
			if !r.dead {
				r.broken = append(r.broken, r.line+1)
				r.dead = len(r.broken) >= maxBroken
			}
			row, rest = strings.Split(line, string(r.delimiter)), after
		}
		r.line += strings.Count(r.text[:len(r.text)-len(rest)], "\n")
		r.text = rest
		if len(row) > 1 || strings.TrimSpace(row[0]) != "" {
			return row, true
		}
	}
	return nil, false
}

// quotedRow reads a row whose cells may be quoted. ok is false if a quoted cell
// does not end properly: its mark never closes, or closes on a later line and no
// delimiter follows.
func quotedRow(s string, delimiter rune) (row []string, rest string, ok bool) {
	for {
		trimmed := strings.TrimLeftFunc(s, func(r rune) bool { return r != '\n' && r != delimiter && unicode.IsSpace(r) })
		var cell string
		if strings.HasPrefix(trimmed, `"`) {
			if cell, s, ok = quotedCell(trimmed[1:], delimiter); !ok {
				return nil, "", false
			}
		} else {
			end := strings.IndexFunc(trimmed, func(r rune) bool { return r == delimiter || r == '\n' })
			if end < 0 {
				end = len(trimmed)
			}
			cell, s = trimmed[:end], trimmed[end:]
		}
		row = append(row, cell)
		switch first, size := utf8.DecodeRuneInString(s); {
		case s == "":
			return row, "", true
		case first == delimiter:
			s = s[size:]
		default: // a line end
			return row, s[1:], true
		}
	}
}

// quotedCell reads a quoted cell after its opening mark. A doubled mark stands for
// one in the text. In a cell of one line, a single mark in the middle belongs to
// the text, too.
func quotedCell(s string, delimiter rune) (cell, rest string, ok bool) {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '"')
		if i < 0 {
			return "", "", false
		}
		b.WriteString(s[:i])
		s = s[i+1:]
		if strings.HasPrefix(s, `"`) {
			b.WriteByte('"')
			s = s[1:]
			continue
		}
		after := strings.TrimLeft(s, " ")
		next, _ := utf8.DecodeRuneInString(after)
		switch {
		case after == "" || next == '\n' || next == delimiter:
			return b.String(), after, true
		case strings.Contains(b.String(), "\n"):
			return "", "", false
		}
		b.WriteByte('"')
	}
}
