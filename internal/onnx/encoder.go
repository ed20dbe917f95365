//go:build onnx

package onnx

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"

	"golang.org/x/sync/errgroup"

	"selfrag/internal/safetensors"
)

// Encoder turns texts into token vectors. It is safe for concurrent use. At
// most one text per core runs at a time; other callers wait their turn.
type Encoder struct {
	session    *session
	tokenizer  *tokenizer
	blanks     padding
	config     modelConfig // of a model built from its weights
	window     int         // number of tokens that the model reads at once
	dimensions int

	turns *turns // one per core
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
	e := &Encoder{window: cfg.MaxTokens, turns: newTurns(runtime.GOMAXPROCS(0))}
	// Each part takes some tenths of a second.
	var parts errgroup.Group
	parts.Go(func() (err error) {
		e.tokenizer, err = openTokenizer(vocabulary, cfg.MaxTokens*cfg.Windows)
		return err
	})
	parts.Go(func() error { return e.openModel(cfg) })
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
func (e *Encoder) openModel(cfg EncoderConfig) error {
	path := filepath.Join(cfg.Dir, safetensors.FileName)
	var built error
	if exists(path) {
		if built = e.build(path, cfg); built == nil {
			return nil
		}
	}
	exported, err := modelFile(cfg.Dir, "", cfg.Remedy)
	switch {
	case built != nil && (err != nil || !errors.Is(built, errNotBuildable)):
		return built
	case err != nil:
		return err
	}
	e.session, err = openSession(exported, 1)
	return err
}

// build builds the model from its weights. A window has at most as many tokens
// as the model has positions.
func (e *Encoder) build(path string, cfg EncoderConfig) error {
	config, err := readModelConfig(filepath.Join(cfg.Dir, "config.json"))
	if err != nil {
		return err
	}
	w, err := readWeights(path)
	if err != nil {
		return err
	}
	if e.session, err = openTokens(w, nil, config, graphOptions{int8: cfg.Int8}); err != nil {
		return err
	}
	e.config, e.blanks = config, padding{config.PadTokenID, config.firstPosition()}
	if limit := config.maxTokens(); limit >= minTokens {
		e.window = min(e.window, limit)
	}
	return nil
}

// checkTokenizer refuses a tokenizer with more tokens than the model.
func (e *Encoder) checkTokenizer(dir string) error {
	if err := e.config.checkTokenizer(e.tokenizer.size()); err != nil {
		return fmt.Errorf("load the model in %s: %w", dir, err)
	}
	return nil
}

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
		vectors, err := e.run(ctx, t)
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

// run encodes one window when a core is free. Between two windows of a long
// text, other texts get their turn.
func (e *Encoder) run(ctx context.Context, t tokens) ([][]float32, error) {
	release, err := e.turns.take(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	return e.session.run(t, e.blanks)
}

// Close waits for running calls and frees the model. Later calls of Encode
// fail; later calls of Close do nothing.
func (e *Encoder) Close() error {
	return e.turns.end(e.free)
}

// free frees everything that was loaded.
func (e *Encoder) free() error {
	if e.tokenizer != nil {
		e.tokenizer.close()
	}
	if e.session == nil {
		return nil
	}
	if err := e.session.close(); err != nil {
		return fmt.Errorf("free the model: %w", err)
	}
	return nil
}
