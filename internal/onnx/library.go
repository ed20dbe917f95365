//go:build onnx && !notokenizers

package onnx

import (
	"fmt"

	"github.com/daulet/tokenizers"
)

// library is Hugging Face's tokenizers library with one tokenizer.json loaded.
// It is safe for concurrent use until it is closed.
type library struct {
	hf *tokenizers.Tokenizer
}

// openLibrary reads the content of a tokenizer.json. Text that looks like a
// special token becomes that token, unless specialIsText is set.
func openLibrary(data []byte, specialIsText bool) (*library, error) {
	var options []tokenizers.TokenizerOption
	if specialIsText {
		options = append(options, tokenizers.WithEncodeSpecialTokens())
	}
	hf, err := tokenizers.FromBytes(data, options...)
	if err != nil {
		return nil, err
	}
	return &library{hf: hf}, nil
}

// encode returns the tokens of a text with the special tokens around them.
func (l *library) encode(text string) (tokens, error) {
	enc := l.hf.EncodeWithOptions(text, true, tokenizers.WithReturnTypeIDs(), tokenizers.WithReturnSpecialTokensMask(), tokenizers.WithReturnOffsets())
	n := len(enc.IDs)
	if n == 0 || len(enc.TypeIDs) != n || len(enc.SpecialTokensMask) != n || len(enc.Offsets) != n {
		return tokens{}, fmt.Errorf("the tokenizer made no tokens of a text of %d bytes", len(text))
	}
	out := tokens{ids: make([]int64, n), types: make([]int64, n), special: make([]bool, n), spans: make([][2]int, n)}
	for i := range n {
		out.ids[i] = int64(enc.IDs[i])
		out.types[i] = int64(enc.TypeIDs[i])
		out.special[i] = enc.SpecialTokensMask[i] != 0
		out.spans[i] = [2]int{int(enc.Offsets[i][0]), int(enc.Offsets[i][1])}
	}
	return out, nil
}

// ids returns the token ids of a text, without special tokens around them.
func (l *library) ids(text string) []uint32 { return l.hf.EncodeWithOptions(text, false).IDs }

// size returns the number of tokens in the vocabulary.
func (l *library) size() int { return int(l.hf.VocabSize()) }

func (l *library) close() { _ = l.hf.Close() }
