package onnx

import (
	"errors"
	"fmt"
	"strings"
)

// bertGraph builds the graph of a model of the BERT or RoBERTa family from its
// weights, as the authors of the model published them. The graph is faster than
// one exported from the model's program, and needs no export.
//
// Besides fusing operators, the last layer is computed for the first token
// only, which is all that a classifier reads. Its keys and values still cover
// all tokens, so the numbers are the same. This saves a seventh of all
// multiplications with 6 layers, and nearly half with 2.
type bertGraph struct {
	*graph
	weights *weights
	config  modelConfig
	graphOptions
	prefix string // of the encoder's tensors, such as "bert."
	shape  string // texts, tokens, hidden
	mask   string // marks tokens that are not padding; "" means all
	err    error  // the first error
}

// graphOptions are variants of a graph.
type graphOptions struct {
	int8   bool // multiply by weights rounded to 7 bits where that is faster; see int8.go
	half   bool // calculate in float16; not with int8
	masked bool // texts may be padded; otherwise all texts of a batch have the same length
}

// errNotBuildable is wrapped by errors about a model with a structure other
// than BERT's or RoBERTa's.
var errNotBuildable = errors.New("its weights are not those of a BERT or RoBERTa")

// newBERT checks whether the model can be built.
func newBERT(w *weights, c modelConfig, o graphOptions) (*bertGraph, error) {
	b := &bertGraph{graph: newGraph(), weights: w, config: c, graphOptions: o}
	switch {
	case c.ModelType != "bert" && !c.roberta():
		return nil, fmt.Errorf("%w: config.json says %q", errNotBuildable, c.ModelType)
	case c.Activation != "gelu":
		return nil, fmt.Errorf("%w: its activation is %q, not gelu", errNotBuildable, c.Activation)
	case c.PositionKind != "" && c.PositionKind != "absolute":
		return nil, fmt.Errorf("%w: its positions are %q, not absolute", errNotBuildable, c.PositionKind)
	case c.Hidden < 1 || c.Layers < 1 || c.Heads < 1 || c.Hidden%c.Heads != 0:
		return nil, fmt.Errorf("%w: %d dimensions, %d layers, %d heads", errNotBuildable, c.Hidden, c.Layers, c.Heads)
	}
	const word = "embeddings.word_embeddings.weight"
	for _, prefix := range []string{"bert.", "roberta.", ""} {
		if _, ok := w.tensors[prefix+word]; ok {
			b.prefix = prefix
			return b, nil
		}
	}
	return nil, fmt.Errorf("%w: %s has no tensor %s", errNotBuildable, w.path, word)
}

// classifierGraph builds a cross-encoder: token ids [pairs, tokens] to logits
// [pairs, labels].
func classifierGraph(w *weights, c modelConfig, o graphOptions) (model []byte, inputs []string, labels int64, err error) {
	b, err := newBERT(w, c, o)
	if err != nil {
		return nil, nil, 0, err
	}
	// BERT has a pooler below its classifier. RoBERTa's classifier has two
	// layers.
	dense, out := b.prefix+"pooler.dense", "classifier"
	if c.roberta() {
		dense, out = "classifier.dense", "classifier.out_proj"
	}
	h := int64(c.Hidden)
	last, err := w.get(out+".weight", -1, h)
	if err != nil {
		return nil, nil, 0, fmt.Errorf("%w: %w", errNotBuildable, err)
	}
	if labels = last.shape[0]; labels < 1 || labels > 2 {
		return nil, nil, 0, fmt.Errorf("the weights %s have %d labels, where a cross-encoder has one, or two: irrelevant and relevant", w.path, labels)
	}
	inputs = b.declare()
	first := b.encode(true)
	pooled := b.add("Tanh", "", []string{b.floatProduct(dense, first, h, h, withBias)})
	logits := b.floatProduct(out, pooled, labels, h, withBias)
	b.addTo("logits", "Cast", "", []string{logits}, attribute{"to", int64(float32Kind)}) // nothing to do in float32
	b.output("logits", float32Kind, -1, labels)
	if b.err != nil {
		return nil, nil, 0, fmt.Errorf("%w: %w", errNotBuildable, b.err)
	}
	return b.model(), inputs, labels, nil
}

