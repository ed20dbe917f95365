package evidence

import (
	"strings"
	"unicode/utf8"

	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// piece is a sentence of a passage that may be evidence.
type piece struct {
	passage int         // index among the input's passages
	start   int         // runes of the passage's text, half open
	end     int         //
	text    string      // between them
	heading string      // the nearest one above, with the question or the row of headers it stands under
	above   []text.Span // where these stand in the passage
}

// cut divides a passage into its sentences, table rows and items of lists.
// Headings are not evidence: they say what the pieces below them are about. So
// does a question in a text (the reader finds its answer below), and the first
// row of a table.
func cut(passage int, p retrieval.Passage) []piece {
	runes := []rune(p.Text)
	path, _ := p.Metadata[retrieval.Heading].(string)
	_, isRow := p.Metadata[retrieval.Row]
	var out []piece
	heading, lead := path, ""
	var before kindOfLine
	var headingAt, leadAt text.Span
	for _, s := range lines(runes, isRow) {
		written := string(runes[s.Start:s.End])
		line := kindOf(written)
		switch {
		case line == headingLine:
			heading, lead = join(path, strings.TrimSpace(strings.TrimLeft(written, "#"))), ""
			headingAt, leadAt = s, text.Span{}
		case line == rowLine && before != rowLine:
			lead, leadAt = strings.Trim(strings.ReplaceAll(written, "|", " "), " "), s
		case line == questionLine:
			lead, leadAt = written, s
		}
		before = line
		if line == headingLine || line == ruleLine {
			continue
		}
		above, at := heading, []text.Span{headingAt}
		if leadAt != s {
			above, at = join(heading, lead), append(at, leadAt)
		}
		out = append(out, piece{passage, s.Start, s.End, written, above, at})
	}
	return out
}

func join(path, last string) string {
	switch {
	case path == "" || last == "" || strings.HasSuffix(path, last):
		return path + strings.TrimPrefix(last, path)
	}
	return path + " > " + last
}

// kindOfLine is what a piece of a text looks like.
type kindOfLine int

const (
	plainLine    kindOfLine = iota
	headingLine             // # Leave
	rowLine                 // | Jeju | 28,000 |
	ruleLine                // |---|---|
	questionLine            // How long is it?
)

func kindOf(written string) kindOfLine {
	switch {
	case strings.HasPrefix(written, "#"):
		return headingLine
	case strings.Trim(written, "|-:= \t\n") == "":
		return ruleLine
	case strings.Contains(written, "|"):
		return rowLine
	case strings.HasSuffix(strings.TrimRight(written, "\"”’」)"), "?"):
		return questionLine
	}
	return plainLine
}

// lines are the sentences of a text. Those that are lines of "label: value" are
// divided once more, but in the row of a table, whose lines belong together.
func lines(runes []rune, isRow bool) []text.Span {
	if isRow {
		return trimmed(runes, text.Span{Start: 0, End: len(runes)})
	}
	var out []text.Span
	for _, s := range text.TrimmedSentences(runes) {
		if labelled(string(runes[s.Start:s.End])) {
			begin := s.Start
			for i := s.Start; i < s.End; i++ {
				if runes[i] == '\n' {
					out = append(out, trimmed(runes, text.Span{Start: begin, End: i})...)
					begin = i + 1
				}
			}
			s.Start = begin
		}
		out = append(out, trimmed(runes, s)...)
	}
	return out
}

func trimmed(runes []rune, s text.Span) []text.Span {
	if s = text.Trimmed(runes, s); s.Start < s.End {
		return []text.Span{s}
	}
	return nil
}

// longestLabel is how many runes a label may have: longer ones are sentences
// with a colon in them. Not measured.
const longestLabel = 24

// labelled reports whether a text is two lines or more, each "label: value".
func labelled(s string) bool {
	if !strings.Contains(s, "\n") {
		return false
	}
	for line := range strings.Lines(s) {
		label, _, found := strings.Cut(strings.TrimSpace(line), ":")
		if !found || utf8.RuneCountInString(label) > longestLabel {
			return false
		}
	}
	return true
}
