// Package unigram splits text into the pieces of a unigram language model, as
// XLM-RoBERTa and its relatives do (Kudo, "Subword Regularization", arXiv
// 1804.10959).
//
// Shape: text -> normal form (normal.go, charsmap.go) -> words, each with the
// mark "▁" for the space before it (words.go) -> the most probable pieces of
// each word (Viterbi).
//
// Hugging Face's library does the same. It takes 300 MB and more than a second
// to load the 250,000 pieces of XLM-RoBERTa; this package takes 30 MB and 0.2
// s, so that an embedder fits a laptop. Tests of internal/onnx check that both
// return the same ids. Load refuses tokenizers that are not reproduced here,
// and these are left to the library.
package unigram

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"os"
	"unicode/utf8"
)

// ErrUnsupported is wrapped by errors about a tokenizer.json that works in an
// unknown way.
var ErrUnsupported = errors.New("not a unigram tokenizer known here")

// space is the mark that stands for a space before a word.
const space = '\u2581'

// unknownPenalty is how much less likely an unknown character is than the least
// likely piece: SentencePiece's own figure.
const unknownPenalty = 10

// Tokenizer is a loaded model. It is safe for concurrent use.
type Tokenizer struct {
	ids        map[string]int32 // of the pieces that text may contain
	scores     []float64        // log probabilities by id
	longest    int              // length of the longest piece in characters
	unknown    int32
	unknownLog float64
	normalise  normaliser
	words      func([]mapped) iter.Seq[[]mapped]
	begin, end int32
}

// Token is a piece and its position.
type Token struct {
	ID         int32
	Start, End int // in bytes of the text
}

// Load reads a tokenizer.json. The error wraps ErrUnsupported if the file is
// valid but of another kind.
func Load(path string) (*Tokenizer, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the tokenizer: %w", err)
	}
	t, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("read the tokenizer %s: %w", path, err)
	}
	return t, nil
}

// Size returns the number of pieces of the model.
func (t *Tokenizer) Size() int { return len(t.scores) }

// LogProbability returns the natural logarithm of a piece's probability in the
// training text of the model. It is 0 for pieces that no text contains.
func (t *Tokenizer) LogProbability(id int32) float64 { return t.scores[id] }

// Encode returns the tokens of a text, at most limit of them including the two
// around it, which have no position in the text. A limit below 2 counts as 2.
func (t *Tokenizer) Encode(text string, limit int) []Token {
	out := []Token{{ID: t.begin}}
	for word := range t.words(t.normalise(text)) {
		if len(out) >= limit-1 {
			break
		}
		out = append(out, t.split(word)...)
	}
	if most := max(limit-1, 1); len(out) > most {
		out = out[:most]
	}
	return append(out, Token{ID: t.end})
}

// split returns the most probable pieces of a word. Adjacent unknown characters
// are one token.
func (t *Tokenizer) split(word []mapped) []Token {
	n := len(word)
	text := make([]byte, 0, 4*n)
	at := make([]int, n+1) // byte offsets of the characters in text
	for i, m := range word {
		at[i] = len(text)
		text = utf8.AppendRune(text, m.char)
	}
	at[n] = len(text)
	best := make([]float64, n+1)
	from := make([]int, n+1)
	ids := make([]int32, n+1)
	for i := range best {
		best[i] = math.Inf(-1)
	}
	best[0] = 0
	for i := range n {
		known := false
		for end := i + 1; end <= min(n, i+t.longest); end++ {
			id, ok := t.ids[string(text[at[i]:at[end]])]
			if !ok {
				continue
			}
			known = known || end == i+1
			if score := best[i] + t.scores[id]; score > best[end] {
				best[end], from[end], ids[end] = score, i, id
			}
		}
		if score := best[i] + t.unknownLog; !known && score > best[i+1] {
			best[i+1], from[i+1], ids[i+1] = score, i, t.unknown
		}
	}
	var backwards []Token
	for i := n; i > 0; i = from[i] {
		token := Token{ids[i], word[from[i]].start, word[i-1].end}
		if last := len(backwards) - 1; last >= 0 && token.ID == t.unknown && backwards[last].ID == t.unknown {
			backwards[last].Start = token.Start
			continue
		}
		backwards = append(backwards, token)
	}
	for i, j := 0, len(backwards)-1; i < j; i, j = i+1, j-1 {
		backwards[i], backwards[j] = backwards[j], backwards[i]
	}
	return backwards
}
