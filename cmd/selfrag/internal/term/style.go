package term

import (
	"io"
	"os"

	"golang.org/x/term"
)

// IsTerminal reports whether a stream of the program is a terminal.
func IsTerminal(stream any) bool {
	f, ok := stream.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(f.Fd()))
}

// Style colours text where the output is a terminal that wants it.
type Style struct{ on bool }

// StyleFor is the style of an output.
func StyleFor(w io.Writer) Style {
	return Style{IsTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

func (s Style) bold(t string) string { return s.wrap("1", t) }
func (s Style) dim(t string) string  { return s.wrap("2", t) }

// Good and Bad colour what passes and what does not.
func (s Style) Good(t string) string { return s.wrap("32", t) }

// Bad is the other of Good.
func (s Style) Bad(t string) string { return s.wrap("33", t) }

func (s Style) wrap(code, t string) string {
	if !s.on {
		return t
	}
	return "\x1b[" + code + "m" + t + "\x1b[0m"
}

// Columns is the width of a terminal; 120 for what is none.
func Columns(w io.Writer) int {
	if columns, _, ok := sizeOf(w); ok {
		return columns
	}
	return 120
}

// sizeOf is the size of a terminal. ok is false for what is none.
func sizeOf(w io.Writer) (columns, rows int, ok bool) {
	f, isFile := w.(*os.File)
	if !isFile {
		return 0, 0, false
	}
	columns, rows, err := term.GetSize(int(f.Fd()))
	return columns, rows, err == nil && columns > 0 && rows > 0
}

// Redrawable reports whether what was written can be drawn over: on a terminal
// that can move its cursor.
func Redrawable(w io.Writer) bool {
	name := os.Getenv("TERM")
	return IsTerminal(w) && name != "" && name != "dumb"
}
