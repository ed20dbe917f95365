package onnx

import (
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"selfrag/internal/safetensors"
)

// weightsOf is a file of that header and so many bytes behind it.
func weightsOf(header string, data int) []byte {
	out := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(out, header...), make([]byte, data)...)
}

func TestReadWeights(t *testing.T) {
	header := `{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[4,28]},
		"h":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]},"ids":{"dtype":"I64","shape":[1],"data_offsets":[28,36]}}`
	content := weightsOf(header, 36)
	start := 8 + len(header)
	binary.LittleEndian.PutUint16(content[start:], uint16(math.Float32bits(-1.5)>>16))
	binary.LittleEndian.PutUint32(content[start+24:], math.Float32bits(7))
	dir := folder(t, safetensors.FileName, content)
	if err := os.Symlink(safetensors.FileName, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	w, err := readWeights(filepath.Join(dir, "link"))
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Base(w.path) != safetensors.FileName || len(w.tensors) != 2 {
		t.Errorf("got %+v", w)
	}
	for name, want := range map[string][]float32{"a": {0, 0, 0, 0, 0, 7}, "h": {-1.5, 0}} {
		if got, err := w.read(w.tensors[name]); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
	if _, err := w.get("a", -1, 3); err != nil {
		t.Error(err)
	}
	for name, shape := range map[string][]int64{"a": {3, 2}, "h": {2, 1}, "none": nil} {
		if _, err := w.get(name, shape...); err == nil {
			t.Errorf("%s had the shape %v", name, shape)
		}
	}
}

func TestReadBrokenWeights(t *testing.T) {
	one := func(entry string, data int) []byte { return weightsOf(`{"a":`+entry+`}`, data) }
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"empty":          {nil, "not a safetensors file"},
		"a page":         {[]byte("<html>404 Not Found</html>"), "not a safetensors file"},
		"header cut":     {weightsOf(`{"a":1}`, 0)[:12], "truncated"},
		"not JSON":       {weightsOf(`nonsense`, 0), "not JSON"},
		"no object":      {one(`7`, 0), "tensor a"},
		"numbers cut":    {one(`{"dtype":"F32","shape":[2],"data_offsets":[0,8]}`, 4), "truncated"},
		"wrong size":     {one(`{"dtype":"F32","shape":[2],"data_offsets":[0,4]}`, 4), "shape"},
		"negative":       {one(`{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}`, 4), "shape"},
		"backwards":      {one(`{"dtype":"F32","shape":[0],"data_offsets":[4,0]}`, 4), "truncated"},
		"beyond numbers": {one(`{"dtype":"F16","shape":[9223372036854775807,9223372036854775807],"data_offsets":[0,4]}`, 4), "shape"},
	} {
		_, err := readWeights(filepath.Join(folder(t, safetensors.FileName, c.content), safetensors.FileName))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
	if _, err := readWeights(filepath.Join(t.TempDir(), safetensors.FileName)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: got %v", err)
	}
}

// FuzzWeights looks for headers that crash the reader or name bytes outside the
// file.
func FuzzWeights(f *testing.F) {
	f.Add([]byte(`{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[4,28]}}`))
	f.Add([]byte(`{"a":{"dtype":"BF16","shape":[],"data_offsets":[0,2]}}`))
	f.Fuzz(func(t *testing.T, header []byte) {
		entries, err := safetensors.ParseHeader(header)
		if err != nil {
			return
		}
		tensors, err := tensorsOf(entries, 100, 200)
		if err != nil {
			return
		}
		for name, tensor := range tensors {
			if tensor.offset < 100 || tensor.length < 0 || tensor.offset+tensor.length > 200 {
				t.Errorf("%s lies at %d, %d bytes", name, tensor.offset, tensor.length)
			}
		}
	})
}

func TestRoundRows(t *testing.T) {
	turned, scales := roundRows([]float32{1, -2, 0.5, 0, 0, 0}, 2, 3)
	if !reflect.DeepEqual(scales, []float32{2. / 64, 1. / 64}) {
		t.Errorf("scales %v", scales)
	}
	minus64 := int8(-64)
	if want := []byte{32, 0, byte(minus64), 0, 16, 0}; !reflect.DeepEqual(turned, want) {
		t.Errorf("got %v, want %v", turned, want)
	}
}
