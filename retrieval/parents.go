package retrieval

import (
	"context"
	"fmt"
)

// Texts reads the texts of documents.
type Texts interface {
	// Text returns the full text of the document that a passage was cut from.
	// The passage's offsets refer to this text.
	Text(ctx context.Context, documentID, source string) (string, error)
}

// readParents replaces each passage that was cut from a parent (see
// ParentStart) by the parent, and keeps at most k. Of several passages of one
// parent it keeps the best, with its id and scores. If a parent cannot be read,
// its passage stays unchanged and the second result says so in a sentence.
func readParents(ctx context.Context, texts Texts, passages []Passage, k int) ([]Passage, string, error) {
	type parent struct {
		document, source string
		start            int
	}
	seen := map[parent]bool{}
	read := map[[2]string][]rune{}
	degraded := ""
	var out []Passage
	for _, p := range passages {
		if len(out) == k {
			break
		}
		start, end, ok := parentOf(p)
		if !ok {
			out = append(out, p)
			continue
		}
		of := parent{p.Document, p.Source, start}
		if seen[of] {
			continue
		}
		seen[of] = true
		document := [2]string{p.Document, p.Source}
		if _, ok := read[document]; !ok {
			text, err := texts.Text(ctx, p.Document, p.Source)
			if ctx.Err() != nil {
				return nil, "", fmt.Errorf("read the parents of passages: %w", ctx.Err())
			}
			if err != nil {
				degraded = fmt.Sprintf("The parent of a passage cannot be read (%v); it is shown alone.", err)
			}
			read[document] = []rune(text)
		}
		if runes := read[document]; end <= len(runes) {
			p.Text, p.Start, p.End = string(runes[start:end]), start, end
		}
		out = append(out, p)
	}
	return out, degraded, nil
}

// parentOf returns the part of the document that a passage was cut from.
func parentOf(p Passage) (start, end int, ok bool) {
	s, isStart := p.Metadata[ParentStart].(float64)
	e, isEnd := p.Metadata[ParentEnd].(float64)
	start, end = int(s), int(e)
	return start, end, isStart && isEnd && start >= 0 && start <= p.Start && p.End <= end
}
