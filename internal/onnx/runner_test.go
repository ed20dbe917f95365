//go:build onnx

package onnx

import (
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	ort "github.com/yalue/onnxruntime_go"

	"selfrag/internal/safetensors"
	"selfrag/internal/vec"
)

// onGPU returns an encoder that runs texts as on a GPU: the same graph and the
// same batches, though on the CPU.
func onGPU(t *testing.T, e *Encoder, dir string, rounded bool) *Encoder {
	t.Helper()
	w, err := readWeights(filepath.Join(dir, safetensors.FileName))
	if err != nil {
		t.Fatal(err)
	}
	r := &runner{}
	err = DeviceConfig{}.with(CPU, func(options *ort.SessionOptions) error {
		r.session, err = openTokens(w, nil, e.config, graphFor(CUDA, rounded), options)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	r.on(CUDA)
	other := *e
	other.runner = r
	t.Cleanup(func() {
		if err := r.close(func() {}); err != nil {
			t.Error(err)
		}
	})
	return &other
}

// Batches of padded texts give the vectors of the texts alone, and in float16
// nearly those.
func TestBatchesOfAGPU(t *testing.T) {
	dir, err := ModelDir("multilingual-e5-small")
	if err != nil {
		t.Fatal(err)
	}
	alone, err := NewEncoder(EncoderConfig{Dir: dir, MaxTokens: 64, Windows: 3, DeviceConfig: DeviceConfig{Device: CPU}, Remedy: "run scripts/setup multilingual-e5-small"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = alone.Close() }()
	var texts []string
	for i := range 16 {
		texts = append(texts, strings.Repeat("the company keeps its books ", i*i%29)+"연차")
	}
	for _, rounded := range []bool{false, true} {
		batched := onGPU(t, alone, dir, rounded)
		least := 0.99999
		if rounded {
			least = 0.999
		}
		var wg sync.WaitGroup
		for _, text := range texts {
			wg.Go(func() {
				got, err := batched.Encode(t.Context(), text)
				if err != nil {
					t.Error(err)
					return
				}
				want := encode(t, alone, text)
				if len(got.Vectors) != len(want.Vectors) {
					t.Errorf("%d vectors, want %d", len(got.Vectors), len(want.Vectors))
					return
				}
				for i, v := range got.Vectors {
					if c := float64(vec.Dot(vec.Unit(v), vec.Unit(want.Vectors[i]))); c < least {
						t.Errorf("%.30q: token %d has the cosine %v to the same alone, in float16: %v", text, i, c, rounded)
						return
					}
				}
			})
		}
		wg.Wait()
	}
}

// Without a GPU, every model falls back to the CPU, or says why it cannot run.
func TestModelsWithoutAGPU(t *testing.T) {
	if e := newEncoder(t, EncoderConfig{}); e.Device() != CPU {
		t.Skip("there is a GPU")
	}
	insisting := DeviceConfig{Device: CUDA, DeviceID: 3, MaxGPUMemory: 1 << 30}
	for name, open := range map[string]func() error{
		"encoder": func() error {
			_, err := NewEncoder(EncoderConfig{Dir: minilm(t), DeviceConfig: insisting})
			return err
		},
		"cross-encoder": func() error {
			_, err := NewCrossEncoder(CrossEncoderConfig{Dir: crossEncoder(t, "bert-tiny"), DeviceConfig: insisting})
			return err
		},
		"late interaction": func() error {
			_, err := NewLateEncoder(LateEncoderConfig{Dir: crossEncoder(t, "colbert-tiny"), DeviceConfig: insisting})
			return err
		},
	} {
		var unusable *DeviceError
		if err := open(); !errors.As(err, &unusable) || !strings.Contains(err.Error(), "SELFRAG_ONNXRUNTIME") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
