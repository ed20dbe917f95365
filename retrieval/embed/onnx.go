package embed

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/tmc/langchaingo/embeddings"
	"golang.org/x/sync/errgroup"

	"selfrag/internal/onnx"
	"selfrag/internal/vec"
	"selfrag/retrieval"
)

var _ embeddings.Embedder = (*ONNX)(nil)

// DefaultONNXModel is the model that NewONNX runs by default. It reads 100
// languages (Wang et al., "Multilingual E5 Text Embeddings", arXiv 2402.05672).
// Its weights are rounded: in float32 it takes 1.5 times as long and finds no
// more, see docs/development/results.md.
const DefaultONNXModel = e5Small + int8Suffix

// e5Small is the name of the model's folder.
const e5Small = "multilingual-e5-small"

// int8Suffix at the end of a model's name asks for 7-bit weights.
const int8Suffix = "#int8"

// MissingError reports that a real part (ONNX Runtime, a model, a tokenizer) is
// missing, and how to get it.
type MissingError = onnx.MissingError

// DeviceConfig selects the device that a local model runs on.
type DeviceConfig = onnx.DeviceConfig

// ONNXConfig chooses the local model. Its zero value works after
// `selfrag setup onnxruntime multilingual-e5-small`.
type ONNXConfig struct {
	// Model names the embedder of a collection, the folder and the profile. A
	// name that starts with "/" or "." is the path of a folder. The suffix
	// "#int8" rounds the weights to 7 bits: this is about twice as fast, and
	// the cosine between a vector with and without it is at least 0.99.
	// DefaultONNXModel.
	Model string
	// Dir is the folder of model.safetensors (or model.onnx, or
	// onnx/model.onnx) and tokenizer.json. The other files that
	// sentence-transformers publishes, which say how to use the model, are read
	// from it too. models/Model in the cache, see `selfrag setup`.
	Dir string

	// Library is the path of ONNX Runtime's shared library. If it is empty,
	// SELFRAG_ONNXRUNTIME names it, or else the one in the cache is used, or
	// else the system's.
	Library string

	// Device is a GPU if one works, and the CPU otherwise. On a GPU a model with
	// the suffix "#int8" calculates in float16.
	Device DeviceConfig

	// Dimensions keeps only the first values of each vector, for models trained
	// for that; see OllamaConfig. 0: all.
	Dimensions int

	// Profile describes how to use the model. nil: ProfileOf(Model), overridden
	// by the files of the folder.
	Profile *Profile
}

// ONNX embeds with a local model: on the CPU one text per core at a time, on a
// GPU in batches of the texts of all callers. It is safe for concurrent use.
// Close it after use.
type ONNX struct {
	encoder *onnx.Encoder
	dir     string
	profile Profile
	spec    retrieval.EmbedderSpec
}

// NewONNX loads the model. It returns a *MissingError if a part is missing. If
// the program was built without the tag onnx, the error says so.
func NewONNX(cfg ONNXConfig) (*ONNX, error) {
	if cfg.Model == "" {
		cfg.Model = DefaultONNXModel
	}
	if cfg.Dimensions < 0 {
		return nil, fmt.Errorf("load embedder %s: a vector cannot have %d dimensions", cfg.Model, cfg.Dimensions)
	}
	remedy := remedyFor(cfg.Model)
	name, err := Name{Provider: "onnx", Model: cfg.Model, Dimensions: cfg.Dimensions}.Canonical()
	folder, int8 := strings.CutSuffix(name.Model, int8Suffix)
	switch {
	case err != nil || cfg.Dir != "":
	case name.isPath():
		cfg.Dir = folder
	default:
		cfg.Dir, err = onnx.ModelDir(folder)
	}
	if err != nil {
		return nil, fmt.Errorf("load embedder %s: %w", cfg.Model, err)
	}
	profile := profileFor(filepath.ToSlash(cfg.Model), cfg.Profile)
	if cfg.Profile == nil {
		if profile, err = readFolder(cfg.Dir, profile); err != nil {
			return nil, fmt.Errorf("load embedder %s: %w", cfg.Model, err)
		}
	}
	profile = profile.withDefaults()
	encoder, err := onnx.NewEncoder(onnx.EncoderConfig{
		Dir: cfg.Dir, Library: cfg.Library, MaxTokens: profile.MaxTokens, Windows: profile.Windows, Int8: int8,
		DeviceConfig: cfg.Device, Remedy: remedy,
	})
	if err != nil {
		return nil, fmt.Errorf("load embedder %s: %w", cfg.Model, err)
	}
	if n := encoder.Dimensions(); n < cfg.Dimensions {
		err := fmt.Errorf("load embedder %s: it has %d dimensions, fewer than the %d asked for", cfg.Model, n, cfg.Dimensions)
		return nil, errors.Join(err, encoder.Close())
	}
	return &ONNX{encoder, cfg.Dir, profile, retrieval.EmbedderSpec{
		Model:         name.String(),
		Dimensions:    cmp.Or(cfg.Dimensions, encoder.Dimensions()),
		Metric:        "cosine",
		Languages:     profile.Languages,
		Pooling:       string(profile.Pooling),
		Normalised:    true,
		QueryPrompt:   profile.QueryPrompt,
		PassagePrompt: profile.PassagePrompt,
		MaxTokens:     profile.MaxTokens,
	}}, nil
}

