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
	lead    string      // the last of these alone: the question or the row of headers
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
	var headingAt, leadAt text.Span
	spans := lines(runes, isRow)
	kinds := make([]kindOfLine, len(spans))
	for i, s := range spans {
		kinds[i] = kindOf(string(runes[s.Start:s.End]))
	}
	for i, s := range spans {
		written := string(runes[s.Start:s.End])
		switch {
		case kinds[i] == headingLine:
			heading, headingAt = join(path, strings.TrimSpace(strings.TrimLeft(written, "#"))), s
			lead, leadAt = "", text.Span{}
			continue
		case kinds[i] == ruleLine:
			continue
		case kinds[i] == rowLine && (i == 0 || kinds[i-1] != rowLine && kinds[i-1] != ruleLine):
			lead, leadAt = strings.Join(strings.Fields(strings.ReplaceAll(written, "|", " ")), " "), s
			if i+1 < len(spans) && (kinds[i+1] == rowLine || kinds[i+1] == ruleLine) {
				continue // the row of headers
			}
		case kinds[i] == questionLine:
			lead, leadAt = written, s
		case kinds[i] == plainLine && i > 0 && kinds[i-1] == rowLine:
			lead, leadAt = "", text.Span{} // below the table
		}
		above, at := heading, []text.Span{headingAt}
		if leadAt != s && lead != "" {
			above, at = join(heading, lead), append(at, leadAt)
		}
		out = append(out, piece{passage, s.Start, s.End, written, above, lead, at})
	}
	return out
}

// join is a path of headings with one more, which may be its last already.
func join(path, last string) string {
	switch {
	case last == "" || strings.HasSuffix(path, last):
		return path
	case path == "":
		return last
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

// lines are the sentences of a text and the rows of its tables, each a line. The
// lines of "label: value" are apart, too, but those of the row of a file of rows
// belong together.
func lines(runes []rune, isRow bool) []text.Span {
	if isRow {
		return trimmed(runes, text.Span{Start: 0, End: len(runes)})
	}
	var out []text.Span
	begin, end := 0, 0 // of what is no table
	for end < len(runes) {
		next := end
		for next < len(runes) && runes[next] != '\n' {
			next++
		}
		next = min(next+1, len(runes))
		if strings.Contains(string(runes[end:next]), " | ") {
			out = append(out, sentences(runes, begin, end)...)
			out = append(out, trimmed(runes, text.Span{Start: end, End: next})...)
			begin = next
		}
		end = next
	}
	return append(out, sentences(runes, begin, end)...)
}

// sentences are those of a part of a text without tables.
func sentences(runes []rune, begin, end int) []text.Span {
	var out []text.Span
	for _, s := range text.TrimmedSentences(runes[begin:end]) {
		s.Start, s.End = s.Start+begin, s.End+begin
		if labelled(string(runes[s.Start:s.End])) {
			first := s.Start
			for i := s.Start; i < s.End; i++ {
				if runes[i] == '\n' {
					out = append(out, trimmed(runes, text.Span{Start: first, End: i})...)
					first = i + 1
				}
			}
			s.Start = first
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
