package onnx

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"

	"selfrag/internal/half"
	"selfrag/internal/safetensors"
)

// weights are the tensors of a model.safetensors file by name. Only the header
// is read; the numbers stay in the file until a session loads them.
type weights struct {
	path    string // without symbolic links
	tensors map[string]tensor
}

// tensor is the location of a tensor in its file, stored row by row, little
// endian.
type tensor struct {
	kind           elementKind
	shape          []int64
	offset, length int64 // in bytes, from the beginning of the file
}

// elementKind is the type of a tensor's numbers, with ONNX's values.
type elementKind int64

const (
	float32Kind  elementKind = 1
	int8Kind     elementKind = 3
	int32Kind    elementKind = 6
	int64Kind    elementKind = 7
	float16Kind  elementKind = 10
	bfloat16Kind elementKind = 16
)

// bytes returns the size of a number.
func (k elementKind) bytes() int64 {
	switch k {
	case float32Kind, int32Kind:
		return 4
	case int64Kind:
		return 8
	case int8Kind:
		return 1
	}
	return 2
}

func readWeights(path string) (*weights, error) {
	w, err := readWeightsHeader(path)
	if err != nil {
		return nil, fmt.Errorf("read the weights %s: %w", path, err)
	}
	return w, nil
}

func readWeightsHeader(path string) (*weights, error) {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	entries, start, err := safetensors.ReadHeader(f, info.Size())
	if err != nil {
		return nil, err
	}
	tensors, err := tensorsOf(entries, start, info.Size())
	if err != nil {
		return nil, err
	}
	return &weights{path, tensors}, nil
}

// tensorsOf returns the locations of the tensors of a header, whose numbers are
// between start and end of the file. Tensors that are not floats are left out.
func tensorsOf(entries map[string]safetensors.Tensor, start, end int64) (map[string]tensor, error) {
	tensors := map[string]tensor{}
	for name, e := range entries {
		t := tensor{shape: e.Shape, offset: start + e.Offsets[0], length: e.Offsets[1] - e.Offsets[0]}
		switch e.DType {
		case "F32":
			t.kind = float32Kind
		case "F16":
			t.kind = float16Kind
		case "BF16":
			t.kind = bfloat16Kind
		default:
			continue
		}
		if e.Offsets[0] < 0 || t.length < 0 || e.Offsets[1] > end-start {
			return nil, fmt.Errorf("it is truncated: its tensor %s ends after the end of the file", name)
		}
		numbers, err := t.numbers()
		if err != nil || t.length != numbers*t.kind.bytes() {
			return nil, fmt.Errorf("its tensor %s has %d bytes, which is not what its shape %v takes", name, t.length, t.shape)
		}
		tensors[name] = t
	}
	return tensors, nil
}

// numbers returns the number of a tensor's elements.
func (t tensor) numbers() (int64, error) {
	n := int64(1)
	for _, d := range t.shape {
		if d < 0 || d > 0 && n > math.MaxInt32*64/d {
			return 0, errors.New("a shape that no tensor has")
		}
		n *= d
	}
	return n, nil
}

// get returns the tensor of a name and shape; -1 in the shape means any size.
func (w *weights) get(name string, shape ...int64) (tensor, error) {
	t, ok := w.tensors[name]
	if !ok {
		return t, fmt.Errorf("the weights %s have no tensor %s", w.path, name)
	}
	fits := func(got, want int64) int {
		if got == want || want < 0 {
			return 0
		}
		return 1
	}
	if slices.CompareFunc(t.shape, shape, fits) != 0 {
		return t, fmt.Errorf("the weights %s have a tensor %s of shape %v, not %v", w.path, name, t.shape, shape)
	}
	return t, nil
}

// read returns the numbers of a tensor.
func (w *weights) read(t tensor) ([]float32, error) {
	f, err := os.Open(w.path)
	if err != nil {
		return nil, fmt.Errorf("read the weights: %w", err)
	}
	defer f.Close()
	raw := make([]byte, t.length)
	if _, err := f.ReadAt(raw, t.offset); err != nil {
		return nil, fmt.Errorf("read the weights %s: %w", w.path, err)
	}
	out := make([]float32, t.length/t.kind.bytes())
	switch t.kind {
	case float32Kind:
		for i := range out {
			out[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		}
	case bfloat16Kind:
		for i := range out {
			out[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(raw[2*i:])) << 16)
		}
	default:
		for i := range out {
			out[i] = float32(half.Float(binary.LittleEndian.Uint16(raw[2*i:])))
		}
	}
	return out, nil
}
