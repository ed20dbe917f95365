//go:build onnx

package onnx

import (
	"encoding/json"
	"fmt"
	"sync"
)

// pairTokenizer turns a query and a passage into one sequence of token ids. It
// is safe for concurrent use.
//
// The two are tokenised separately and without special tokens, and text that
// looks like a special token stays text: a document that contains "[SEP]" must
// not be able to end the passage and begin another query. The vocabularies of
// XLM-RoBERTa's relatives contain "</s>" as an ordinary piece, which the
// library then finds in text, even in full width. Such a token counts as
// unknown.
type pairTokenizer struct {
	template pairTemplate
	special  map[uint32]bool // ids that no text may have
	unknown  int64           // the id that replaces them

	// Closing frees the library's memory even while it is in use.
	open    sync.RWMutex
	library *library // nil once closed
}

func openPairTokenizer(path string) (*pairTokenizer, error) {
	fields, err := readTokenizer(path)
	if err != nil {
		return nil, err
	}
	template, err := readPairTemplate(fields["post_processor"])
	if err != nil {
		return nil, fmt.Errorf("read the tokenizer %s: %w", path, err)
	}
	special, unknown, err := readSpecialTokens(fields)
	if err != nil {
		return nil, fmt.Errorf("read the tokenizer %s: %w", path, err)
	}
	fields["padding"], fields["truncation"] = json.RawMessage("null"), json.RawMessage("null")
	data, err := json.Marshal(fields)
	if err != nil {
		return nil, fmt.Errorf("take the token limit from the tokenizer %s: %w", path, err)
	}
	opened, err := openLibrary(data, true)
	if err != nil {
		return nil, fmt.Errorf("read the tokenizer %s: %w", path, err)
	}
	return &pairTokenizer{template: template, special: special, unknown: unknown, library: opened}, nil
}

// ids returns the first token ids of a text, at most n, or none once it is
// closed.
func (t *pairTokenizer) ids(text string, n int) []int64 {
	t.open.RLock()
	defer t.open.RUnlock()
	if t.library == nil {
		return nil
	}
	// Most of a long text is cut off, so tokenise its beginning first. The last
	// word of the beginning may be cut, hence the margin: a word of more than
	// 100 characters is one token.
	const bytesTried, margin = 16, 128
	for _, limit := range []int{bytesTried * (n + margin), bytesPerToken * n} {
		part := beginning(text, limit)
		got := t.library.ids(crossable(part))
		if len(got) < n+margin && len(part) < len(text) && limit < bytesPerToken*n {
			continue
		}
		out := make([]int64, min(len(got), n))
		for i := range out {
			if out[i] = int64(got[i]); t.special[got[i]] {
				out[i] = t.unknown
			}
		}
		return out
	}
	return nil // n < 1: the second limit is not above the first
}

// size returns the number of tokens in the vocabulary.
func (t *pairTokenizer) size() int { return t.library.size() }

func (t *pairTokenizer) close() {
	t.open.Lock()
	defer t.open.Unlock()
	t.library.close()
	t.library = nil
}
