package main

import (
	"io"
	"os"

	"golang.org/x/term"
)

// style colours text where the output is a terminal that wants it.
type style struct{ on bool }

func styleFor(w io.Writer) style {
	return style{isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

func (s style) bold(t string) string { return s.wrap("1", t) }
func (s style) dim(t string) string  { return s.wrap("2", t) }
func (s style) good(t string) string { return s.wrap("32", t) }
func (s style) bad(t string) string  { return s.wrap("33", t) }

func (s style) wrap(code, t string) string {
	if !s.on {
		return t
	}
	return "\x1b[" + code + "m" + t + "\x1b[0m"
}

// columnsOf is the width of a terminal; 120 for what is none.
func columnsOf(w io.Writer) int {
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

// redrawable tells whether what was written can be drawn over: on a terminal
// that can move its cursor.
func redrawable(w io.Writer) bool {
	name := os.Getenv("TERM")
	return isTerminal(w) && name != "" && name != "dumb"
}
