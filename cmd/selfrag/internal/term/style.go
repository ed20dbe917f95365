package term

import (
	"cmp"
	"io"
	"os"

	"golang.org/x/term"
)

// IsTerminal reports whether a stream of the program is a terminal.
func IsTerminal(stream any) bool {
	if w, ok := stream.(*Writer); ok {
		stream = w.to
	}
	f, ok := stream.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(f.Fd()))
}

// Style colours text if the output is a terminal, TERM is not "dumb" and
// NO_COLOR is not set.
type Style struct {
	on    bool
	begin string // beginning of a colour code; empty: "\x1b[", as terminals read it
}

// StyleFor returns the style for an output.
func StyleFor(w io.Writer) Style {
	s := Style{on: IsTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
	if own, ok := w.(*Writer); ok {
		s.begin = own.begin
	}
	return s
}

func (s Style) bold(t string) string { return s.wrap("1", t) }
func (s Style) dim(t string) string  { return s.wrap("2", t) }

// Good colours the result of a check that was passed, such as "keep".
func (s Style) Good(t string) string { return s.wrap("32", t) }

// Bad colours the result of a check that was not passed, such as "drop".
func (s Style) Bad(t string) string { return s.wrap("33", t) }

func (s Style) wrap(code, t string) string {
	if !s.on {
		return t
	}
	begin := cmp.Or(s.begin, "\x1b[")
	return begin + code + "m" + t + begin + "0m"
}

// Columns returns the width of a terminal, and 120 for any other output.
func Columns(w io.Writer) int {
	if columns, _, ok := sizeOf(w); ok {
		return columns
	}
	return 120
}

// sizeOf returns the size of a terminal. ok is false if w is not a terminal.
func sizeOf(w io.Writer) (columns, rows int, ok bool) {
	f, isFile := Raw(w).(*os.File)
	if !isFile {
		return 0, 0, false
	}
	columns, rows, err := term.GetSize(int(f.Fd()))
	return columns, rows, err == nil && columns > 0 && rows > 0
}

// Redrawable reports whether an output is a terminal on which the cursor can be
// moved, so that text can be redrawn.
func Redrawable(w io.Writer) bool {
	name := os.Getenv("TERM")
	return IsTerminal(w) && name != "" && name != "dumb"
}
