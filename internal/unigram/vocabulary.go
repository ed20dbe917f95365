package unigram

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// readVocabulary parses [["piece", -1.5], ...]. A general JSON decoder takes
// five times as long for the 250,000 entries, at each start of the program.
func (t *Tokenizer) readVocabulary(raw []byte) error {
	text := string(raw) // the pieces are substrings of it
	count := strings.Count(text, "[")
	t.ids = make(map[string]int32, count)
	t.scores = make([]float64, 0, count)
	least := math.Inf(1)
	s := scanner{text, 0}
	s.expect('[')
	for !s.failed() && s.peek() == '[' {
		s.expect('[')
		piece := s.text()
		s.expect(',')
		score := s.number()
		s.expect(']')
		if s.peek() == ',' {
			s.expect(',')
		}
		t.ids[piece] = int32(len(t.scores)) // of two equal pieces the last counts
		t.scores = append(t.scores, score)
		t.longest = max(t.longest, utf8.RuneCountInString(piece))
		least = min(least, score)
	}
	s.expect(']')
	if s.failed() || len(t.scores) == 0 || t.unknown < 0 || int(t.unknown) >= len(t.scores) {
		return fmt.Errorf("%w: its vocabulary is not a list of pieces with scores", ErrUnsupported)
	}
	t.unknownLog = least - unknownPenalty
	return nil
}

// scanner reads JSON that is known to be valid. If it finds another structure
// than expected, it sets at to -1.
type scanner struct {
	raw string
	at  int
}

func (s *scanner) failed() bool { return s.at < 0 }

// peek returns the next byte that is not white space, or 0 at the end.
func (s *scanner) peek() byte {
	for s.at >= 0 && s.at < len(s.raw) {
		switch c := s.raw[s.at]; c {
		case ' ', '\n', '\r', '\t':
			s.at++
		default:
			return c
		}
	}
	return 0
}

func (s *scanner) expect(c byte) {
	if s.peek() != c {
		s.at = -1
		return
	}
	s.at++
}

func (s *scanner) text() string {
	if s.peek() != '"' {
		s.at = -1
		return ""
	}
	start, escaped := s.at, false
	for i := start + 1; i < len(s.raw); i++ {
		switch s.raw[i] {
		case '\\':
			escaped = true
			i++
		case '"':
			s.at = i + 1
			if !escaped {
				return s.raw[start+1 : i]
			}
			var out string
			if json.Unmarshal([]byte(s.raw[start:i+1]), &out) != nil {
				s.at = -1
			}
			return out
		}
	}
	s.at = -1
	return ""
}

func (s *scanner) number() float64 {
	s.peek()
	if s.failed() {
		return 0
	}
	end := s.at
	for end < len(s.raw) && strings.IndexByte("+-.0123456789eE", s.raw[end]) >= 0 {
		end++
	}
	x, err := strconv.ParseFloat(s.raw[s.at:end], 64)
	if s.at = end; err != nil {
		s.at = -1
	}
	return x
}
