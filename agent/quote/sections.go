package quote

import (
	"cmp"
	"fmt"
	"strings"

	"selfrag/agent/claim"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// Sections makes the text of an answer from whole sections of documents, word
// for word, with a citation for each. A section comes below a line with the
// title of its document and its headings, unless the section before it has the
// same. Its sentences follow each other, and each item of a list and each row of
// a table has a line of its own. A section that consists of headings alone is
// left out, so the text may be empty.
func Sections(sections []retrieval.Passage) (string, []claim.Citation) {
	var blocks []string
	var citations []claim.Citation
	above := ""
	for _, p := range sections {
		pieces := evidence.Cut(p)
		if len(pieces) == 0 {
			continue
		}
		block := body(p, pieces)
		n := len(citations) + 1
		start, end := pieces[0].Start, pieces[len(pieces)-1].End
		citations = append(citations, claim.Citation{
			N: n, Document: p.Document, Source: p.Source, Title: p.Title, Start: start, End: end,
			Quote: string([]rune(p.Text)[start-p.Start : end-p.Start]), Metadata: retrieval.At(p.Metadata, start),
		})
		if at := place(p); at != above {
			block, above = at+":\n"+block, at
		}
		blocks = append(blocks, fmt.Sprintf("%s [%d]", block, n))
	}
	return strings.Join(blocks, "\n\n"), citations
}

// place returns the title of the document and the headings of a section on one
// line.
func place(p retrieval.Passage) string {
	title := cmp.Or(oneLine(p.TitleOrFirstLine()), oneLine(p.Source))
	path, _ := p.Metadata[retrieval.Heading].(string)
	if path = oneLine(path); path == "" || path == title {
		return title
	}
	if strings.HasPrefix(path, title) {
		return path
	}
	return title + " > " + path
}

// longestPlace is the maximum length in runes of a title or of headings above a
// section. Not measured.
const longestPlace = 120

// oneLine returns text of a document on one line, without anything that a reader
// would take for a citation.
func oneLine(s string) string { return text.Shortened(claim.WithoutMarks(s), longestPlace) }

// body returns the sentences of a section, which pieces are.
func body(p retrieval.Passage, pieces []evidence.Sentence) string {
	var b strings.Builder
	runes := []rune(p.Text)
	end, prose, listed := 0, true, false // of the piece before, or of its line
	for i, s := range pieces {
		s.Heading = "" // it is above the section
		item, shown := mark(s.Text), Shown(s)
		isProse := item == "" && isSentence(shown)
		between := string(runes[end : s.Start-p.Start])
		end = s.End - p.Start
		switch {
		case i == 0:
		case !strings.Contains(between, "\n"):
			b.WriteString(" " + shown)
			continue
		case prose && isProse:
			b.WriteString(" ")
		case listed && item == "": // a list ends with an empty line, as in Markdown
			b.WriteString("\n\n")
		default:
			b.WriteString("\n")
		}
		b.WriteString(item + shown)
		prose, listed = isProse, item != ""
	}
	return b.String()
}

// mark returns what marks a line as an item of a list, or "" if nothing does. A
// number stays as it is, because the order of steps matters.
func mark(line string) string {
	line = strings.TrimSpace(line)
	bare := text.TrimListMark(line)
	switch m := strings.TrimSpace(line[:len(line)-len(bare)]); {
	case m == "":
		return ""
	case strings.Trim(m, "-*•") == "":
		return "- "
	default:
		return m + " "
	}
}
