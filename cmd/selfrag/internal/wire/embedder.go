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

// Embedder turns passages and queries into vectors. Its spec describes the
// model that it uses.
type Embedder interface {
	EmbedDocuments(ctx context.Context, texts []string) ([][]float32, error)
	EmbedQuery(ctx context.Context, text string) ([]float32, error)
	Spec() retrieval.EmbedderSpec
}

// defaultOllamaEmbedder is the default embedder of a program built without
// ONNX.
const defaultOllamaEmbedder = "ollama/mxbai-embed-large"

// Embedder returns the shared embedder with the given name. record is the spec
// that is stored with an existing collection, and nil for a new collection. If
// there is a record, the embedder uses the prompts and the pooling in it. The
// returned Embedder is nil for the name "none".
func (p *Parts) Embedder(ctx context.Context, name string, record *retrieval.EmbedderSpec) (Embedder, error) {
	if name == config.NoEmbedder {
		return nil, nil //nolint:nilnil // there is no embedder
	}
	e, err := p.shared.embedders.take(ctx, p.embedderKey(name, record), func(ctx context.Context) (Embedder, []func(), error) {
		e, closer, err := p.openEmbedder(ctx, name, record)
		if err != nil {
			return nil, nil, err
		}
		return e, []func(){closer}, nil
	})
	if err == nil && record == nil {
		// A search of a collection that this embedder made will request the
		// embedder with the spec that is stored with the collection. Share the
		// embedder under that key, too.
		spec := e.Spec()
		p.shared.embedders.also(p.embedderKey(spec.Model, &spec), e)
	}
	return e, err
}

// embedderKey returns the key under which an embedder is shared. It contains
// everything that the embedder depends on.
func (p *Parts) embedderKey(name string, record *retrieval.EmbedderSpec) string {
	return keyOf(name, record, p.Settings.OllamaAddress, p.Settings.OpenAIAddress, p.Settings.Device)
}

// openEmbedder opens an embedder by name. The name must not be "none".
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
		e, err := embed.NewONNX(embed.ONNXConfig{Model: n.Model, Dimensions: n.Dimensions, Profile: profile, Device: p.device()})
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

// NewEmbedder returns the name of the embedder that the settings choose for a
// new collection.
func (p *Parts) NewEmbedder() string {
	if p.Settings.Embedder == "auto" {
		return DefaultEmbedder()
	}
	return p.Settings.Embedder
}

// DefaultEmbedder returns the name of the embedder that "auto" means for a new
// collection. It is a local ONNX model if the program was built with ONNX
// Runtime, and a model in Ollama otherwise.
func DefaultEmbedder() string {
	if !onnx.Built {
		return defaultOllamaEmbedder
	}
	return "onnx/" + embed.DefaultONNXModel
}

// EmbedderFor returns the name of the embedder to search a collection with,
// which is the embedder that made the collection. It returns an error if the
// settings name another one.
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
