package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent"
	"selfrag/ollama"
	"selfrag/openai"
)

// languageModel is what the commands need of one.
type languageModel interface {
	llms.Model
	agent.TokenProber
	Model() string   // its name, as the server knows it
	Address() string // of the server
	HasModel(ctx context.Context, name string) (bool, error)
	Close()
}

// openAIModels begins the names of models of an OpenAI-compatible server.
// Other names are Ollama's.
const openAIModels = "openai/"

// dialModel makes the client of a model by name, without contacting its
// server. The name may be empty for one that Ollama has.
func (a *app) dialModel(name string) (languageModel, error) {
	return a.dialModelFor(ollama.Config{Model: name})
}

// dialModelFor is dialModel with more of a configuration than a name, which holds
// where the model is Ollama's.
func (a *app) dialModelFor(cfg ollama.Config) (languageModel, error) {
	name := cfg.Model
	model, compatible := strings.CutPrefix(name, openAIModels)
	if !compatible {
		return a.openOllama(cfg)
	}
	if model == "" {
		return nil, usageError{errors.New("model openai/: name the model after the slash, as the server does")}
	}
	var extra map[string]any
	if text := a.settings.OpenAIExtra; text != "" {
		if err := json.Unmarshal([]byte(text), &extra); err != nil {
			return nil, usageError{fmt.Errorf("openai_extra %q is no JSON object: %w", text, err)}
		}
	}
	client, err := openai.New(openai.Config{
		Extra: extra,
		Model: model, Address: cmp.Or(a.settings.OpenAIAddress, a.getenv("OPENAI_BASE_URL")), Key: a.getenv("OPENAI_API_KEY"),
	})
	if err != nil {
		return nil, usageError{fmt.Errorf("model %s: %w", name, err)}
	}
	return client, nil
}

// missingModel says that the server of a model does not have it.
func missingModel(client languageModel) error {
	if _, ok := client.(*ollama.Client); ok {
		return &ollama.ModelMissingError{Model: client.Model()}
	}
	return &openai.ModelMissingError{Model: client.Model(), Address: client.Address()}
}

// roomyModel is the size on disk, in bytes, above which a model is not chosen
// unasked: more would not fit the memory of a common machine beside the rest.
const roomyModel = 6_000_000_000

// defaultModel is the model in Ollama to use when the user names none.
func defaultModel(ctx context.Context, client *ollama.Client) (string, error) {
	models, err := client.Models(ctx)
	if err != nil {
		return "", err
	}
	if name := chooseModel(models); name != "" {
		return name, nil
	}
	return "", unreachableError{fmt.Errorf("Ollama at %s has no language model; get one with `ollama pull qwen2.5:1.5b`", client.Address())}
}

// chooseModel takes the largest model that generates and is not roomy: of
// models that a machine can run, the larger grades and writes better. Where
// all are roomy it takes the smallest. It is empty where none generates.
func chooseModel(models []ollama.ModelInfo) string {
	var best ollama.ModelInfo
	for _, m := range models {
		if embedsOnly(m) {
			continue
		}
		fits, bestFits := m.Size <= roomyModel, best.Size <= roomyModel
		switch {
		case best.Name == "",
			fits && !bestFits,
			fits && bestFits && m.Size > best.Size,
			!fits && !bestFits && m.Size < best.Size:
			best = m
		}
	}
	return best.Name
}

// embedsOnly tells embedding models by architecture, and by name where an
// embedder is built on a generator's architecture.
func embedsOnly(m ollama.ModelInfo) bool {
	if strings.Contains(m.Family, "bert") {
		return true
	}
	for _, part := range []string{"embed", "bge-", "minilm"} {
		if strings.Contains(m.Name, part) {
			return true
		}
	}
	return false
}
