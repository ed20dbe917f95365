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
	model, err := modelFile(cfg.Dir, "", cfg.Remedy)
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
	t, err := openTokenizer(vocabulary, cfg.MaxTokens)
	if err != nil {
		return nil, err
	}
	s, err := openSession(model, 1)
	if err != nil {
		t.close()
		return nil, err
	}
	e := &Encoder{session: s, tokenizer: t, turns: newTurns(runtime.GOMAXPROCS(0))}
	probe, err := e.Encode(context.Background(), "probe")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("try the model %s: %w", model, err), e.Close())
	}
	e.dimensions = len(probe.Vectors[0])
	return e, nil
}

// Dimensions is the length of each vector.
func (e *Encoder) Dimensions() int { return e.dimensions }

// Encode runs the model on one text. A text beyond the token limit is cut; an
// empty one has special tokens only. Encode ends with the context's error
// while it waits for a core, not while the model runs (some milliseconds).
func (e *Encoder) Encode(ctx context.Context, text string) (Encoding, error) {
	release, err := e.turns.take(ctx)
	if err != nil {
		return Encoding{}, fmt.Errorf("encode a text: %w", err)
	}
	defer release()
	t, err := e.tokenizer.encode(text)
	if err != nil {
		return Encoding{}, fmt.Errorf("encode a text: %w", err)
	}
	vectors, err := e.session.run(t, padding{})
	if err != nil {
		return Encoding{}, fmt.Errorf("encode a text: %w", err)
	}
	return Encoding{Vectors: vectors, Special: t.special}, nil
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
