package late

import (
	"cmp"
	"context"
	"fmt"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"selfrag/retrieval"
)

// KeptConfig sizes a Kept. Its zero value works.
type KeptConfig struct {
	// Bytes is the maximum size of the kept vectors (64 MB, which is 160
	// passages of 250 tokens at 384 dimensions).
	Bytes int
}

// Kept keeps the token vectors of the passages that were read last, so that
// reranking, evidence and the rounds of a loop share one pass of the encoder.
// It is safe for concurrent use.
type Kept struct {
	model QueryModel
	most  int

	mu    sync.Mutex
	texts *simplelru.LRU[string, retrieval.Tokens]
	bytes int
}

var _ QueryModel = (*Kept)(nil)

// NewKept returns a Kept around a model. If the model has no QueryTokens,
// queries are read like passages.
func NewKept(model Model, cfg KeptConfig) (*Kept, error) {
	k := &Kept{model: sided(model), most: cmp.Or(cfg.Bytes, 64<<20)}
	var err error
	// Bytes are the limit, so the number of texts is one that is never reached.
	k.texts, err = simplelru.NewLRU(1<<30, func(text string, t retrieval.Tokens) { k.bytes -= sizeOf(text, t) })
	if err != nil {
		return nil, fmt.Errorf("make a cache of token vectors: %w", err)
	}
	return k, nil
}

// Tokens reads a passage unless its tokens are kept. The caller must not change
// the result.
func (k *Kept) Tokens(ctx context.Context, text string) (retrieval.Tokens, error) {
	k.mu.Lock()
	tokens, ok := k.texts.Get(text)
	k.mu.Unlock()
	if ok {
		return tokens, ctx.Err()
	}
	tokens, err := k.model.Tokens(ctx, text)
	if err != nil {
		return tokens, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if size := sizeOf(text, tokens); size <= k.most && !k.texts.Contains(text) {
		k.texts.Add(text, tokens)
		for k.bytes += size; k.bytes > k.most; {
			k.texts.RemoveOldest()
		}
	}
	return tokens, nil
}

// QueryTokens reads a query. Queries are short and rarely repeated, so they are
// not kept.
func (k *Kept) QueryTokens(ctx context.Context, text string) (retrieval.Tokens, error) {
	return k.model.QueryTokens(ctx, text)
}

// sizeOf returns the approximate size of a text and its tokens in bytes.
func sizeOf(text string, t retrieval.Tokens) int {
	size := len(text)
	for _, v := range t.Vectors {
		size += 4*len(v) + 24 + 16 + 8 // slice, span and rarity
	}
	return size
}

// sided returns a model as a QueryModel.
func sided(m Model) QueryModel {
	if q, ok := m.(QueryModel); ok {
		return q
	}
	return oneSided{m}
}

type oneSided struct{ Model }

func (m oneSided) QueryTokens(ctx context.Context, text string) (retrieval.Tokens, error) {
	return m.Tokens(ctx, text)
}
