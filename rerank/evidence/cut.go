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
	start   int         // in runes of the passage's text, half open
	end     int         //
	text    string      // the text between start and end
	heading string      // the nearest heading above, with the question or header row below it
	header  string      // the header row above a row of a table, as it is written
	above   []text.Span // positions of these in the passage
}

// cut divides a passage into sentences, table rows and list items. Headings are
// not evidence: they say what the pieces below them are about. The same is true
// of a question in a text, whose answer follows below it, and of the first row
// of a table.
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

// Cut returns the sentences, table rows and list items of a passage, in order,
// without signals.
func Cut(p retrieval.Passage) []Sentence {
	var out []Sentence
	for _, c := range cut(0, p) {
		out = append(out, sentenceOf(p, c))
	}
	return out
}

// sentenceOf returns a piece of a passage as a sentence.
func sentenceOf(of retrieval.Passage, c piece) Sentence {
	return Sentence{
		Passage: of.ID, Document: of.Document, Source: of.Source, Title: of.Title, Heading: c.heading, Header: c.header,
		Text: c.text, Start: of.Start + c.start, End: of.Start + c.end, Metadata: retrieval.At(of.Metadata, of.Start+c.start),
	}
}

// Cells returns the cells of a table row written with bars between them.
func Cells(row string) []string {
	cells := strings.Split(strings.Trim(strings.TrimSpace(row), "|"), "|")
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells
}

// join appends a heading to a path of headings, unless the path already ends
// with it.
func join(path, last string) string {
	switch {
	case last == "" || strings.HasSuffix(path, last):
		return path
	case path == "":
		return last
	}
	return path + " > " + last
}

// kindOfLine is the form of a line.
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
	case markedHeading.MatchString(written):
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

// longestTitle is the maximum length, in runes, of a line that counts as the
// title of the text below. Not measured.
const longestTitle = 40

// isTitle reports whether a short line stands alone above other text, without
// end punctuation or a value. Plain text, and HTML without marks, write
// headings in this way.
func isTitle(runes []rune, s text.Span) bool {
	if s.End-s.Start > longestTitle || s.End+1 >= len(runes) || runes[s.End] != '\n' || runes[s.End+1] != '\n' {
		return false
	}
	if s.Start > 0 && (s.Start < 2 || runes[s.Start-1] != '\n' || runes[s.Start-2] != '\n') {
		return false
	}
	return !strings.ContainsAny(string(runes[s.Start:s.End]), ".!?…:;|。！？\n") || numberedTitle.MatchString(string(runes[s.Start:s.End]))
}

// numberedTitle matches a title such as "3. 일수와 시간".
var numberedTitle = regexp.MustCompile(`^\d{1,2}\.\s[^.!?:;|\n]+$`)

// markedHeading matches a heading such as "## 1. Purpose", whose full stop ends no
// sentence.
var markedHeading = regexp.MustCompile(`^#{1,6}(?:\s|$)`)

// lines returns the sentences of a text, its headings with marks, and the rows of
// its tables, one line each. Lines of "label: value" are separate too, except in
// a row of a row file, whose lines belong together.
func lines(runes []rune, isRow bool) []text.Span {
	if isRow {
		return trimmed(runes, text.Span{Start: 0, End: len(runes)})
	}
	var out []text.Span
	begin, end := 0, 0 // the current part without tables and headings
	for end < len(runes) {
		next := end
		for next < len(runes) && runes[next] != '\n' {
			next++
		}
		next = min(next+1, len(runes))
		if line := string(runes[end:next]); strings.Contains(line, " | ") || markedHeading.MatchString(line) {
			out = append(out, sentences(runes, begin, end)...)
			out = append(out, trimmed(runes, text.Span{Start: end, End: next})...)
			begin = next
		}
		end = next
	}
	return append(out, sentences(runes, begin, end)...)
}

// sentences returns the sentences of a part of a text without tables and marked
// headings.
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

// longestLabel is the maximum length of a label in runes. Longer ones are
// sentences with a colon. Not measured.
const longestLabel = 24

// labelled reports whether a text is at least two lines, each of the form
// "label: value".
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
