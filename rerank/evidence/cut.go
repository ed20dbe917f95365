package evidence

import (
	"regexp"
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
	header  string      // the row of headers above a row of a table, as it stands
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
	heading, lead, header := path, "", ""
	var headingAt, leadAt text.Span
	spans := lines(runes, isRow)
	kinds := make([]kindOfLine, len(spans))
	for i, s := range spans {
		kinds[i] = kindOf(runes, s)
	}
	for i, s := range spans {
		written := string(runes[s.Start:s.End])
		afterRow := i > 0 && (kinds[i-1] == rowLine || kinds[i-1] == ruleLine)
		switch {
		case kinds[i] == headingLine && !isRow:
			heading, headingAt = join(path, strings.TrimSpace(strings.TrimLeft(written, "#"))), s
			lead, header, leadAt = "", "", text.Span{}
			continue
		case kinds[i] == ruleLine:
			continue
		case kinds[i] == rowLine && !afterRow:
			header = ""
			if i+1 < len(spans) && (kinds[i+1] == rowLine || kinds[i+1] == ruleLine) {
				header, lead, leadAt = written, strings.Join(Cells(written), " "), s
				continue
			}
		case kinds[i] == questionLine:
			lead, header, leadAt = written, "", s
		case kinds[i] != rowLine && afterRow: // below the table
			lead, header, leadAt = "", "", text.Span{}
		}
		above, at := heading, []text.Span{headingAt}
		if leadAt != s && lead != "" {
			above, at = join(heading, lead), append(at, leadAt)
		}
		out = append(out, piece{passage, s.Start, s.End, written, above, header, at})
	}
	return out
}

// Cells are the cells of a row of a table, as text has it: with bars between.
func Cells(row string) []string {
	cells := strings.Split(strings.Trim(strings.TrimSpace(row), "|"), "|")
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells
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

func kindOf(runes []rune, s text.Span) kindOfLine {
	written := string(runes[s.Start:s.End])
	switch {
	case strings.HasPrefix(written, "#"):
		return headingLine
	case strings.Trim(written, "|-:= \t\n") == "":
		return ruleLine
	case strings.Contains(written, "|"):
		return rowLine
	case strings.HasSuffix(strings.TrimRight(written, "\"”’」)"), "?"):
		return questionLine
	case isTitle(runes, s):
		return headingLine
	}
	return plainLine
}

// longestTitle is how many runes a line may have that is taken for the title of
// what follows. Not measured.
const longestTitle = 40

// isTitle reports whether a short line stands alone above other text, with
// neither a mark at its end nor a value: that is how plain text and HTML without
// marks give headings.
func isTitle(runes []rune, s text.Span) bool {
	if s.End-s.Start > longestTitle || s.End+1 >= len(runes) || runes[s.End] != '\n' || runes[s.End+1] != '\n' {
		return false
	}
	if s.Start > 0 && (s.Start < 2 || runes[s.Start-1] != '\n' || runes[s.Start-2] != '\n') {
		return false
	}
	return !strings.ContainsAny(string(runes[s.Start:s.End]), ".!?…:;|。！？\n") || numberedTitle.MatchString(string(runes[s.Start:s.End]))
}

// numberedTitle is a title such as "3. 일수와 시간".
var numberedTitle = regexp.MustCompile(`^\d{1,2}\.\s[^.!?:;|\n]+$`)

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
