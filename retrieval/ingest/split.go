package ingest

import (
	"slices"
	"unicode"
)

// span is a part of a text, in runes: from start up to, but not including, end.
type span struct{ start, end int }

func (s span) len() int { return s.end - s.start }

// separators are where a text is split, the most meaningful first. Where none
// is left, it is cut at the limit.
var separators = []string{"\n\n", "\n", " "}

// split cuts a text into chunks of at most size runes, neighbours sharing at
// most overlap runes (less than size), as LangChain's
// RecursiveCharacterTextSplitter does with separators "\n\n", "\n", " ", "",
// but in spans of the text, so that where each chunk stands is known.
// Together the chunks cover all that is not white space; none begins or ends
// with white space. Starts never decrease.
//
// The method: split at the first separator that occurs, merge neighbouring
// pieces while they fit, and split pieces that are too long at the next
// separator.
func split(text []rune, size, overlap int) []span {
	s := splitter{text: text, size: size, overlap: overlap}
	s.split(span{0, len(text)}, separators)
	return s.chunks
}

type splitter struct {
	text          []rune
	size, overlap int
	chunks        []span
}

// split splits a part at the first separator that occurs in it.
func (s *splitter) split(whole span, seps []string) {
	for i, sep := range seps {
		if pieces := s.pieces(whole, []rune(sep)); pieces != nil {
			s.fit(pieces, seps[i+1:])
			return
		}
	}
	s.cut(whole)
}

// fit merges pieces that are short enough, and splits the others further.
func (s *splitter) fit(pieces []span, seps []string) {
	from := 0
	for i, p := range pieces {
		if p.len() < s.size {
			continue
		}
		s.merge(pieces[from:i])
		s.split(p, seps)
		from = i + 1
	}
	s.merge(pieces[from:])
}

// pieces divides a part before each separator, or returns nil when the
// separator does not occur. No piece is empty.
func (s *splitter) pieces(whole span, sep []rune) []span {
	var pieces []span
	found := false
	begin := whole.start
	for i := whole.start; i+len(sep) <= whole.end; {
		if !slices.Equal(s.text[i:i+len(sep)], sep) {
			i++
			continue
		}
		found = true
		if i > begin {
			pieces = append(pieces, span{begin, i})
			begin = i
		}
		i += len(sep)
	}
	if !found {
		return nil
	}
	return append(pieces, span{begin, whole.end})
}

// merge makes chunks of neighbouring pieces, each as long as fits. The next
// chunk begins with as many of the last one's pieces as the overlap allows.
func (s *splitter) merge(pieces []span) {
	first := 0 // of the chunk being made
	for i, p := range pieces {
		if i > first && p.end-pieces[first].start > s.size {
			s.add(span{pieces[first].start, pieces[i-1].end})
			for first < i && (p.start-pieces[first].start > s.overlap || p.end-pieces[first].start > s.size) {
				first++
			}
		}
	}
	if first < len(pieces) {
		s.add(span{pieces[first].start, pieces[len(pieces)-1].end})
	}
}

// cut makes chunks of exactly the size, of a part without any separator.
func (s *splitter) cut(whole span) {
	for start := whole.start; ; start += s.size - s.overlap {
		end := min(start+s.size, whole.end)
		s.add(span{start, end})
		if end == whole.end {
			return
		}
	}
}

// add keeps a chunk without the white space around it, if anything is left.
func (s *splitter) add(c span) {
	for c.start < c.end && unicode.IsSpace(s.text[c.start]) {
		c.start++
	}
	for c.end > c.start && unicode.IsSpace(s.text[c.end-1]) {
		c.end--
	}
	if c.len() > 0 {
		s.chunks = append(s.chunks, c)
	}
}
