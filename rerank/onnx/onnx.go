// Package onnx reranks with cross-encoders on ONNX Runtime: models of the BERT
// and XLM-RoBERTa families for sequence classification, as published on Hugging
// Face, which read query and passage together (Nogueira and Cho, "Passage
// Re-ranking with BERT", arXiv 1901.04085).
//
// Shape: internal/onnx handles the files, the tokens and the session of a
// model. Reranker plans the work (plan.go): it encodes the query once and each
// passage once, cuts long passages into windows, sorts pairs by length and
// groups them into batches that fit the device. Then it runs the batches and
// collects the scores. On a CPU a batch is one pair, run on one thread, with
// one pair per core: nothing is padded and no thread waits for another. The
// graph is built from the model's weights and computes only what the score
// needs. On a GPU a batch is up to 16 pairs of about the same length.
package onnx

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"selfrag/internal/onnx"
	"selfrag/retrieval"
)

var _ retrieval.Reranker = (*Reranker)(nil)

// Config selects a model and how to run it. Only Model is required.
type Config struct {
	// Model is the folder of a model, or its name in the models folder of the
	// cache.
	Model string
	// File is the weight file in that folder. If it is empty, it is
	// model.safetensors on a CPU for a model of the BERT or RoBERTa family, and
	// model.onnx otherwise.
	File string
	// Int8 rounds the weights of model.safetensors when they are loaded. This
	// is less exact and, on a CPU, faster. On a GPU the model calculates in
	// float16 instead.
	Int8 bool
	// MaxTokens is the length at which a pair is cut: 512, or the model's own
	// maximum.
	MaxTokens int
	// Windows is the maximum number of windows of a long passage that are
	// scored. The best one counts, as in MaxP (Dai and Callan, "Deeper Text
	// Understanding for IR", arXiv 1905.09217). With 1, only the beginning of a
	// passage is scored.
	Windows int
	// Sigmoid turns logits into scores in (0,1). The order stays the same.
	Sigmoid bool

	DeviceConfig

	// BatchPairs and BatchTokens limit a batch on a GPU; 16 and 8,192,
	// including padding. On a CPU a batch is always one pair.
	BatchPairs, BatchTokens int
}

// DeviceConfig selects the device of a model.
type DeviceConfig = onnx.DeviceConfig

// Device is where a model runs.
type Device = onnx.Device

// The devices. Auto is a GPU if one works, and the CPU otherwise. CUDA requires
// a GPU.
const (
	Auto = onnx.Auto
	CPU  = onnx.CPU
	CUDA = onnx.CUDA
)

// Reranker orders passages with a cross-encoder. It is safe for concurrent use:
// requests share the machine in turns, pair by pair.
type Reranker struct {
	cfg   Config
	model *onnx.CrossEncoder
}

// New loads the model.
func New(cfg Config) (*Reranker, error) {
	dir, err := modelDir(cfg.Model)
	if err != nil {
		return nil, err
	}
	cfg.Windows = max(cfg.Windows, 1)
	cfg.BatchPairs = cmp.Or(cfg.BatchPairs, 16)
	cfg.BatchTokens = cmp.Or(cfg.BatchTokens, 8192)
	model, err := onnx.NewCrossEncoder(onnx.CrossEncoderConfig{
		Dir: dir, File: cfg.File, Int8: cfg.Int8, MaxTokens: cfg.MaxTokens,
		DeviceConfig: cfg.DeviceConfig, Remedy: remedy(cfg.Model),
	})
	if err != nil {
		return nil, fmt.Errorf("start reranker %s: %w", cfg.Model, err)
	}
	return &Reranker{cfg, model}, nil
}

// Device returns where the model runs.
func (r *Reranker) Device() Device { return r.model.Device() }

// Close frees the model once no request runs.
func (r *Reranker) Close() error { return r.model.Close() }

// Rerank scores the searchable text of each passage and returns all passages,
// best first. Passages of equal score keep their order. A cancelled request
// ends, and costs nothing more, within the time of one batch per core.
func (r *Reranker) Rerank(ctx context.Context, query string, passages []retrieval.Passage) ([]retrieval.Passage, error) {
	ranked := slices.Clone(passages)
	pairs, err := r.pairs(ctx, query, ranked)
	if err != nil {
		return nil, err
	}
	best := make([]float64, len(ranked))
	for i := range best {
		best[i] = math.Inf(-1)
	}
	scores, err := r.score(ctx, pairs)
	if err != nil {
		return nil, err
	}
	for i, p := range pairs {
		best[p.passage] = max(best[p.passage], scores[i])
	}
	for i := range ranked {
		if r.cfg.Sigmoid {
			best[i] = 1 / (1 + math.Exp(-best[i]))
		}
		ranked[i].Score, ranked[i].Rerank = best[i], &best[i]
	}
	slices.SortStableFunc(ranked, func(a, b retrieval.Passage) int { return cmp.Compare(b.Score, a.Score) })
	return ranked, nil
}

// pairs encodes the query once and each passage once, one passage per core.
func (r *Reranker) pairs(ctx context.Context, query string, passages []retrieval.Passage) ([]pair, error) {
	q := r.model.Query(query)
	windows := make([][]pair, len(passages))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, p := range passages {
		g.Go(func() error {
			if err := gctx.Err(); err != nil {
				return fmt.Errorf("tokenise passages: %w", err)
			}
			ids := r.model.Passage(p.Searchable(), r.cfg.Windows)
			for _, w := range r.model.Windows(q, ids, r.cfg.Windows) {
				windows[i] = append(windows[i], pair{r.model.Pair(q, w), i})
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return slices.Concat(windows...), nil
}

// score returns the raw score of each pair.
func (r *Reranker) score(ctx context.Context, pairs []pair) ([]float64, error) {
	limits := batchLimits{pairs: 1}
	if r.model.Device() != CPU {
		limits = batchLimits{r.cfg.BatchPairs, r.cfg.BatchTokens}
	}
	scores := make([]float64, len(pairs))
	g, gctx := errgroup.WithContext(ctx)
	// No more goroutines wait for a turn than could have one. A turn is taken
	// for each pair, so that other requests come in between.
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, batch := range plan(pairs, limits) {
		g.Go(func() error {
			if err := gctx.Err(); err != nil {
				return fmt.Errorf("rerank: %w", err)
			}
			inputs := make([]onnx.Pair, len(batch))
			for i, n := range batch {
				inputs[i] = pairs[n].input
			}
			got, err := r.model.Score(gctx, inputs)
			if err != nil {
				return fmt.Errorf("rerank: %w", err)
			}
			for i, n := range batch {
				scores[n] = got[i]
			}
			return nil
		})
	}
	return scores, g.Wait()
}
