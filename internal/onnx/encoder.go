//go:build onnx

package onnx

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	ort "github.com/yalue/onnxruntime_go"
	"golang.org/x/sync/errgroup"

	"selfrag/internal/safetensors"
)

// Encoder turns texts into token vectors. It is safe for concurrent use. On a
// CPU at most one text per core runs at a time; other callers wait their turn.
// On a GPU the texts of all callers run in batches.
type Encoder struct {
	*runner
	tokenizer  *tokenizer
	config     modelConfig // of a model built from its weights
	window     int         // number of tokens that the model reads at once
	dimensions int
}

// NewEncoder loads a model and runs it once, to detect a model that cannot
// work. It returns a *MissingError if ONNX Runtime, the model or its tokenizer
// is missing.
func NewEncoder(cfg EncoderConfig) (*Encoder, error) {
	cfg = cfg.withDefaults()
	if cfg.Dir == "" {
		return nil, errors.New("load an ONNX model: no model folder is given")
	}
	if cfg.MaxTokens < minTokens {
		return nil, fmt.Errorf("load the model in %s: %d tokens at once are fewer than the %d that a text takes", cfg.Dir, cfg.MaxTokens, minTokens)
	}
	vocabulary := filepath.Join(cfg.Dir, "tokenizer.json")
	if !exists(filepath.Join(cfg.Dir, safetensors.FileName)) {
		if _, err := modelFile(cfg.Dir, "", cfg.Remedy); err != nil {
			return nil, err
		}
	}
	if err := requireFile("the tokenizer", vocabulary, cfg.Remedy); err != nil {
		return nil, err
	}
	if err := start(cfg.Library); err != nil {
		return nil, err
	}
	e := &Encoder{window: cfg.MaxTokens}
	// Each part takes some tenths of a second.
	var parts errgroup.Group
	parts.Go(func() (err error) {
		e.tokenizer, err = openTokenizer(vocabulary, cfg.MaxTokens*cfg.Windows)
		return err
	})
	parts.Go(func() (err error) {
		e.runner, err = openRunner(cfg.DeviceConfig, func(on Device) (*session, error) { return e.openModel(on, cfg) })
		return err
	})
	err := parts.Wait()
	if err == nil {
		err = e.checkTokenizer(cfg.Dir)
	}
	if err != nil {
		return nil, errors.Join(err, e.free())
	}
	probe, err := e.Encode(context.Background(), "probe")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("try the model in %s: %w", cfg.Dir, err), e.Close())
	}
	e.dimensions = len(probe.Vectors[0])
	return e, nil
}

// openModel builds the model from its weights if possible, and otherwise loads
// an .onnx file.
func (e *Encoder) openModel(on Device, cfg EncoderConfig) (s *session, err error) {
	path := filepath.Join(cfg.Dir, safetensors.FileName)
	var built error
	if exists(path) {
		if s, built = e.build(on, path, cfg); built == nil {
			return s, nil
		}
	}
	exported, err := modelFile(cfg.Dir, "", cfg.Remedy)
	switch {
	case built != nil && (err != nil || !errors.Is(built, errNotBuildable)):
		return nil, built
	case err != nil:
		return nil, err
	}
	err = cfg.with(on, func(options *ort.SessionOptions) error {
		s, err = openSession(exported, options)
		return err
	})
	return s, err
}

// build builds the model from its weights. A window has at most as many tokens
// as the model has positions.
func (e *Encoder) build(on Device, path string, cfg EncoderConfig) (s *session, err error) {
	config, err := readModelConfig(filepath.Join(cfg.Dir, "config.json"))
	if err != nil {
		return nil, err
	}
	w, err := readWeights(path)
	if err != nil {
		return nil, err
	}
	err = cfg.with(on, func(options *ort.SessionOptions) error {
		s, err = openTokens(w, nil, config, graphFor(on, cfg.Int8), options)
		return err
	})
	if err != nil {
		return nil, err
	}
	e.config = config
	if limit := config.maxTokens(); limit >= minTokens {
		e.window = min(e.window, limit)
	}
	return s, nil
}

// checkTokenizer refuses a tokenizer with more tokens than the model.
func (e *Encoder) checkTokenizer(dir string) error {
	if err := e.config.checkTokenizer(e.tokenizer.size()); err != nil {
		return fmt.Errorf("load the model in %s: %w", dir, err)
	}
	return nil
}

// Device returns the device of the model: CPU or CUDA.
func (e *Encoder) Device() Device { return e.device }

// Parallel returns the number of calls of Encode that are worth making at a
// time: one per core, or enough for the batches of a GPU.
func (e *Encoder) Parallel() int { return e.parallel() }

// Dimensions returns the length of each vector.
func (e *Encoder) Dimensions() int { return e.dimensions }

// Encode runs the model on one text, window by window if the text is longer
// than the model reads at once. A text beyond the last window is cut; an empty
// text has only special tokens. Encode returns the context's error while it
// waits for a core, but not while the model runs (some milliseconds).
func (e *Encoder) Encode(ctx context.Context, text string) (Encoding, error) {
	whole, err := e.tokens(ctx, text)
	if err != nil {
		return Encoding{}, fmt.Errorf("encode a text: %w", err)
	}
	var out Encoding
	for _, t := range whole.windows(e.window) {
		vectors, err := e.run(ctx, t) // between two windows, other texts get their turn
		if err != nil {
			return Encoding{}, fmt.Errorf("encode a text: %w", err)
		}
		out.Vectors = append(out.Vectors, vectors...)
		out.Special = append(out.Special, t.special...)
		out.Spans = append(out.Spans, t.spans...)
		out.Rarity = append(out.Rarity, t.rarity...)
	}
	return out, nil
}

// tokens tokenises a text when a core is free.
func (e *Encoder) tokens(ctx context.Context, text string) (tokens, error) {
	release, err := e.turns.take(ctx)
	if err != nil {
		return tokens{}, err
	}
	defer release()
	return e.tokenizer.encode(text)
}

// Close waits for running calls and frees the model. Later calls of Encode
// fail; later calls of Close do nothing.
func (e *Encoder) Close() error { return e.close(e.tokenizer.close) }

// free frees what was loaded of an encoder that cannot be used.
func (e *Encoder) free() error {
	free := func() {
		if e.tokenizer != nil {
			e.tokenizer.close()
		}
	}
	if e.runner == nil {
		free()
		return nil
	}
	return e.close(free)
}
