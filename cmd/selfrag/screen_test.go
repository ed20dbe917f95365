package main

import (
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// screen is what a terminal shows after a program's output: as much of a
// terminal as this program and its line editor use.
type screen struct {
	columns  int
	rows     [][]string // a cell each column; "" for the right half of a wide letter
	row, col int        // of the cursor; col is columns when the next letter wraps
	unknown  []string   // escape sequences that it does not know
	rest     string     // the beginning of a sequence
}

func newScreen(columns int) *screen {
	return &screen{columns: columns, rows: [][]string{nil}}
}

func (s *screen) write(text string) {
	text = s.rest + text
	s.rest = ""
	for len(text) > 0 {
		if strings.HasPrefix(text, "\x1b") {
			n := s.escape(text)
			if n == 0 {
				break
			}
			text = text[n:]
			continue
		}
		r, n := utf8.DecodeRuneInString(text)
		if r == utf8.RuneError && !utf8.FullRuneInString(text) {
			break
		}
		s.put(r)
		text = text[n:]
	}
	s.rest = text
}

func (s *screen) put(r rune) {
	switch r {
	case '\r':
		s.col = 0
	case '\n':
		s.row++
		s.grow()
	case '\b':
		s.col = max(0, s.col-1)
	default:
		width := uniseg.StringWidth(string(r))
		if width == 0 {
			return
		}
		if s.col+width > s.columns {
			s.row, s.col = s.row+1, 0
			s.grow()
		}
		line := s.rows[s.row]
		for len(line) < s.col+width {
			line = append(line, " ")
		}
		line[s.col] = string(r)
		if width == 2 {
			line[s.col+1] = ""
		}
		s.rows[s.row] = line
		s.col += width
	}
}

func (s *screen) grow() {
	for len(s.rows) <= s.row {
		s.rows = append(s.rows, nil)
	}
}

// escape obeys the sequence that the text begins with, and returns its
// length; 0 when its end is still to come.
func (s *screen) escape(text string) int {
	if len(text) < 2 {
		return 0
	}
	if text[1] != '[' {
		s.unknown = append(s.unknown, text[:2])
		return 2
	}
	end := strings.IndexFunc(text[2:], func(r rune) bool { return r >= '@' && r <= '~' })
	if end < 0 {
		return 0
	}
	argument := text[2 : 2+end]
	n, err := strconv.Atoi(argument)
	if err != nil {
		n = 0
	}
	switch text[2+end] {
	case 'A':
		s.row = max(0, s.row-max(1, n))
	case 'B':
		s.row += max(1, n)
		s.grow()
	case 'C':
		s.col = min(s.columns-1, s.col+max(1, n))
	case 'D':
		s.col = max(0, min(s.col, s.columns-1)-max(1, n))
	case 'G':
		s.col = min(s.columns, max(1, n)) - 1
	case 'K':
		s.rows[s.row] = s.rows[s.row][:min(s.col, len(s.rows[s.row]))]
	case 'J':
		s.rows[s.row] = s.rows[s.row][:min(s.col, len(s.rows[s.row]))]
		s.rows = s.rows[:s.row+1]
	case 'm':
	default:
		s.unknown = append(s.unknown, text[:3+end])
	}
	return 3 + end
}

// lines are the lines of the screen, without space at their ends.
func (s *screen) lines() []string {
	out := make([]string, len(s.rows))
	for i, row := range s.rows {
		out[i] = strings.TrimRight(strings.Join(row, ""), " ")
	}
	return out
}

// line is the one that the cursor is on.
func (s *screen) line() string { return s.lines()[s.row] }

func (s *screen) String() string { return strings.Join(s.lines(), "\n") }

func TestScreen(t *testing.T) {
	s := newScreen(6)
	for _, c := range []struct {
		write, want string
		row, col    int
	}{
		{"ab한", "ab한", 0, 4},
		{"글\r\n", "ab한글\n", 1, 0},
		{"\x1b[1", "ab한글\n", 1, 0},
		{"A\x1b[3G국\x1b[0K", "ab국\n", 0, 4},
		{"123", "ab국12\n3", 1, 1},
		{"\x1b[1A\r\x1b[J", "", 0, 0},
	} {
		s.write(c.write)
		if s.String() != c.want || s.row != c.row || s.col != c.col {
			t.Errorf("after %q: %q at %d, %d; want %q at %d, %d", c.write, s, s.row, s.col, c.want, c.row, c.col)
		}
	}
}
