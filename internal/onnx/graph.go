package onnx

import (
	"encoding/binary"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"
)

// graph is an ONNX model under construction. Tensors from a safetensors file
// stay in that file, and the model refers to them. Field numbers are those of
// onnx.proto (https://onnx.ai/onnx/api/classes.html).
type graph struct {
	body         [][]byte // fields of a GraphProto, except inputs and outputs; large tensors are separate elements, so that they are not copied
	inputs       []byte
	outputs      []byte
	made         int // number of values, for their names
	initializers map[string]bool
}

func newGraph() *graph { return &graph{initializers: map[string]bool{}} }

// microsoft is the domain of ONNX Runtime's own operators.
const microsoft = "com.microsoft"

// attribute is an int64 or a float32 attribute of a node.
type attribute struct {
	name  string
	value any
}

// add adds a node with one output and returns the output's name. An empty input
// is an omitted one.
func (g *graph) add(op, domain string, inputs []string, attributes ...attribute) string {
	g.made++
	output := op + strconv.Itoa(g.made)
	g.addTo(output, op, domain, inputs, attributes...)
	return output
}

// addTo adds a node whose output has the given name.
func (g *graph) addTo(output, op, domain string, inputs []string, attributes ...attribute) {
	var node []byte
	for _, in := range inputs {
		node = appendText(node, 1, in)
	}
	node = appendText(node, 2, output)
	node = appendText(node, 3, output)
	node = appendText(node, 4, op)
	for _, a := range attributes {
		node = appendMessage(node, 5, a.encode())
	}
	node = appendText(node, 7, domain)
	g.body = append(g.body, appendMessage(nil, 1, node))
}

func (a attribute) encode() []byte {
	out := appendText(nil, 1, a.name)
	switch v := a.value.(type) {
	case float32:
		out = protowire.AppendTag(out, 2, protowire.Fixed32Type)
		out = protowire.AppendFixed32(out, math.Float32bits(v))
		return appendNumber(out, 20, 1)
	case int64:
		return appendNumber(appendNumber(out, 3, v), 20, 2)
	}
	return out
}

// stored adds a tensor that stays in the weight file. It may be called twice
// for the same tensor.
func (g *graph) stored(w *weights, name string, t tensor) string {
	if g.initializers[name] {
		return name
	}
	g.initializers[name] = true
	head := tensorHead(name, t.kind, t.shape)
	for _, entry := range [][2]string{
		{"location", filepath.Base(w.path)},
		{"offset", strconv.FormatInt(t.offset, 10)},
		{"length", strconv.FormatInt(t.length, 10)},
	} {
		head = appendMessage(head, 13, appendText(appendText(nil, 1, entry[0]), 2, entry[1]))
	}
	g.body = append(g.body, appendMessage(nil, 5, appendNumber(head, 14, 1)))
	return name
}

// constant adds a tensor whose bytes are in the model.
func (g *graph) constant(name string, kind elementKind, raw []byte, shape ...int64) string {
	if !g.initializers[name] {
		g.initializers[name] = true
		head := protowire.AppendTag(tensorHead(name, kind, shape), 9, protowire.BytesType)
		head = protowire.AppendVarint(head, uint64(len(raw)))
		g.body = append(g.body, append(appendLength(nil, 5, len(head)+len(raw)), head...), raw)
	}
	return name
}

// integers adds a list of int64.
func (g *graph) integers(name string, values ...int64) string {
	var raw []byte
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	return g.constant(name, int64Kind, raw, int64(len(values)))
}

// floats adds float32 numbers, row by row.
func (g *graph) floats(name string, values []float32, shape ...int64) string {
	var raw []byte
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	return g.constant(name, float32Kind, raw, shape...)
}

func tensorHead(name string, kind elementKind, shape []int64) []byte {
	var out []byte
	for _, d := range shape {
		out = appendNumber(out, 1, d)
	}
	return appendText(appendNumber(out, 2, int64(kind)), 8, name)
}

// input declares an input, output an output; -1 in the shape means any size.
func (g *graph) input(name string, kind elementKind, shape ...int64) string {
	g.inputs = appendMessage(g.inputs, 11, valueInfo(name, kind, shape))
	return name
}

func (g *graph) output(name string, kind elementKind, shape ...int64) {
	g.outputs = appendMessage(g.outputs, 12, valueInfo(name, kind, shape))
}

func valueInfo(name string, kind elementKind, shape []int64) []byte {
	var dims []byte
	for i, d := range shape {
		if d < 0 {
			dims = appendMessage(dims, 1, appendText(nil, 2, fmt.Sprintf("d%d", i)))
		} else {
			dims = appendMessage(dims, 1, appendNumber(nil, 1, d))
		}
	}
	kindOf := appendMessage(appendNumber(nil, 1, int64(kind)), 2, dims)
	return appendMessage(appendText(nil, 1, name), 2, appendMessage(nil, 1, kindOf))
}

// model returns the whole model as the bytes of an .onnx file.
func (g *graph) model() []byte {
	parts := slices.Concat(g.body, [][]byte{g.inputs, g.outputs, appendText(nil, 2, "selfrag")})
	size := 0
	for _, part := range parts {
		size += len(part)
	}
	head := appendNumber(nil, 1, 9) // the lowest version of the format with everything used here
	head = appendMessage(head, 8, appendNumber(nil, 2, 18))
	head = appendMessage(head, 8, appendNumber(appendText(nil, 1, microsoft), 2, 1))
	head = appendLength(head, 7, size)
	out := append(make([]byte, 0, len(head)+size), head...)
	for _, part := range parts {
		out = append(out, part...)
	}
	return out
}

// appendLength begins a message of the given size in bytes.
func appendLength(b []byte, field protowire.Number, size int) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.BytesType), uint64(size))
}

func appendText(b []byte, field protowire.Number, s string) []byte {
	return protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), s)
}

func appendMessage(b []byte, field protowire.Number, message []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), message)
}

func appendNumber(b []byte, field protowire.Number, n int64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), uint64(n))
}
