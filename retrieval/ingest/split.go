package ingest

import (
	"slices"
	"unicode"

	"selfrag/retrieval/ingest/content"
)

// separators are the strings at which a text is split, the most meaningful first. A
// part without any of them is cut at the maximum length.
var separators = []string{"\n\n", "\n", " "}

// split cuts a text into chunks of at most size runes, and returns the chunks as
// spans. Two neighbouring chunks share at most overlap runes, which must be less than
// size. Together the chunks cover everything but white space. None begins or ends
// with white space. Their starts never decrease.
//
// The method is that of LangChain's RecursiveCharacterTextSplitter with the
// separators "\n\n", "\n", " " and "": split at the first separator that occurs,
// merge neighbouring pieces while they fit, and split pieces that are too long at
// the next separator.
func split(text []rune, size, overlap int) []content.Span {
	s := splitter{text: text, size: size, overlap: overlap}
	s.split(content.Span{Start: 0, End: len(text)}, separators)
	return s.chunks
}

type splitter struct {
	text          []rune
	size, overlap int
	chunks        []content.Span
}

// split splits a part at the first separator that occurs in it.
func (s *splitter) split(whole content.Span, seps []string) {
	for i, sep := range seps {
		if pieces := s.pieces(whole, []rune(sep)); pieces != nil {
			s.fit(pieces, seps[i+1:])
			return
		}
	}
	s.cut(whole)
}

// fit merges neighbouring pieces that are shorter than the size, and splits longer
// pieces at the next separators.
func (s *splitter) fit(pieces []content.Span, seps []string) {
	from := 0
	for i, p := range pieces {
		if p.Len() < s.size {
			continue
		}
		s.merge(pieces[from:i])
		s.split(p, seps)
		from = i + 1
	}
	s.merge(pieces[from:])
}

// pieces divides a part before each separator. It returns nil if the separator does
// not occur. No piece is empty.
func (s *splitter) pieces(whole content.Span, sep []rune) []content.Span {
	var pieces []content.Span
	found := false
	begin := whole.Start
	for i := whole.Start; i+len(sep) <= whole.End; {
		if !slices.Equal(s.text[i:i+len(sep)], sep) {
			i++
			continue
		}
		found = true
		if i > begin {
			pieces = append(pieces, content.Span{Start: begin, End: i})
			begin = i
		}
		i += len(sep)
	}
	if !found {
		return nil
	}
	return append(pieces, content.Span{Start: begin, End: whole.End})
}

// merge makes chunks of neighbouring pieces, each as long as the size allows. A chunk
// begins with as many of the last pieces of the chunk before as the overlap allows.
func (s *splitter) merge(pieces []content.Span) {
	first := 0 // index of the first piece of the current chunk
	for i, p := range pieces {
		if i > first && p.End-pieces[first].Start > s.size {
			s.add(content.Span{Start: pieces[first].Start, End: pieces[i-1].End})
			for first < i && (p.Start-pieces[first].Start > s.overlap || p.End-pieces[first].Start > s.size) {
				first++
			}
		}
	}
	if first < len(pieces) {
		s.add(content.Span{Start: pieces[first].Start, End: pieces[len(pieces)-1].End})
	}
}

// cut cuts a part without any separator into chunks of exactly the size.
func (s *splitter) cut(whole content.Span) {
	for start := whole.Start; ; start += s.size - s.overlap {
		end := min(start+s.size, whole.End)
		s.add(content.Span{Start: start, End: end})
		if end == whole.End {
			return
		}
	}
}

// add keeps a chunk without the white space around it, if anything is left.
func (s *splitter) add(c content.Span) {
	for c.Start < c.End && unicode.IsSpace(s.text[c.Start]) {
		c.Start++
	}
	for c.End > c.Start && unicode.IsSpace(s.text[c.End-1]) {
		c.End--
	}
	if c.Len() > 0 {
		s.chunks = append(s.chunks, c)
	}
}
