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
	if f, ok := w.(*os.File); ok {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil {
			return max(columns, 60)
		}
	}
	return 120
}
