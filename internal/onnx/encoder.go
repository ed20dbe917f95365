//go:build onnx

package onnx

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
)

// Encoder turns texts into token vectors. It is safe for concurrent use and
// runs at most one text a core at once; more callers wait their turn.
type Encoder struct {
	session    *session
	tokenizer  *tokenizer
	blanks     padding
	window     int // tokens that the model reads at once
	dimensions int

	turns *turns // one a core
}

// NewEncoder loads a model and runs it once, so that a model that cannot work
// is found here. It returns a *MissingError when ONNX Runtime, the model or
// its tokenizer is not there.
func NewEncoder(cfg EncoderConfig) (*Encoder, error) {
	cfg = cfg.withDefaults()
	if cfg.Dir == "" {
		return nil, errors.New("load an ONNX model: no model folder is given")
	}
	vocabulary := filepath.Join(cfg.Dir, "tokenizer.json")
	if !exists(filepath.Join(cfg.Dir, weightsFile)) {
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
	t, err := openTokenizer(vocabulary, cfg.MaxTokens*cfg.Windows)
	if err != nil {
		return nil, err
	}
	e := &Encoder{tokenizer: t, window: cfg.MaxTokens, turns: newTurns(runtime.GOMAXPROCS(0))}
	if e.session, e.blanks, err = openEncoder(cfg); err != nil {
		t.close()
		return nil, err
	}
	probe, err := e.Encode(context.Background(), "probe")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("try the model in %s: %w", cfg.Dir, err), e.Close())
	}
	e.dimensions = len(probe.Vectors[0])
	return e, nil
}

// openEncoder makes the model from its weights where that can be done, and
// else takes an .onnx file as it is.
func openEncoder(cfg EncoderConfig) (*session, padding, error) {
	path := filepath.Join(cfg.Dir, weightsFile)
	var built error
	if exists(path) {
		s, blanks, err := buildEncoder(path, cfg)
		if err == nil {
			return s, blanks, nil
		}
		built = err
	}
	exported, err := modelFile(cfg.Dir, "", cfg.Remedy)
	switch {
	case built != nil && (err != nil || !errors.Is(built, errNotBuildable)):
		return nil, padding{}, built
	case err != nil:
		return nil, padding{}, err
	}
	s, err := openSession(exported, 1)
	return s, padding{}, err
}

func buildEncoder(path string, cfg EncoderConfig) (*session, padding, error) {
	config, err := readModelConfig(filepath.Join(cfg.Dir, "config.json"))
	if err != nil {
		return nil, padding{}, err
	}
	w, err := readWeights(path)
	if err != nil {
		return nil, padding{}, err
	}
	s, err := openTokens(w, nil, config, graphOptions{int8: cfg.Int8})
	return s, padding{config.PadTokenID, config.firstPosition()}, err
}

// Dimensions is the length of each vector.
func (e *Encoder) Dimensions() int { return e.dimensions }

// Encode runs the model on one text, window by window where it is longer than
// the model reads at once. A text beyond the last window is cut; an empty one
// has special tokens only. Encode ends with the context's error while it waits
// for a core, not while the model runs (some milliseconds).
func (e *Encoder) Encode(ctx context.Context, text string) (Encoding, error) {
	whole, err := e.tokenizer.encode(text)
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
	}
	return out, nil
}

// run encodes one window when a core is free.
func (e *Encoder) run(ctx context.Context, t tokens) ([][]float32, error) {
	release, err := e.turns.take(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	return e.session.run(t, e.blanks)
}

// Close waits for the texts that are being encoded and frees the model. Later
// calls of Encode fail; later calls of Close do nothing.
func (e *Encoder) Close() error {
	return e.turns.end(func() error {
		e.tokenizer.close()
		if err := e.session.close(); err != nil {
			return fmt.Errorf("free the model: %w", err)
		}
		return nil
	})
}
