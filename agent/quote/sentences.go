package quote

import (
	"fmt"
	"regexp"
	"strings"

	"selfrag/agent/claim"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// Sentences makes the text of an answer from sentences, word for word, with
// their citations.
func Sentences(chosen []evidence.Sentence) (string, []claim.Citation) {
	shown := make([]string, len(chosen))
	for i, s := range chosen {
		shown[i] = Shown(s)
	}
	return numberedText(shown), Citations(chosen)
}

// Citations returns sentences as citations, numbered from 1.
func Citations(sentences []evidence.Sentence) []claim.Citation {
	var out []claim.Citation
	for i, s := range sentences {
		out = append(out, claim.Citation{
			N: i + 1, Document: s.Document, Source: s.Source, Title: s.Title, Start: s.Start, End: s.End, Quote: s.Text, Metadata: s.Metadata,
		})
	}
	return out
}

// numberedText returns the sentences, each followed by the number of its
// citation. A text that is not a sentence, such as a row of a table, gets a
// line of its own.
func numberedText(shown []string) string {
	var b strings.Builder
	for i, s := range shown {
		if i > 0 {
			if isSentence(s) && isSentence(shown[i-1]) {
				b.WriteString(" ")
			} else {
				b.WriteString("\n")
			}
		}
		fmt.Fprintf(&b, "%s [%d]", s, i+1)
	}
	return b.String()
}

// sentenceEnd matches the end of a sentence, with closing quotation marks and
// brackets.
var sentenceEnd = regexp.MustCompile(`[.!?…。！？]["')\]”’»›」』）]*$`)

func isSentence(s string) bool { return sentenceEnd.MatchString(s) }

// Shown returns a sentence in the form that an answer shows. The sentence is
// on one line, without list or table marks, and without anything that a reader
// would take for a citation. A row of a table comes after the headings that say
// what it is about.
func Shown(s evidence.Sentence) string {
	_, isRow := s.Metadata[retrieval.Row]
	if strings.Contains(s.Text, "|") {
		return shownRow(s)
	}
	shown := strings.TrimSpace(text.TrimListMark(strings.TrimSpace(claim.WithoutMarks(s.Text))))
	if isRow {
		shown = strings.ReplaceAll(shown, "\n", "; ")
	}
	shown = strings.Join(strings.Fields(shown), " ")
	if isRow {
		shown = under(s, shown)
	}
	return shown
}

// shownRow returns a row of a table with each cell after its header. A row
// without headers comes after the headings that say what it is about.
func shownRow(s evidence.Sentence) string {
	cells, headers := evidence.Cells(claim.WithoutMarks(s.Text)), evidence.Cells(claim.WithoutMarks(s.Header))
	if s.Header == "" || len(cells) != len(headers) {
		return under(s, strings.Join(cells, " | "))
	}
	var parts []string
	for i, cell := range cells {
		switch {
		case cell == "":
		case headers[i] == "":
			parts = append(parts, cell)
		default:
			parts = append(parts, headers[i]+": "+cell)
		}
	}
	return strings.Join(parts, "; ")
}

// under puts the heading of a sentence in front of it.
func under(s evidence.Sentence, shown string) string {
	heading := strings.Join(strings.Fields(claim.WithoutMarks(s.Heading)), " ")
	if heading == "" {
		return shown
	}
	return heading + ": " + shown
}
