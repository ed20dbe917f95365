package sqlite

import (
	"cmp"
	"sort"
)

// segment holds the postings of a run of passages, sorted by term and then by
// passage.
type segment struct {
	base     int      // index of its first passage in lexicon.ids
	passages int      // number of its passages
	terms    []uint32 // the terms that occur, ascending
	starts   []uint32 // postings of terms[i] are postings[starts[i]:starts[i+1]]
	postings []posting
}

// posting holds a passage, as the offset from the first of its segment, in the
// upper 24 bits. The lower 8 bits are the number of times that the passage
// contains the term, at most 255. Higher counts would change BM25 by less than
// half a percent.
type posting uint32

const (
	countBits       = 8
	maxCount        = 1<<countBits - 1
	segmentPassages = 1 << (32 - countBits)
)

// segmentBytes limits the encoded data in memory while a segment is built.
const segmentBytes = 32 << 20

// newSegment sorts the postings of encoded blocks by counting. The first pass
// counts the postings of each term, the second puts each posting in its place.
func newSegment(base, passages int, blocks []byte) (segment, error) {
	var starts []uint32 // indexed by term, then compacted
	err := eachCount(blocks, func() {}, func(term, _ uint32) {
		if int(term)+2 > len(starts) {
			starts = append(starts, make([]uint32, int(term)+2-len(starts))...)
		}
		starts[term+1]++
	})
	if err != nil {
		return segment{}, err
	}
	s := segment{base: base, passages: passages}
	for term := range max(0, len(starts)-1) {
		if starts[term+1] > 0 {
			s.terms = append(s.terms, uint32(term)) //nolint:gosec // it was a uint32 before
			s.starts = append(s.starts, starts[term])
		}
		starts[term+1] += starts[term]
	}
	if len(starts) == 0 {
		return segment{base: base, passages: passages, starts: []uint32{0}}, nil
	}
	s.starts = append(s.starts, starts[len(starts)-1])
	s.postings = make([]posting, starts[len(starts)-1])
	at := posting(0)
	at-- // before the first passage
	err = eachCount(blocks, func() { at++ }, func(term, n uint32) {
		s.postings[starts[term]] = at<<countBits | posting(min(n, maxCount))
		starts[term]++
	})
	return s, err
}

// appendMerged appends a segment. Then it merges the last two segments as long
// as the last is not much smaller than the one before. This keeps the number of
// segments small and copies each posting only a few times, however small the
// additions are.
func appendMerged(segments []segment, s segment) []segment {
	segments = append(segments, s)
	for n := len(segments); n > 1; n = len(segments) {
		a, b := segments[n-2], segments[n-1]
		if len(a.postings) > 2*len(b.postings) || a.passages+b.passages > segmentPassages {
			break
		}
		segments = append(segments[:n-2], merge(a, b))
	}
	return segments
}

func merge(a, b segment) segment {
	m := segment{base: a.base, passages: a.passages + b.passages}
	m.terms = make([]uint32, 0, max(len(a.terms), len(b.terms)))
	m.starts = make([]uint32, 0, max(len(a.terms), len(b.terms))+1)
	m.postings = make([]posting, 0, len(a.postings)+len(b.postings))
	offset := posting(a.passages) << countBits //nolint:gosec // at most segmentPassages
	i, j := 0, 0
	for i < len(a.terms) || j < len(b.terms) {
		order := 0
		switch {
		case i == len(a.terms):
			order = 1
		case j == len(b.terms):
			order = -1
		default:
			order = cmp.Compare(a.terms[i], b.terms[j])
		}
		m.starts = append(m.starts, uint32(len(m.postings))) //nolint:gosec // at most 2^24 passages
		if order <= 0 {
			m.terms = append(m.terms, a.terms[i])
			m.postings = append(m.postings, a.at(i)...)
			i++
		} else {
			m.terms = append(m.terms, b.terms[j])
		}
		if order >= 0 {
			for _, p := range b.at(j) {
				m.postings = append(m.postings, p+offset)
			}
			j++
		}
	}
	m.starts = append(m.starts, uint32(len(m.postings))) //nolint:gosec // as above
	return m
}

// at returns the postings of the i-th term.
func (s *segment) at(i int) []posting { return s.postings[s.starts[i]:s.starts[i+1]] }

// of returns the postings of a term, or nil if the segment does not contain it.
func (s *segment) of(term uint32) []posting {
	i := sort.Search(len(s.terms), func(i int) bool { return s.terms[i] >= term })
	if i == len(s.terms) || s.terms[i] != term {
		return nil
	}
	return s.at(i)
}
