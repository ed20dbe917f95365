// Package unigram splits text into the pieces of a unigram language model, as
// XLM-RoBERTa and its kin do (Kudo, "Subword Regularization", arXiv 1804.10959).
//
// Shape: text -> normal form (normal.go) -> words, each with the mark "▁" for
// the space before it -> the most probable pieces of each word (Viterbi).
//
// Hugging Face's own library does the same. It takes 300 MB and a second to
// load the 250,000 pieces of XLM-RoBERTa, where this takes 40 MB and a tenth of
// that, and so an embedder fits a laptop. Tests of internal/onnx hold the two to
// the same ids. What is not reproduced here is refused by Load, and is then the
// library's.
package unigram

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"reflect"
	"unicode/utf8"
)

// ErrUnsupported is wrapped by errors about a tokenizer.json that works in a
// way unknown here.
var ErrUnsupported = errors.New("not a unigram tokenizer known here")

// space is the mark that stands for a space, before a word.
const space = '\u2581'

// unknownPenalty is how much less likely than the least likely piece an unknown
// character is: SentencePiece's own figure.
const unknownPenalty = 10

// Tokenizer is a loaded model. It is safe for concurrent use.
type Tokenizer struct {
	ids        map[string]int32 // of pieces that text may hold
	scores     []float64        // log probabilities, by id
	longest    int              // characters of the longest piece
	unknown    int32
	unknownLog float64
	normalise  func(text string) []mapped
	begin, end int32
}

// Token is a piece and where it stands.
type Token struct {
	ID         int32
	Start, End int // bytes of the text
}

// Load reads a tokenizer.json. The error wraps ErrUnsupported when the file is
// whole and of another kind.
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

func parse(data []byte) (*Tokenizer, error) {
	var file struct {
		Normalizer    any `json:"normalizer"`
		PreTokenizer  any `json:"pre_tokenizer"`
		PostProcessor struct {
			Type   string `json:"type"`
			Single []map[string]struct {
				ID string `json:"id"`
			} `json:"single"`
		} `json:"post_processor"`
		Model struct {
			Type         string          `json:"type"`
			Unknown      *int32          `json:"unk_id"`
			ByteFallback bool            `json:"byte_fallback"`
			Vocabulary   json.RawMessage `json:"vocab"`
		} `json:"model"`
		Added []struct {
			Content string `json:"content"`
			Special bool   `json:"special"`
		} `json:"added_tokens"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnsupported, err)
	}
	if file.Model.Type != "Unigram" || file.Model.Unknown == nil || file.Model.ByteFallback {
		return nil, fmt.Errorf("%w: its model is %q", ErrUnsupported, file.Model.Type)
	}
	normalise, ok := normaliserOf(file.Normalizer)
	if !ok || !isMetaspace(file.PreTokenizer) {
		return nil, fmt.Errorf("%w: it splits or normalises otherwise", ErrUnsupported)
	}
	t := &Tokenizer{normalise: normalise, unknown: *file.Model.Unknown}
	if err := t.readVocabulary(file.Model.Vocabulary); err != nil {
		return nil, err
	}
	around := file.PostProcessor.Single
	if file.PostProcessor.Type != "TemplateProcessing" || len(around) != 3 || around[1]["Sequence"].ID != "A" {
		return nil, fmt.Errorf("%w: it puts other tokens around a text than one before and one after", ErrUnsupported)
	}
	var found [2]bool
	t.begin, found[0] = t.ids[around[0]["SpecialToken"].ID]
	t.end, found[1] = t.ids[around[2]["SpecialToken"].ID]
	if !found[0] || !found[1] {
		return nil, fmt.Errorf("%w: it puts unknown tokens around a text", ErrUnsupported)
	}
	// A document that holds "</s>" must not end a text there.
	for _, added := range file.Added {
		if !added.Special {
			return nil, fmt.Errorf("%w: it adds the token %q", ErrUnsupported, added.Content)
		}
		delete(t.ids, added.Content)
	}
	return t, nil
}

// isMetaspace reports whether words are split at spaces, each with a mark
// before it, the first one too.
func isMetaspace(pre any) bool {
	for _, same := range []map[string]any{
		{"type": "Metaspace", "replacement": string(space), "prepend_scheme": "always", "split": true},
		{"type": "Metaspace", "replacement": string(space), "prepend_scheme": "always"},
		{"type": "Metaspace", "replacement": string(space), "add_prefix_space": true},
		{"type": "Metaspace", "replacement": string(space), "add_prefix_space": true, "prepend_scheme": "always"},
		{"type": "Metaspace", "replacement": string(space), "add_prefix_space": true, "prepend_scheme": "always", "split": true},
	} {
		if reflect.DeepEqual(pre, any(same)) {
			return true
		}
	}
	return false
}

// Size is how many pieces the model has.
func (t *Tokenizer) Size() int { return len(t.scores) }

// Encode returns the tokens of a text, at most limit of them with the two
// around it, which stand at no place of the text. A limit below 2 counts as 2.
func (t *Tokenizer) Encode(text string, limit int) []Token {
	out := []Token{{ID: t.begin}}
	for word := range words(t.normalise(text)) {
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

// split finds the most probable pieces of a word. Unknown characters beside
// each other are one token.
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
