//go:build onnx

package onnx

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"unicode/utf8"

	"selfrag/internal/unigram"
)

// tokenizer turns text into the token ids of one model. It is safe for
// concurrent use. One of its first two fields is set: package unigram handles
// the tokenizers that it can, in a fraction of the memory, and Hugging Face's
// library handles the rest.
type tokenizer struct {
	library   *library
	unigram   *unigram.Tokenizer
	maxTokens int
}

// bytesPerToken limits the text that is tokenised: the library tokenises the
// whole text before it cuts it, which takes seconds for a book and cannot be
// stopped. Tokens of real text have 1 to 6 bytes, and BERT turns a word of more
// than 100 characters into one token. So only a text of mostly white space is
// cut before its last token.
const bytesPerToken = 128

// openTokenizer reads a Hugging Face tokenizer.json. It replaces the truncation
// and padding in the file. These are left over from whoever wrote the file
// (all-MiniLM-L6-v2's says 128 tokens, padded to 128) and are not part of the
// model.
func openTokenizer(path string, maxTokens int) (*tokenizer, error) {
	switch own, err := unigram.Load(path); {
	case err == nil:
		return &tokenizer{unigram: own, maxTokens: maxTokens}, nil
	case !errors.Is(err, unigram.ErrUnsupported):
		return nil, err
	}
	return openLibraryTokenizer(path, maxTokens)
}

// openLibraryTokenizer uses Hugging Face's library.
func openLibraryTokenizer(path string, maxTokens int) (*tokenizer, error) {
	fields, err := readTokenizer(path)
	if err != nil {
		return nil, err
	}
	fields["padding"] = json.RawMessage("null")
	fields["truncation"] = fmt.Appendf(nil,
		`{"direction":"Right","max_length":%d,"strategy":"LongestFirst","stride":0}`, maxTokens)
	data, err := json.Marshal(fields)
	if err != nil {
		return nil, fmt.Errorf("set the token limit of the tokenizer %s: %w", path, err)
	}
	opened, err := openLibrary(data, false)
	if err != nil {
		return nil, fmt.Errorf("read the tokenizer %s: %w", path, err)
	}
	return &tokenizer{library: opened, maxTokens: maxTokens}, nil
}

// readTokenizer reads the fields of a tokenizer.json.
func readTokenizer(path string) (map[string]json.RawMessage, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the tokenizer: %w", err)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return nil, fmt.Errorf("read the tokenizer %s: it is not JSON: %w", path, err)
	}
	if fields["model"] == nil {
		return nil, fmt.Errorf("read the tokenizer %s: it has no field \"model\", so it is not a Hugging Face tokenizer.json", path)
	}
	return fields, nil
}

// encode returns the tokens of the text with the model's special tokens around
// them, cut to the limit. Bytes that are not UTF-8 count as U+FFFD.
func (t *tokenizer) encode(text string) (tokens, error) {
	text = crossable(beginning(text, t.maxTokens*bytesPerToken))
	if t.unigram != nil {
		return t.encodeUnigram(text), nil
	}
	return t.library.encode(text)
}

func (t *tokenizer) encodeUnigram(text string) tokens {
	pieces := t.unigram.Encode(text, t.maxTokens)
	n := len(pieces)
	out := tokens{ids: make([]int64, n), types: make([]int64, n), special: make([]bool, n), spans: make([][2]int, n), rarity: make([]float64, n)}
	for i, piece := range pieces {
		out.ids[i] = int64(piece.ID)
		out.spans[i] = [2]int{piece.Start, piece.End}
		out.rarity[i] = -t.unigram.LogProbability(piece.ID)
	}
	out.special[0], out.special[n-1] = true, true
	return out
}

// beginning returns at most the first n bytes of a text, cut between
// characters.
func beginning(text string, n int) string {
	if n >= len(text) {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// crossable returns the text in a form that can be passed to C, where it would
// end at the first NUL. The normalisers of encoder models drop NULs too, so
// nothing is lost. Each broken byte becomes one U+FFFD; the library would merge
// some of them.
func crossable(text string) string {
	text = strings.ReplaceAll(text, "\x00", "")
	if utf8.ValidString(text) {
		return text
	}
	return string([]rune(text))
}

// size returns the number of tokens in the vocabulary.
func (t *tokenizer) size() int {
	if t.unigram != nil {
		return t.unigram.Size()
	}
	return t.library.size()
}

func (t *tokenizer) close() {
	if t.library != nil {
		t.library.close()
	}
}
