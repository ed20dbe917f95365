//go:build onnx

package onnx

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	ort "github.com/yalue/onnxruntime_go"

	"selfrag/internal/safetensors"
)

// LateEncoder turns queries and passages into token vectors for late
// interaction, as ColBERT (Khattab and Zaharia, arXiv 2004.12832) and its
// relatives do. A marker after the first token distinguishes the two. Queries
// are filled up with [MASK] tokens, and passages lose the vectors of their
// punctuation. It is safe for concurrent use and runs texts as Encoder does.
type LateEncoder struct {
	*runner
	tokenizer *pairTokenizer
	how       colbert

	first, last                int64 // special tokens around a text
	queryMarker, passageMarker int64
	mask                       int64
	skipped                    map[int64]bool
}

// NewLateEncoder loads a model and runs it once. It returns a *MissingError if
// a file is missing.
func NewLateEncoder(cfg LateEncoderConfig) (*LateEncoder, error) {
	if cfg.Dir == "" {
		return nil, errors.New("load a model of late interaction: no model folder is given")
	}
	vocabulary := filepath.Join(cfg.Dir, "tokenizer.json")
	if err := requireFile("the tokenizer", vocabulary, cfg.Remedy); err != nil {
		return nil, err
	}
	how, err := readColBERT(cfg.Dir)
	if err != nil {
		return nil, err
	}
	config, err := readModelConfig(filepath.Join(cfg.Dir, "config.json"))
	if err != nil {
		return nil, err
	}
	if limit := config.maxTokens(); limit > 0 {
		how.queryTokens, how.passageTokens = min(how.queryTokens, limit), min(how.passageTokens, limit)
	}
	if err := start(cfg.Library); err != nil {
		return nil, err
	}
	e := &LateEncoder{how: how}
	if err := e.readTokens(vocabulary); err != nil {
		return nil, err
	}
	if err := config.checkTokenizer(e.tokenizer.size()); err != nil {
		e.tokenizer.close()
		return nil, fmt.Errorf("load the model in %s: %w", cfg.Dir, err)
	}
	e.runner, err = openRunner(cfg.DeviceConfig, func(on Device) (s *session, err error) {
		err = cfg.with(on, func(options *ort.SessionOptions) error {
			s, err = openLate(cfg, config, options)
			return err
		})
		return s, err
	})
	if err != nil {
		e.tokenizer.close()
		return nil, err
	}
	if _, err := e.QueryVectors(context.Background(), "probe"); err != nil {
		return nil, errors.Join(fmt.Errorf("try the model in %s: %w", cfg.Dir, err), e.Close())
	}
	return e, nil
}

func (e *LateEncoder) readTokens(vocabulary string) error {
	fields, err := readTokenizer(vocabulary)
	if err != nil {
		return err
	}
	ids, err := tokenIDs(fields, e.how.queryMarker, e.how.passageMarker, "[MASK]")
	if err != nil {
		return fmt.Errorf("read the tokenizer %s: %w", vocabulary, err)
	}
	e.queryMarker, e.passageMarker, e.mask = ids[0], ids[1], ids[2]
	if e.tokenizer, err = openPairTokenizer(vocabulary); err != nil {
		return err
	}
	pieces := e.tokenizer.template.pieces
	e.first, e.last = pieces[0].id, pieces[len(pieces)-1].id
	e.skipped = map[int64]bool{}
	for _, symbol := range e.how.skipped {
		for _, id := range e.tokenizer.ids(symbol, 1) {
			e.skipped[id] = id != e.tokenizer.unknown
		}
	}
	return nil
}

// openLate builds the model from its weights, or loads an .onnx file.
func openLate(cfg LateEncoderConfig, config modelConfig, options *ort.SessionOptions) (*session, error) {
	path := filepath.Join(cfg.Dir, safetensors.FileName)
	if cfg.File != "" || !exists(path) {
		exported, err := modelFile(cfg.Dir, cfg.File, cfg.Remedy)
		if err != nil {
			return nil, err
		}
		return openSession(exported, options)
	}
	w, err := readWeights(path)
	if err != nil {
		return nil, err
	}
	// PyLate keeps the projection in a separate file.
	projection := w
	if dense := filepath.Join(cfg.Dir, "1_Dense", safetensors.FileName); exists(dense) {
		if projection, err = readWeights(dense); err != nil {
			return nil, err
		}
	}
	return openTokens(w, projection, config, graphOptions{masked: true}, options)
}

// QueryVectors returns one vector per token of the query, including the tokens
// that fill it up. Their lengths are the model's.
func (e *LateEncoder) QueryVectors(ctx context.Context, text string) ([][]float32, error) {
	t := e.tokens(text, e.queryMarker, e.how.queryTokens)
	t.masked = make([]bool, len(t.ids), e.how.queryTokens)
	for e.how.expand && len(t.ids) < e.how.queryTokens {
		t.ids, t.types = append(t.ids, e.mask), append(t.types, 0)
		t.masked = append(t.masked, !e.how.attendExpansion)
	}
	return e.encode(ctx, t)
}

// TokenVectors returns one vector per token of the passage, except punctuation.
func (e *LateEncoder) TokenVectors(ctx context.Context, text string) ([][]float32, error) {
	t := e.tokens(text, e.passageMarker, e.how.passageTokens)
	vectors, err := e.encode(ctx, t)
	if err != nil {
		return nil, err
	}
	kept := vectors[:0]
	for i, v := range vectors {
		if !e.skipped[t.ids[i]] {
			kept = append(kept, v)
		}
	}
	return kept, nil
}

// tokens cuts a text and puts the marker and the special tokens around it.
func (e *LateEncoder) tokens(text string, marker int64, limit int) tokens {
	ids := append([]int64{e.first, marker}, e.tokenizer.ids(text, limit-3)...)
	ids = append(ids, e.last)
	return tokens{ids: ids, types: make([]int64, len(ids))}
}

func (e *LateEncoder) encode(ctx context.Context, t tokens) ([][]float32, error) {
	vectors, err := e.run(ctx, t)
	if err != nil {
		return nil, fmt.Errorf("encode a text: %w", err)
	}
	return vectors, nil
}

// Device returns the device of the model: CPU or CUDA.
func (e *LateEncoder) Device() Device { return e.device }

// Parallel returns the number of texts that are worth encoding at a time.
func (e *LateEncoder) Parallel() int { return e.parallel() }

// Close waits for running calls and frees the model. Later calls fail; later
// calls of Close do nothing.
func (e *LateEncoder) Close() error { return e.close(e.tokenizer.close) }
