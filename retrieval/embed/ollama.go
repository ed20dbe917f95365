package embed

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tmc/langchaingo/embeddings"

	"selfrag/internal/vec"
	"selfrag/retrieval"
)

var _ embeddings.Embedder = (*Ollama)(nil)

// OllamaClient is what the Ollama embedder needs of a client of Ollama: one
// vector a text, in their order.
type OllamaClient interface {
	Embed(ctx context.Context, model string, texts []string) ([][]float32, error)
}

// OllamaConfig chooses the model of an Ollama server.
type OllamaConfig struct {
	Model string // as Ollama names it, such as "mxbai-embed-large"; required

	// Batch is how many texts go into one request: more save round trips,
	// fewer notice the end of the context sooner. 32.
	Batch int

	// Profile is how the model is used; nil: ProfileOf(Model). Pooling and
	// MaxTokens are the server's.
	Profile *Profile
}

// Ollama embeds by an Ollama server. It is safe for concurrent use when its
// client is.
type Ollama struct {
	client  OllamaClient
	cfg     OllamaConfig
	profile Profile
	spec    retrieval.EmbedderSpec
}

// NewOllama returns an embedder after embedding one word, which tells how many
// dimensions the model has and that the server has the model.
func NewOllama(ctx context.Context, client OllamaClient, cfg OllamaConfig) (*Ollama, error) {
	if cfg.Model == "" {
		return nil, fmt.Errorf("embed by Ollama: no model is given")
	}
	if cfg.Batch <= 0 {
		cfg.Batch = 32
	}
	profile, _ := ProfileOf(cfg.Model)
	if cfg.Profile != nil {
		profile = *cfg.Profile
	}
	o := &Ollama{client: client, cfg: cfg, profile: profile}
	probe, err := o.embed(ctx, []string{"dimensions"})
	if err != nil {
		return nil, fmt.Errorf("try the embedder: %w", err)
	}
	o.spec = retrieval.EmbedderSpec{
		// To Ollama a name without a tag means its tag latest.
		Model:      "ollama/" + strings.TrimSuffix(cfg.Model, ":latest"),
		Dimensions: len(probe[0]),
		Metric:     "cosine",
		Languages:  profile.Languages,
	}
	return o, nil
}

// Spec identifies the embedder.
func (o *Ollama) Spec() retrieval.EmbedderSpec { return o.spec }

// EmbedDocuments returns one vector of unit length a text, in their order.
func (o *Ollama) EmbedDocuments(ctx context.Context, texts []string) ([][]float32, error) {
	vectors := make([][]float32, 0, len(texts))
	for batch := range slices.Chunk(texts, o.cfg.Batch) {
		prompted := make([]string, len(batch))
		for i, text := range batch {
			prompted[i] = o.profile.PassagePrompt + text
		}
		got, err := o.embed(ctx, prompted)
		if err != nil {
			return nil, fmt.Errorf("embed texts %d to %d of %d: %w",
				len(vectors)+1, len(vectors)+len(batch), len(texts), err)
		}
		vectors = append(vectors, got...)
	}
	return vectors, nil
}

// EmbedQuery returns the query's vector, of unit length.
func (o *Ollama) EmbedQuery(ctx context.Context, text string) ([]float32, error) {
	got, err := o.embed(ctx, []string{o.profile.QueryPrompt + text})
	if err != nil {
		return nil, fmt.Errorf("embed a query: %w", err)
	}
	return got[0], nil
}

// embed makes one request and holds the answer to its contract: what is wrong
// here would be stored and found by nobody later.
func (o *Ollama) embed(ctx context.Context, texts []string) ([][]float32, error) {
	// A client may return nothing and no error when it is cancelled.
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	got, err := o.client.Embed(ctx, o.cfg.Model, texts)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(got) != len(texts) {
		return nil, fmt.Errorf("the model %s gave %d vectors for %d texts", o.cfg.Model, len(got), len(texts))
	}
	for i, v := range got {
		if len(v) == 0 || (o.spec.Dimensions > 0 && len(v) != o.spec.Dimensions) {
			return nil, fmt.Errorf("the model %s gave a vector of %d dimensions where %d were expected",
				o.cfg.Model, len(v), o.spec.Dimensions)
		}
		got[i] = vec.Unit(v)
	}
	return got, nil
}
