//go:build onnx

package onnx

import (
	"context"
	"fmt"
	"runtime"
	"slices"
)

// The limits of a batch on a GPU, and the number of texts that may wait for one.
// Not measured.
const (
	gpuTexts  = 64
	gpuTokens = 16_384
	gpuTurns  = 256
)

// runner encodes texts on a device: on a CPU one text per core at a time, in the
// order of arrival, and on a GPU in batches. It is safe for concurrent use.
type runner struct {
	session *session
	device  Device
	batches *batcher // nil on a CPU
	turns   *turns
}

// openRunner opens a session on the configured device.
func openRunner(cfg DeviceConfig, open func(Device) (*session, error)) (*runner, error) {
	r := &runner{}
	device, err := cfg.place(func(on Device) (err error) {
		r.session, err = open(on)
		return err
	})
	if err != nil {
		return nil, err
	}
	r.on(device)
	return r, nil
}

// on sets how texts are run on a device.
func (r *runner) on(device Device) {
	r.device = device
	if device == CPU {
		r.turns = newTurns(runtime.GOMAXPROCS(0))
		return
	}
	limits := batchLimits{gpuTexts, gpuTokens}
	if !slices.Contains(r.session.inputs, attentionMask) {
		limits.texts = 1 // such a model cannot tell padding from text
	}
	r.batches = &batcher{run: r.session.run, limits: limits}
	r.turns = newTurns(gpuTurns)
}

// parallel returns the number of texts that are worth encoding at a time.
func (r *runner) parallel() int {
	if r.batches == nil {
		return runtime.GOMAXPROCS(0)
	}
	return 2 * r.batches.limits.texts // one batch waits while another runs
}

// run returns one vector per token.
func (r *runner) run(ctx context.Context, t tokens) ([][]float32, error) {
	release, err := r.turns.take(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	if r.batches != nil {
		return r.batches.do(ctx, t)
	}
	vectors, err := r.session.run(t)
	if err != nil {
		return nil, err
	}
	return vectors[0], nil
}

// close waits for running calls, refuses later ones, and the first time frees
// the model and what free frees.
func (r *runner) close(free func()) error {
	return r.turns.end(func() error {
		free()
		if err := r.session.close(); err != nil {
			return fmt.Errorf("free the model: %w", err)
		}
		return nil
	})
}
