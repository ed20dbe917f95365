// Package safetensors reads and writes the header of a safetensors file,
// Hugging Face's format for weights: 8 bytes with the length of the header, the
// header as JSON, then the numbers. Format:
// https://huggingface.co/docs/safetensors.
package safetensors

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
)

// FileName is Hugging Face's name for the weight file of a model.
const FileName = "model.safetensors"

// maxHeader is the maximum size of a header in bytes. The headers of the
// largest models have several hundred kilobytes.
const maxHeader = 100 << 20

// metadata is the header key that is not the name of a tensor.
const metadata = "__metadata__"

// Tensor describes a tensor and the location of its numbers, which are stored
// row by row, little endian.
type Tensor struct {
	Offsets [2]int64 `json:"data_offsets"` // begin and end in bytes, counted from the end of the header
	DType   string   `json:"dtype"`        // such as "F32", "F16", "BF16"
	Shape   []int64  `json:"shape"`
}

// ReadHeader reads the tensors of a file of size bytes, by name, and the offset
// of their numbers. It does not read the numbers or check offsets against
// shapes.
func ReadHeader(r io.Reader, size int64) (tensors map[string]Tensor, start int64, err error) {
	var length uint64
	if err := binary.Read(r, binary.LittleEndian, &length); err != nil {
		return nil, 0, fmt.Errorf("it is not a safetensors file: %w", err)
	}
	if length > maxHeader || int64(length) > size-8 {
		return nil, 0, fmt.Errorf("it is not a safetensors file, or truncated: a header of %d bytes in a file of %d", length, size)
	}
	raw := make([]byte, length)
	if _, err := io.ReadFull(r, raw); err != nil {
		return nil, 0, fmt.Errorf("read its header: %w", err)
	}
	tensors, err = ParseHeader(raw)
	return tensors, 8 + int64(length), err
}

// ParseHeader parses the JSON of a header.
func ParseHeader(raw []byte) (map[string]Tensor, error) {
	var entries map[string]json.RawMessage
	if err := json.Unmarshal(raw, &entries); err != nil {
		return nil, fmt.Errorf("its header is not JSON: %w", err)
	}
	delete(entries, metadata)
	tensors := make(map[string]Tensor, len(entries))
	for name, entry := range entries {
		var t Tensor
		if err := json.Unmarshal(entry, &t); err != nil {
			return nil, fmt.Errorf("its tensor %s: %w", name, err)
		}
		tensors[name] = t
	}
	return tensors, nil
}

// WriteHeader writes everything in a file up to its numbers, which begin at a
// multiple of 8 bytes. As in PyTorch's own files, the metadata says that
// matrices have PyTorch's layout.
func WriteHeader(w io.Writer, tensors map[string]Tensor) error {
	header := map[string]any{metadata: map[string]string{"format": "pt"}}
	for name, t := range tensors {
		header[name] = t
	}
	raw, err := json.Marshal(header)
	if err != nil {
		return fmt.Errorf("write the header of a safetensors file: %w", err)
	}
	for len(raw)%8 != 0 {
		raw = append(raw, ' ')
	}
	_, err = w.Write(append(binary.LittleEndian.AppendUint64(nil, uint64(len(raw))), raw...))
	if err != nil {
		return fmt.Errorf("write the header of a safetensors file: %w", err)
	}
	return nil
}