// Dir returns the folder that the model was read from.
func (o *ONNX) Dir() string { return o.dir }

// Parallel returns the number of texts that are worth embedding at a time.
func (o *ONNX) Parallel() int { return o.encoder.Parallel() }

// Spec returns the embedder's identity.
func (o *ONNX) Spec() retrieval.EmbedderSpec { return o.spec }

// EmbedDocuments returns one vector of unit length per text, in the order of
// the texts. After the context ends, it returns within the time of one text.
func (o *ONNX) EmbedDocuments(ctx context.Context, texts []string) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(o.Parallel())
	for i, text := range texts {
		g.Go(func() error {
			v, err := o.embed(gctx, o.profile.PassagePrompt+text)
			if err != nil {
				return fmt.Errorf("embed text %d of %d: %w", i+1, len(texts), err)
			}
			vectors[i] = v
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return vectors, nil
}

// EmbedQuery returns the vector of the query, with unit length.
func (o *ONNX) EmbedQuery(ctx context.Context, text string) ([]float32, error) {
	v, err := o.embed(ctx, o.profile.QueryPrompt+text)
	if err != nil {
		return nil, fmt.Errorf("embed a query: %w", err)
	}
	return v, nil
}

func (o *ONNX) embed(ctx context.Context, text string) ([]float32, error) {
	enc, err := o.encoder.Encode(ctx, text)
	if err != nil {
		return nil, err
	}
	if n := o.spec.Dimensions; n < len(enc.Vectors[0]) {
		for i, v := range enc.Vectors {
			enc.Vectors[i] = v[:n]
		}
	}
	return pool(enc.Vectors, o.profile.Pooling), nil
}

// Tokens returns the tokens of a passage with their vectors, for comparing
// texts token by token (rerank/late). The vectors have unit length. It leaves
// out [CLS] and [SEP], because they match each other in any two texts: nDCG@10
// on NovelEval with all-MiniLM-L6-v2 is 0.761 without them and 0.753 with them.
// The model reads the passage prompt first; the tokens of the prompt are left
// out, too.
func (o *ONNX) Tokens(ctx context.Context, text string) (retrieval.Tokens, error) {
	return o.tokens(ctx, o.profile.PassagePrompt, text)
}

// QueryTokens is like Tokens for a query, with the query prompt.
func (o *ONNX) QueryTokens(ctx context.Context, text string) (retrieval.Tokens, error) {
	return o.tokens(ctx, o.profile.QueryPrompt, text)
}

func (o *ONNX) tokens(ctx context.Context, prompt, text string) (retrieval.Tokens, error) {
	enc, err := o.encoder.Encode(ctx, prompt+text)
	if err != nil {
		return retrieval.Tokens{}, fmt.Errorf("encode a text token by token: %w", err)
	}
	var out retrieval.Tokens
	for i, v := range enc.Vectors {
		start, end := enc.Spans[i][0]-len(prompt), enc.Spans[i][1]-len(prompt)
		if enc.Special[i] || end <= 0 {
			continue
		}
		out.Vectors = append(out.Vectors, vec.Unit(v))
		out.Spans = append(out.Spans, [2]int{max(start, 0), min(end, len(text))})
		if enc.Rarity != nil {
			out.Rarity = append(out.Rarity, enc.Rarity[i])
		}
	}
	return out, nil
}

// remedyFor says what to do about a missing model.
func remedyFor(model string) string {
	name := strings.TrimSuffix(model, int8Suffix)
	switch name {
	case e5Small, "all-minilm-l6-v2":
		return "run `selfrag setup " + name + "`"
	}
	return ""
}

// Close frees the model. The embedder cannot be used after that.
func (o *ONNX) Close() error { return o.encoder.Close() }
