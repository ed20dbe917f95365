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
	// Bytes bounds what the kept vectors take; 64 MB, which is 160 passages of
	// 250 tokens at 384 dimensions.
	Bytes int
}

// Kept keeps the token vectors of the passages that were read last, so that
// reranking, evidence and the rounds of a loop share one pass of the encoder. It
// is safe for concurrent use.
type Kept struct {
	model QueryModel
	most  int

	mu    sync.Mutex
	texts *simplelru.LRU[string, retrieval.Tokens]
	bytes int
}

var _ QueryModel = (*Kept)(nil)

// NewKept keeps what the model reads. A model that reads queries as it reads
// passages does so here, too.
func NewKept(model Model, cfg KeptConfig) (*Kept, error) {
	k := &Kept{model: sided(model), most: cmp.Or(cfg.Bytes, 64<<20)}
	var err error
	// Bytes bound it, so the number of texts is any that bytes never reach.
	k.texts, err = simplelru.NewLRU(1<<30, func(text string, t retrieval.Tokens) { k.bytes -= sizeOf(text, t) })
	if err != nil {
		return nil, fmt.Errorf("make a cache of token vectors: %w", err)
	}
	return k, nil
}

// Tokens reads a passage unless it is kept. The caller must not change what it
// gets.
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

// QueryTokens reads a query. Queries are short, and seldom the same.
func (k *Kept) QueryTokens(ctx context.Context, text string) (retrieval.Tokens, error) {
	return k.model.QueryTokens(ctx, text)
}

// sizeOf is about how many bytes a text with its tokens takes.
func sizeOf(text string, t retrieval.Tokens) int {
	size := len(text)
	for _, v := range t.Vectors {
		size += 4*len(v) + 24 + 16 + 8 // the slice, the span, the rarity
	}
	return size
}

// sided is a model as one that reads queries apart.
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
