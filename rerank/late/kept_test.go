package late

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
)

func TestKeptReadsAPassageOnce(t *testing.T) {
	var reads atomic.Int32
	model := modelFunc(func(_ context.Context, text string) ([][]float32, error) {
		reads.Add(1)
		return [][]float32{make([]float32, 256)}, nil
	})
	kept, err := NewKept(model, KeptConfig{Bytes: 10 * (256*4 + 100)})
	if err != nil {
		t.Fatal(err)
	}
	read := func(text string) {
		t.Helper()
		if _, err := kept.Tokens(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		read("a")
	}
	if n := reads.Load(); n != 1 {
		t.Errorf("a passage was read %d times", n)
	}
	for i := range 100 {
		read(fmt.Sprint(i))
		if kept.bytes > 10*(256*4+100) {
			t.Fatalf("%d bytes are kept", kept.bytes)
		}
	}
	before := reads.Load()
	read("99")
	if reads.Load() != before {
		t.Error("the last one was not kept")
	}
	read("a")
	if reads.Load() != before+1 {
		t.Error("the oldest one was kept beyond the bound")
	}
	for range 2 {
		if _, err := kept.QueryTokens(t.Context(), "q"); err != nil {
			t.Fatal(err)
		}
	}
	if reads.Load() != before+3 {
		t.Error("queries take room")
	}
}

func TestKeptKeepsNoFailureAndNothingTooLarge(t *testing.T) {
	broken := errors.New("broken")
	fail := true
	kept, err := NewKept(modelFunc(func(context.Context, string) ([][]float32, error) {
		if fail {
			return nil, broken
		}
		return make([][]float32, 1000), nil
	}), KeptConfig{Bytes: 100})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kept.Tokens(t.Context(), "a"); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	fail = false
	if got, err := kept.Tokens(t.Context(), "a"); err != nil || len(got.Vectors) != 1000 || kept.bytes != 0 {
		t.Errorf("got %d vectors, %v; %d bytes kept", len(got.Vectors), err, kept.bytes)
	}
}

func TestKeptIsSafe(t *testing.T) {
	kept, err := NewKept(modelFunc(words), KeptConfig{Bytes: 400})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 50 {
				text := []string{"red", "blue", "apple", "pear red", "orange"}[(g+i)%5]
				if got, err := kept.Tokens(t.Context(), text); err != nil || len(got.Vectors) == 0 {
					t.Errorf("%s: got %v, %v", text, got, err)
				}
			}
		})
	}
	wg.Wait()
}