// vectorsOutput is the name of tokenGraph's output.
const vectorsOutput = "vectors"

// tokenGraph builds an encoder: token ids [texts, tokens] to vectors [texts,
// tokens, dimensions]. The vectors of late-interaction models go through a
// projection; nil means that the model has none.
func tokenGraph(w, projection *weights, c modelConfig, o graphOptions) (model []byte, inputs []string, err error) {
	b, err := newBERT(w, c, o)
	if err != nil {
		return nil, nil, err
	}
	width := int64(c.Hidden)
	project := func(rows string) string { return rows }
	if projection != nil {
		const linear = "linear.weight"
		t, err := projection.get(linear, -1, width)
		if err != nil {
			return nil, nil, fmt.Errorf("it has no projection, as models of late interaction have: %w", err)
		}
		numbers, err := projection.read(t)
		if err != nil {
			return nil, nil, err
		}
		width = t.shape[0]
		project = func(rows string) string {
			weight := b.as(b.kind(), b.floats(linear, numbers, t.shape...), float32Kind)
			return b.add("Gemm", "", []string{rows, weight}, attribute{"transB", int64(1)})
		}
	}
	inputs = b.declare()
	rows := project(b.encode(false))
	texts := b.add("Shape", "", []string{inputIDs})
	shape := b.add("Concat", "", []string{texts, b.integers("dimensions", width)}, attribute{"axis", int64(0)})
	b.addTo(vectorsOutput, "Reshape", "", []string{b.as(float32Kind, rows, b.kind()), shape})
	b.output(vectorsOutput, float32Kind, -1, -1, width)
	if b.err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errNotBuildable, b.err)
	}
	return b.model(), inputs, nil
}

// declare declares the inputs, each [texts, tokens].
func (b *bertGraph) declare() []string {
	names := []string{inputIDs, positionIDs}
	if b.config.TypeVocabulary > 1 {
		names = append(names, tokenTypeIDs)
	}
	if b.masked {
		names = append(names, attentionMask)
		b.mask = b.add("Cast", "", []string{attentionMask}, attribute{"to", int64(int32Kind)})
	}
	for _, name := range names {
		b.input(name, int64Kind, -1, -1)
	}
	texts := b.add("Shape", "", []string{inputIDs})
	b.shape = b.add("Concat", "", []string{texts, b.integers("hidden", int64(b.config.Hidden))}, attribute{"axis", int64(0)})
	return names
}

// encode builds the encoder and returns the vectors of all tokens [texts *
// tokens, hidden], or of the first token of each text [texts, hidden].
func (b *bertGraph) encode(firstOnly bool) string {
	x := b.embed()
	for i := range b.config.Layers {
		x = b.layer(x, fmt.Sprintf("%sencoder.layer.%d.", b.prefix, i), firstOnly && i == b.config.Layers-1)
	}
	return x
}

func (b *bertGraph) embed() string {
	h := int64(b.config.Hidden)
	look := func(name, ids string) string {
		t := b.tensor("embeddings."+name+"_embeddings.weight", -1, h)
		// Look up before converting, because a vocabulary is large.
		return b.as(b.kind(), b.add("Gather", "", []string{b.stored(b.weights, t.name, t.tensor), ids}), t.kind)
	}
	x := b.add("Add", "", []string{look("word", inputIDs), look("position", positionIDs)})
	types := tokenTypeIDs
	if b.config.TypeVocabulary <= 1 {
		types = b.integers("no types", 0)
	}
	x = b.add("Add", "", []string{x, look("token_type", types)})
	return b.reshape(b.normalised(x, b.prefix+"embeddings.LayerNorm"), "rows", -1, h)
}

