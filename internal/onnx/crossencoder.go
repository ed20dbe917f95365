//go:build onnx

package onnx

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
)

// CrossEncoder scores pairs of a query and a passage with a model for sequence
// classification. It is safe for concurrent use. On a CPU at most one batch per
// core runs at a time, on a GPU one. Callers get their turns in the order of
// arrival, so requests share the machine.
type CrossEncoder struct {
	session   *classifier
	tokenizer *pairTokenizer
	maxTokens int
	device    Device

	turns *turns
}

// NewCrossEncoder loads a model and scores one pair with it, to detect a model
// that cannot work. It returns a *MissingError if a file is missing, and a
// *DeviceError if CUDA is required but not available.
func NewCrossEncoder(cfg CrossEncoderConfig) (*CrossEncoder, error) {
	cfg = cfg.withDefaults()
	if cfg.Dir == "" {
		return nil, errors.New("load a cross-encoder: no model folder is given")
	}
	config, err := classifierConfig(cfg)
	if err != nil {
		return nil, err
	}
	vocabulary := filepath.Join(cfg.Dir, "tokenizer.json")
	if err := requireFile("the tokenizer", vocabulary, cfg.Remedy); err != nil {
		return nil, err
	}
	if err := start(cfg.Library); err != nil {
		return nil, err
	}
	t, err := openPairTokenizer(vocabulary)
	if err != nil {
		return nil, err
	}
	if err := config.checkTokenizer(t.size()); err != nil {
		t.close()
		return nil, fmt.Errorf("load the cross-encoder in %s: %w", cfg.Dir, err)
	}
	s, device, err := openClassifier(cfg, config)
	if err != nil {
		t.close()
		return nil, err
	}
	c := &CrossEncoder{session: s, tokenizer: t, device: device, maxTokens: cmp.Or(cfg.MaxTokens, 512), turns: newTurns(1)}
	if limit := config.maxTokens(); limit > 0 {
		c.maxTokens = min(c.maxTokens, limit)
	}
	if device == CPU {
		c.turns = newTurns(runtime.GOMAXPROCS(0))
	}
	if c.maxTokens < t.template.special()+2 {
		return nil, errors.Join(fmt.Errorf("a pair of at most %d tokens has no room for a query and a passage", c.maxTokens), c.Close())
	}
	if _, err := c.Score(context.Background(), []Pair{c.Pair(c.Query("probe"), c.Passage("probe", 1))}); err != nil {
		return nil, errors.Join(fmt.Errorf("try the model in %s: %w", cfg.Dir, err), c.Close())
	}
	return c, nil
}

func classifierConfig(cfg CrossEncoderConfig) (modelConfig, error) {
	path := filepath.Join(cfg.Dir, "config.json")
	if err := requireFile("the model's config", path, cfg.Remedy); err != nil {
		return modelConfig{}, err
	}
	config, err := readModelConfig(path)
	if err != nil {
		return config, err
	}
	if err := config.checkClassifier(); err != nil {
		return config, fmt.Errorf("load the cross-encoder in %s: %w", cfg.Dir, err)
	}
	return config, nil
}

// Device returns the device of the model: CPU or CUDA.
func (c *CrossEncoder) Device() Device { return c.device }

// Query returns the token ids of a query. A very long query is cut to three
// quarters of a pair, as in FlagEmbedding, to leave room for passages.
func (c *CrossEncoder) Query(text string) []int64 {
	return c.tokenizer.ids(text, max(1, (c.maxTokens-c.tokenizer.template.special())*3/4))
}

// Passage returns the token ids of a passage, at most as many as the given
// number of windows can hold.
func (c *CrossEncoder) Passage(text string, windows int) []int64 {
	return c.tokenizer.ids(text, c.maxTokens*max(windows, 1))
}

// Windows cuts the token ids of a passage into at most max windows for pairs
// with the query. Neighbouring windows share a quarter.
func (c *CrossEncoder) Windows(query, passage []int64, max int) [][]int64 {
	size := c.room(query)
	var out [][]int64
	for start := 0; ; start += size - size/4 {
		end := min(start+size, len(passage))
		out = append(out, passage[start:end])
		if end == len(passage) || len(out) >= max {
			return out
		}
	}
}

// room returns the number of passage tokens that fit beside the query.
func (c *CrossEncoder) room(query []int64) int {
	return c.maxTokens - len(query) - c.tokenizer.template.special()
}

// Pair combines a query and a passage. Only the passage is cut.
func (c *CrossEncoder) Pair(query, passage []int64) Pair {
	return Pair{c.tokenizer.template.assemble(query, passage[:min(len(passage), c.room(query))])}
}

// Score runs the model on one batch and returns one raw score (a logit) per
// pair. Pairs of different lengths are padded to the longest. The error is the
// context's while Score waits for its turn; a running batch is not stopped.
func (c *CrossEncoder) Score(ctx context.Context, batch []Pair) ([]float64, error) {
	if len(batch) == 0 {
		return nil, nil
	}
	release, err := c.turns.take(ctx)
	if err != nil {
		return nil, fmt.Errorf("score %d pairs: %w", len(batch), err)
	}
	defer release()
	scores, err := c.session.run(batch)
	if err != nil {
		return nil, fmt.Errorf("score %d pairs: %w", len(batch), err)
	}
	return scores, nil
}

// Close waits for running batches and frees the model. Later calls of Score
// fail; later calls of Close do nothing.
func (c *CrossEncoder) Close() error {
	return c.turns.end(func() error {
		c.tokenizer.close()
		if err := c.session.close(); err != nil {
			return fmt.Errorf("free the model: %w", err)
		}
		return nil
	})
}
