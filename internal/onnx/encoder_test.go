//go:build onnx

package onnx

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
)

const remedy = "run `selfrag setup all-minilm-l6-v2`"

// minilm is the real model's folder. A missing one is found by NewEncoder.
func minilm(t testing.TB) string {
	t.Helper()
	dir, err := ModelDir("all-minilm-l6-v2")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func newEncoder(t testing.TB, cfg EncoderConfig) *Encoder {
	t.Helper()
	cfg.Dir, cfg.Remedy = minilm(t), remedy
	e, err := NewEncoder(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

func encode(t *testing.T, e *Encoder, text string) Encoding {
	t.Helper()
	enc, err := e.Encode(t.Context(), text)
	if err != nil {
		t.Fatalf("encode %.40q: %v", text, err)
	}
	return enc
}

func TestEncode(t *testing.T) {
	e := newEncoder(t, EncoderConfig{MaxTokens: 8})
	if e.Dimensions() != 384 {
		t.Errorf("got %d dimensions, want 384", e.Dimensions())
	}
	for text, want := range map[string][]bool{
		"":                         {true, true},
		"hello world":              {true, false, false, true},
		strings.Repeat("word ", 9): {true, false, false, false, false, false, false, true},
	} {
		enc := encode(t, e, text)
		if !reflect.DeepEqual(enc.Special, want) {
			t.Errorf("%q: special tokens are %v, want %v", text, enc.Special, want)
		}
		if len(enc.Vectors) != len(want) {
			t.Errorf("%q: got %d vectors, want %d", text, len(enc.Vectors), len(want))
		}
		for i, v := range enc.Vectors {
			if len(v) != 384 {
				t.Errorf("%q: vector %d has %d dimensions", text, i, len(v))
			}
		}
	}
}

func TestEncodeCutsAtThePositionsOfTheModel(t *testing.T) {
	e := newEncoder(t, EncoderConfig{})
	if n := len(encode(t, e, strings.Repeat("word ", 5000)).Vectors); n != 512 {
		t.Errorf("got %d vectors, want 512", n)
	}
}

// A whole book is encoded as its beginning, wherever a character ends in it.
func TestEncodeBook(t *testing.T) {
	e := newEncoder(t, EncoderConfig{MaxTokens: 16})
	for _, word := range []string{"word ", "단어 ", "🌾 ", "a long-winded sentence. "} {
		for shift := range 4 {
			begin := strings.Repeat("x", shift) + " " + strings.Repeat(word, 100)
			if !reflect.DeepEqual(encode(t, e, begin+strings.Repeat(word, 100_000)), encode(t, e, begin)) {
				t.Errorf("%q: a book is encoded unlike its beginning", word)
			}
		}
	}
}

func TestEncodeStrangeBytes(t *testing.T) {
	e := newEncoder(t, EncoderConfig{})
	for text, same := range map[string]string{
		"before\x00after": "beforeafter",
		"caf\xe9 au lait": "caf\ufffd au lait",
	} {
		if !reflect.DeepEqual(encode(t, e, text), encode(t, e, same)) {
			t.Errorf("%q is not encoded as %q", text, same)
		}
	}
}

func TestEncodeConcurrently(t *testing.T) {
	e := newEncoder(t, EncoderConfig{})
	var wg sync.WaitGroup
	texts := make([]string, 16)
	want := make([]Encoding, len(texts))
	for i := range texts {
		texts[i] = strings.Repeat(fmt.Sprintf("text %d ", i), i)
		want[i] = encode(t, e, texts[i])
	}
	for i := range texts {
		for range 4 {
			wg.Go(func() {
				got, err := e.Encode(t.Context(), texts[i])
				if err != nil || !reflect.DeepEqual(got, want[i]) {
					t.Errorf("text %d: another encoding than alone (%v)", i, err)
				}
			})
		}
	}
	wg.Wait()
}

func TestEncodeEndsWithTheContext(t *testing.T) {
	e := newEncoder(t, EncoderConfig{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Encode(ctx, "text"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}

func TestClose(t *testing.T) {
	e := newEncoder(t, EncoderConfig{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				_, err := e.Encode(t.Context(), "a text")
				if errors.Is(err, errClosed) {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 2 {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
}

func TestMissingParts(t *testing.T) {
	noTokenizer := folder(t, "model.onnx", []byte("x"))
	for dir, path := range map[string]string{
		filepath.Join(t.TempDir(), "absent"): "model.onnx",
		noTokenizer:                          "tokenizer.json",
	} {
		_, err := NewEncoder(EncoderConfig{Dir: dir, Remedy: remedy})
		var missing *MissingError
		if !errors.As(err, &missing) || missing.Path != filepath.Join(dir, path) || missing.Remedy != remedy {
			t.Errorf("got %v, want a MissingError about %s with the remedy", err, path)
		}
	}
	if _, err := NewEncoder(EncoderConfig{}); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("no folder: got %v", err)
	}
}

func TestBrokenFiles(t *testing.T) {
	model := read(t, filepath.Join(minilm(t), "model.onnx"))
	vocabulary := read(t, filepath.Join(minilm(t), "tokenizer.json"))
	own := func(name string) []byte { return read(t, filepath.Join("testdata", name+".onnx")) }
	for name, c := range map[string]struct {
		model, tokenizer []byte
		want             string // a part of the message
	}{
		"empty model":          {nil, vocabulary, "model.onnx"},
		"garbage model":        {[]byte("<html>404 Not Found</html>"), vocabulary, "read the model"},
		"truncated model":      {model[:len(model)/2], vocabulary, "read the model"},
		"model of images":      {own("image"), vocabulary, `needs an input "pixels"`},
		"pooled only":          {own("pooled"), vocabulary, "no output of float32 token vectors"},
		"float16":              {own("half"), vocabulary, "no output of float32 token vectors"},
		"smaller vocabulary":   {own("vocabulary"), vocabulary, "try the model"},
		"vectors of too few":   {own("short"), vocabulary, "token vectors of shape"},
		"empty tokenizer":      {model, nil, "not JSON"},
		"garbage tokenizer":    {model, []byte("\x00\xff\x00"), "not JSON"},
		"truncated tokenizer":  {model, vocabulary[:len(vocabulary)/2], "not JSON"},
		"other JSON":           {model, []byte(`{"version":"1.0"}`), `no field "model"`},
		"JSON but no object":   {model, []byte(`[1,2]`), "not JSON"},
		"wrong tokenizer type": {model, []byte(`{"model":{"type":"Unheard"}}`), "read the tokenizer"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t, "model.onnx", c.model)
			if err := os.WriteFile(filepath.Join(dir, "tokenizer.json"), c.tokenizer, 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := NewEncoder(EncoderConfig{Dir: dir})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: %s", err, remedy)
	}
	return data
}
