package wire

import (
	"context"
	"errors"
	"fmt"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/fault"
	"selfrag/internal/onnx"
	"selfrag/ollama"
	"selfrag/retrieval"
	"selfrag/retrieval/embed"
)

// Embedder is what commands need of one.
type Embedder interface {
	EmbedDocuments(ctx context.Context, texts []string) ([][]float32, error)
	EmbedQuery(ctx context.Context, text string) ([]float32, error)
	Spec() retrieval.EmbedderSpec
}

// defaultOllamaEmbedder is the embedder of a program built without ONNX.
const defaultOllamaEmbedder = "ollama/mxbai-embed-large"

// Embedder is the shared embedder of a name. record is that of the collection it
// made, whose prompts and pooling it keeps; nil for a new collection. The
// embedder is nil for "none".
func (p *Parts) Embedder(ctx context.Context, name string, record *retrieval.EmbedderSpec) (Embedder, error) {
	if name == config.NoEmbedder {
		return nil, nil //nolint:nilnil // it is none
	}
	e, err := p.shared.embedders.take(ctx, p.embedderKey(name, record), func(ctx context.Context) (Embedder, []func(), error) {
		e, closer, err := p.openEmbedder(ctx, name, record)
		if err != nil {
			return nil, nil, err
		}
		return e, []func(){closer}, nil
	})
	if err == nil && record == nil {
		// Collections that it makes are searched with it.
		spec := e.Spec()
		p.shared.embedders.also(p.embedderKey(spec.Model, &spec), e)
	}
	return e, err
}

// embedderKey is what an embedder depends on.
func (p *Parts) embedderKey(name string, record *retrieval.EmbedderSpec) string {
	return keyOf(name, record, p.Settings.OllamaAddress, p.Settings.OpenAIAddress)
}

// openEmbedder makes an embedder by name, which is not "none".
func (p *Parts) openEmbedder(ctx context.Context, name string, record *retrieval.EmbedderSpec) (Embedder, func(), error) {
	n, err := embed.ParseName(name)
	if err != nil {
		return nil, nil, fault.Usagef("unknown embedder %q: use onnx/MODEL, ollama/MODEL, openai/MODEL or none: %w", name, err)
	}
	var profile *embed.Profile
	if record != nil {
		profile = embed.Recorded(*record)
	}
	fail := func(err error) (Embedder, func(), error) {
		return nil, nil, fmt.Errorf("start embedder %s: %w", name, err)
	}
	switch n.Provider {
	case "onnx":
		e, err := embed.NewONNX(embed.ONNXConfig{Model: n.Model, Dimensions: n.Dimensions, Profile: profile})
		if err != nil {
			return fail(err)
		}
		kept, err := keeping(e)
		if err != nil {
			return fail(errors.Join(err, e.Close()))
		}
		return kept, func() { _ = e.Close() }, nil
	case "ollama":
		client, err := p.Ollama(ollama.Config{EmbedModel: n.Model})
		if err != nil {
			return nil, nil, err
		}
		e, err := embed.NewOllama(ctx, client, embed.OllamaConfig{Model: n.Model, Dimensions: n.Dimensions, Profile: profile})
		if err != nil {
			client.Close()
			return fail(err)
		}
		return e, client.Close, nil
	case "openai":
		address, key := p.openAIServer()
		e, err := embed.NewOpenAI(ctx, embed.OpenAIConfig{
			Model: n.Model, Dimensions: n.Dimensions, Address: address, Key: key, Profile: profile,
		})
		if err != nil {
			return fail(err)
		}
		return e, e.Close, nil
	}
	return nil, nil, fault.Usagef("unknown embedder %q: use onnx/MODEL, ollama/MODEL, openai/MODEL or none", name)
}

// NewEmbedder is the name of the embedder that the settings want for a new
// collection.
func (p *Parts) NewEmbedder() string {
	if p.Settings.Embedder == "auto" {
		return DefaultEmbedder()
	}
	return p.Settings.Embedder
}

// DefaultEmbedder is the one that "auto" means for a new collection: local
// ONNX where the program was built with it.
func DefaultEmbedder() string {
	if !onnx.Built {
		return defaultOllamaEmbedder
	}
	return "onnx/" + embed.DefaultONNXModel
}

// EmbedderFor is the embedder to search a collection with: the one that made
// it, unless the user asks for another, which is refused.
func (p *Parts) EmbedderFor(name string, spec retrieval.EmbedderSpec) (string, error) {
	asked := p.Settings.Embedder
	if parsed, err := embed.ParseName(asked); err == nil {
		if parsed, err = parsed.Canonical(); err != nil {
			return "", err
		}
		asked = parsed.String()
	}
	if asked != "auto" && asked != spec.Model {
		return "", &retrieval.EmbedderMismatchError{
			Collection: name, Have: spec, Want: retrieval.EmbedderSpec{Model: asked},
		}
	}
	return spec.Model, nil
}
