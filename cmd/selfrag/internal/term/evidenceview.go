package term

import (
	"fmt"
	"io"
	"maps"
	"math"
	"strings"

	"selfrag/rerank/evidence"
	"selfrag/retrieval"
)

// PrintEvidence prints the sentences that may answer the question, best first,
// each with its place. On a terminal a sentence is wrapped; on any other output
// it stays one line.
func PrintEvidence(w io.Writer, found evidence.Found) error {
	columns := math.MaxInt
	if terminal, _, ok := sizeOf(w); ok {
		columns = terminal
	}
	_, err := io.WriteString(w, evidenceText(found, StyleFor(w), columns))
	return err
}

func evidenceText(found evidence.Found, style Style, columns int) string {
	var b strings.Builder
	put := func(label, text string, in func(string) string) {
		for line := range strings.Lines(text) {
			for _, part := range wrap(line, max(1, columns-len(label))) {
				b.WriteString(label + in(part) + "\n")
				label = strings.Repeat(" ", len(label))
			}
		}
	}
	put("", fmt.Sprintf("P(the documents answer it) %.2f, P(one place has it all) %.2f, coverage %.2f", found.Answers, found.OnePlace, found.Coverage),
		style.dim)
	for i, s := range found.Sentences {
		label := fmt.Sprintf("%2d. %.2f  ", i+1, s.Answers)
		b.WriteString("\n")
		put(label, Printable(s.Text), style.bold)
		label = strings.Repeat(" ", len(label))
		put(label, placeOfSentence(s), style.dim)
		if len(s.Copies) > 0 {
			put(label, OneLine("also in "+strings.Join(s.Copies, ", ")), style.dim)
		}
	}
	for _, c := range found.Changes {
		label := "     " + changeLabel(c) + "  "
		b.WriteString("\n")
		put(label, Printable(c.Now.Text), style.bold)
		put(strings.Repeat(" ", len(label)), placeOfSentence(c.Now), style.dim)
		label = strings.Repeat(" ", 5) + otherLabel(c) + "  "
		put(label, Printable(c.Other.Text), style.bold)
		put(strings.Repeat(" ", len(label)), placeOfSentence(c.Other), style.dim)
	}
	return b.String()
}

// changeLabel returns the label of the current sentence of a change. It says
// since when or until when the sentence is true, such as "since 2025-03-01".
func changeLabel(c evidence.Change) string {
	switch {
	case c.Since != "" && c.By == "metadata": // the date of the document, not of the change
		return "as of " + c.Since
	case c.Since != "":
		return "since " + c.Since
	case c.Until != "":
		return "until " + c.Until
	}
	return "undecided"
}

// otherLabel returns the label of the sentence that contradicts the current
// sentence of a change: "before", "from then", or "or" if no date decides.
func otherLabel(c evidence.Change) string {
	switch {
	case c.Since != "":
		return "before"
	case c.Until != "":
		return "from then"
	}
	return "or"
}

// placeOfSentence returns one line with the title and source of a sentence's
// document, and the offsets, page or row, headings and date of the sentence.
func placeOfSentence(s evidence.Sentence) string {
	metadata := s.Metadata
	if s.Heading != "" {
		metadata = maps.Clone(metadata)
		if metadata == nil {
			metadata = map[string]any{}
		}
		metadata[retrieval.Heading] = s.Heading
	}
	where := fmt.Sprintf("%s[%d:%d]%s", s.Source, s.Start, s.End, Place(metadata))
	if s.Title != "" && !strings.HasPrefix(s.Heading, s.Title) {
		where = s.Title + "  " + where
	}
	return OneLine(where)
}
