//go:build onnx

package onnx

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// ofLength is a text of n tokens, which its vector names.
func ofLength(n int) tokens { return tokens{ids: make([]int64, n)} }

// model takes a second for a batch and keeps the lengths that it was given.
type model struct{ batches [][]int }

func (m *model) run(texts ...tokens) ([][][]float32, error) {
	var lengths []int
	var out [][][]float32
	for _, t := range texts {
		lengths = append(lengths, len(t.ids))
		out = append(out, [][]float32{{float32(len(t.ids))}})
	}
	time.Sleep(time.Second)
	m.batches = append(m.batches, lengths)
	if slices.Contains(lengths, 13) {
		return nil, errors.New("the device is lost")
	}
	return out, nil
}

func TestBatcher(t *testing.T) {
	for name, c := range map[string]struct {
		limits  batchLimits
		lengths []int // in the order of arrival; the first runs alone, the others wait for it
		want    string
	}{
		"all at once":     {batchLimits{9, 900}, []int{5, 6, 7}, "[[5] [6 7]]"},
		"of like lengths": {batchLimits{2, 900}, []int{5, 50, 8, 49, 9}, "[[5] [50 49] [8 9]]"},
		"oldest first":    {batchLimits{2, 900}, []int{5, 8, 50, 51}, "[[5] [8 50] [51]]"},
		"with padding":    {batchLimits{9, 100}, []int{5, 40, 10, 10, 41}, "[[5] [40 41] [10 10]]"},
		"one too long":    {batchLimits{9, 100}, []int{5, 500, 400}, "[[5] [500] [400]]"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &model{}
				b := &batcher{run: m.run, limits: c.limits}
				var wg sync.WaitGroup
				for _, n := range c.lengths {
					wg.Go(func() {
						got, err := b.do(t.Context(), ofLength(n))
						if err != nil || len(got) != 1 || got[0][0] != float32(n) {
							t.Errorf("%d: got %v, %v", n, got, err)
						}
					})
					synctest.Wait()
				}
				wg.Wait()
				if got := fmt.Sprint(m.batches); got != c.want {
					t.Errorf("ran %s, want %s", got, c.want)
				}
			})
		})
	}
}

// Who gives up while waiting costs nothing. Who gives up while the batch runs
// waits for its end, so that the model can be freed afterwards.
func TestBatcherEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &model{}
		b := &batcher{run: m.run, limits: batchLimits{9, 900}}
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for i, wanted := range []error{nil, context.Canceled, nil} {
			of := ctx
			if i == 2 {
				of = t.Context()
			}
			wg.Go(func() {
				if _, err := b.do(of, ofLength(i+1)); !errors.Is(err, wanted) {
					t.Errorf("%d: got %v, want %v", i, err, wanted)
				}
			})
			synctest.Wait()
		}
		cancel()
		wg.Wait()
		if got := fmt.Sprint(m.batches); got != "[[1] [3]]" {
			t.Errorf("ran %s", got)
		}
		if _, err := b.do(ctx, ofLength(4)); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

// A batch that fails fails its own texts, and no later ones.
func TestBatcherFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &batcher{run: (&model{}).run, limits: batchLimits{9, 900}}
		if _, err := b.do(t.Context(), ofLength(13)); err == nil {
			t.Error("no error")
		}
		if _, err := b.do(t.Context(), ofLength(14)); err != nil {
			t.Error(err)
		}
	})
}
