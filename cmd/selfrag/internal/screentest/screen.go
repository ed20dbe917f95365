// Package screentest emulates a terminal for tests. A test writes a program's
// output to it and reads the lines of the screen.
package screentest

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Screen holds the content of a terminal after a program's output. It emulates
// only what this program and its line editor use.
type Screen struct {
	columns  int
	rows     [][]string // one cell per column; "" for the right half of a wide letter
	Row, Col int        // position of the cursor; Col equals columns if the line is full and the next letter begins a new line
	Unknown  []string   // escape sequences that the emulation does not know
	rest     string     // incomplete escape sequence or letter at the end of the last Write
}

// New returns an empty screen with the given number of columns. Rows are added
// as needed.
func New(columns int) *Screen {
	return &Screen{columns: columns, rows: [][]string{nil}}
}

// Write shows the output of a program.
func (s *Screen) Write(text string) {
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

func (s *Screen) put(r rune) {
	switch r {
	case '\r':
		s.Col = 0
	case '\n':
		s.Row++
		s.grow()
	case '\b':
		s.Col = max(0, s.Col-1)
	default:
		width := uniseg.StringWidth(string(r))
		if width == 0 {
			return
		}
		if s.Col+width > s.columns {
			s.Row, s.Col = s.Row+1, 0
			s.grow()
		}
		line := s.rows[s.Row]
		for len(line) < s.Col+width {
			line = append(line, " ")
		}
		line[s.Col] = string(r)
		if width == 2 {
			line[s.Col+1] = ""
		}
		s.rows[s.Row] = line
		s.Col += width
	}
}

func (s *Screen) grow() {
	for len(s.rows) <= s.Row {
		s.rows = append(s.rows, nil)
	}
}

// escape executes the escape sequence at the beginning of the text and returns
// its length. It returns 0 if the sequence is incomplete.
func (s *Screen) escape(text string) int {
	if len(text) < 2 {
		return 0
	}
	if text[1] != '[' {
		s.Unknown = append(s.Unknown, text[:2])
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
		s.Row = max(0, s.Row-max(1, n))
	case 'B':
		s.Row += max(1, n)
		s.grow()
	case 'C':
		s.Col = min(s.columns-1, s.Col+max(1, n))
	case 'D':
		s.Col = max(0, min(s.Col, s.columns-1)-max(1, n))
	case 'G':
		s.Col = min(s.columns, max(1, n)) - 1
	case 'K':
		s.rows[s.Row] = s.rows[s.Row][:min(s.Col, len(s.rows[s.Row]))]
	case 'J':
		s.rows[s.Row] = s.rows[s.Row][:min(s.Col, len(s.rows[s.Row]))]
		s.rows = s.rows[:s.Row+1]
	case 'm':
	default:
		s.Unknown = append(s.Unknown, text[:3+end])
	}
	return 3 + end
}

// Lines returns the lines of the screen without trailing spaces.
func (s *Screen) Lines() []string {
	out := make([]string, len(s.rows))
	for i, row := range s.rows {
		out[i] = strings.TrimRight(strings.Join(row, ""), " ")
	}
	return out
}

// Line returns the line with the cursor.
func (s *Screen) Line() string { return s.Lines()[s.Row] }

func (s *Screen) String() string { return strings.Join(s.Lines(), "\n") }
