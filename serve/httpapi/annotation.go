package httpapi

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"selfrag/agent"
)

// annotation links a citation number in the text to its source, as OpenAI's web
// search does.
type annotation struct {
	Type string      `json:"type"` // always url_citation
	URL  urlCitation `json:"url_citation"`
}

// urlCitation holds the source that is cited, and the offsets of the citation
// number in the text. Offsets count Unicode characters.
type urlCitation struct {
	Start int    `json:"start_index"`
	End   int    `json:"end_index"`
	URL   string `json:"url"`
	Title string `json:"title"`
}

var citationNumber = regexp.MustCompile(`\[(\d+)\]`)

// annotations returns an annotation for each citation number in the answer's
// text.
func (s *Server) annotations(x *exchange, text string, a agent.Answer) []annotation {
	var out []annotation
	for _, at := range citationNumber.FindAllStringSubmatchIndex(text, -1) {
		n, err := strconv.Atoi(text[at[2]:at[3]])
		if err != nil || n < 1 || n > len(a.Citations) {
			continue
		}
		c := a.Citations[n-1]
		out = append(out, annotation{"url_citation", urlCitation{
			utf8.RuneCountInString(text[:at[0]]), utf8.RuneCountInString(text[:at[1]]), s.sourceURL(x, c), titleOf(c),
		}})
	}
	return out
}

// piece is a part of the answer's text with the citations that end in that
// part.
type piece struct {
	text        string
	annotations []annotation
}

// pieceRunes is the approximate length of a piece in runes.
const pieceRunes = 40

// cut divides a text at spaces into pieces. It never divides a citation.
func cut(text string, of []annotation) []piece {
	var pieces []piece
	runes := []rune(text)
	begin, next := 0, 0
	flush := func(end int) {
		p := piece{text: string(runes[begin:end])}
		for next < len(of) && of[next].URL.End <= end {
			p.annotations = append(p.annotations, of[next])
			next++
		}
		pieces = append(pieces, p)
		begin = end
	}
	for i, r := range runes {
		if i-begin >= pieceRunes && unicode.IsSpace(r) {
			flush(i)
		}
	}
	if begin < len(runes) {
		flush(len(runes))
	}
	return pieces
}

// bounded returns the beginning of a text, up to the first stop sequence or the
// given number of tokens, whichever comes first. With 0 tokens the length has no
// limit.
func bounded(text string, stop []string, tokens int) (short, finish string) {
	finish = "stop"
	end := len(text)
	for _, word := range stop {
		if i := strings.Index(text, word); i >= 0 {
			end = min(end, i)
		}
	}
	text = text[:end]
	if tokens <= 0 {
		return text, finish
	}
	// A token is about four Latin letters or one character of another script.
	quarters := 0
	for i, r := range text {
		if r < 0x250 {
			quarters++
		} else {
			quarters += 4
		}
		if quarters > 4*tokens {
			return text[:i], "length"
		}
	}
	return text, finish
}
