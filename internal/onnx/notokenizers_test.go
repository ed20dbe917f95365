//go:build onnx && notokenizers

package onnx

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

// Without the library, a file that package unigram reads works, and any other
// is refused with what to do.
func TestWithoutTokenizers(t *testing.T) {
	known := filepath.Join("..", "unigram", "testdata", "nmt.json")
	tok, err := openTokenizer(known, 64)
	if err != nil {
		t.Fatal(err)
	}
	defer tok.close()
	if got, err := tok.encode("ab 가나"); err != nil || len(got.ids) < minTokens || tok.size() == 0 {
		t.Errorf("%d tokens of %d, %v", len(got.ids), tok.size(), err)
	}
	other := filepath.Join("..", "..", "retrieval", "embed", "testdata", "tiny", "bert", "tokenizer.json")
	_, err = openTokenizer(other, 64)
	_, pairErr := openPairTokenizer(other)
	for _, err := range []error{err, pairErr} {
		if !errors.Is(err, ErrNoTokenizers) || !strings.Contains(err.Error(), "-tags onnx") || !strings.Contains(err.Error(), other) {
			t.Errorf("got %v", err)
		}
	}
}