// layer builds one layer of the encoder over rows x. In the last layer, only
// the first row may be needed.
func (b *bertGraph) layer(x, name string, firstOnly bool) string {
	h, inner := int64(b.config.Hidden), int64(b.config.Intermediate)
	asked, sequence, product := x, b.sequence, b.product
	if firstOnly {
		asked = b.reshape(b.add("Gather", "", []string{b.sequence(x), b.integers("first", 0)}, attribute{"axis", int64(1)}), "rows", -1, h)
		sequence = func(rows string) string { return b.reshape(rows, "one row", -1, 1, h) }
		// Rounding one row would save nothing and cost exactness.
		product = b.floatProduct
	}
	inputs := []string{
		sequence(product(name+"attention.self.query", asked, h, h, withBias)),
		b.sequence(b.product(name+"attention.self.key", x, h, h, withBias)),
		b.sequence(b.product(name+"attention.self.value", x, h, h, withBias)),
	}
	if b.mask != "" {
		inputs = append(inputs, "", b.mask)
	}
	attended := b.add("MultiHeadAttention", microsoft, inputs, attribute{"num_heads", int64(b.config.Heads)})
	attended = product(name+"attention.output.dense", b.reshape(attended, "rows", -1, h), h, h, withBias)
	asked = b.joined(attended, asked, name+"attention.output.LayerNorm")

	wide := product(name+"intermediate.dense", asked, inner, h, withoutBias)
	wide = b.add("BiasGelu", microsoft, []string{wide, b.float(name+"intermediate.dense.bias", inner)})
	return b.joined(product(name+"output.dense", wide, h, inner, withBias), asked, name+"output.LayerNorm")
}

// joined returns the normalised sum of a layer's part and its input. It uses
// two operators, because ONNX Runtime's single operator for both takes three
// times as long on a CPU.
func (b *bertGraph) joined(x, skip, norm string) string {
	return b.normalised(b.add("Add", "", []string{x, skip}), norm)
}

func (b *bertGraph) normalised(x, norm string) string {
	return b.add("LayerNormalization", "", append([]string{x}, b.norm(norm)...), attribute{"axis", int64(-1)},
		attribute{"epsilon", float32(b.config.Epsilon)})
}

func (b *bertGraph) norm(name string) []string {
	h := int64(b.config.Hidden)
	return []string{b.float(name+".weight", h), b.float(name+".bias", h)}
}

// sequence reshapes rows to [texts, tokens, hidden].
func (b *bertGraph) sequence(rows string) string {
	return b.add("Reshape", "", []string{rows, b.shape})
}

func (b *bertGraph) reshape(x, name string, shape ...int64) string {
	return b.add("Reshape", "", []string{x, b.integers(name, shape...)})
}

// Whether a product adds its bias or leaves that to the next operator.
const (
	withBias    = true
	withoutBias = false
)

// product multiplies rows by a weight [out, in] in the selected precision.
func (b *bertGraph) product(name, x string, out, in int64, bias bool) string {
	if b.int8 {
		return b.int8Product(name, x, out, in, bias)
	}
	return b.floatProduct(name, x, out, in, bias)
}

func (b *bertGraph) floatProduct(name, x string, out, in int64, bias bool) string {
	inputs := []string{x, b.float(name+".weight", out, in)}
	if bias {
		inputs = append(inputs, b.float(name+".bias", out))
	}
	return b.add("Gemm", "", inputs, attribute{"transB", int64(1)})
}

// namedTensor is a tensor with its name.
type namedTensor struct {
	tensor
	name string
}

// tensor looks up a tensor. Names of the encoder's embeddings get the prefix;
// other names have it already.
func (b *bertGraph) tensor(name string, shape ...int64) namedTensor {
	if strings.HasPrefix(name, "embeddings.") {
		name = b.prefix + name
	}
	t, err := b.weights.get(name, shape...)
	if err != nil && b.err == nil {
		b.err = err
	}
	return namedTensor{t, name}
}

// float returns a tensor in the precision that the graph calculates in.
func (b *bertGraph) float(name string, shape ...int64) string {
	t := b.tensor(name, shape...)
	return b.as(b.kind(), b.stored(b.weights, name, t.tensor), t.kind)
}

// kind returns the precision that the graph calculates in.
func (b *bertGraph) kind() elementKind {
	if b.half {
		return float16Kind
	}
	return float32Kind
}

// as converts numbers of one kind to another. For weights, ONNX Runtime does
// this once, when it loads them.
func (b *bertGraph) as(kind elementKind, x string, from elementKind) string {
	if kind == from {
		return x
	}
	return b.add("Cast", "", []string{x}, attribute{"to", int64(kind)})
}
