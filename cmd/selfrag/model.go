package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/url"
	"strings"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent"
	"selfrag/fault"
	"selfrag/internal/machine"
	"selfrag/internal/models"
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
		return nil, fault.Usage(errors.New("model openai/: name the model after the slash, as the server does"))
	}
	var extra map[string]any
	if text := a.settings.OpenAIExtra; text != "" {
		if err := json.Unmarshal([]byte(text), &extra); err != nil {
			return nil, fault.Usagef("openai_extra %q is no JSON object: %w", text, err)
		}
	}
	client, err := openai.New(openai.Config{
		Extra: extra,
		Model: model, Address: cmp.Or(a.settings.OpenAIAddress, a.getenv("OPENAI_BASE_URL")), Key: a.getenv("OPENAI_API_KEY"),
	})
	if err != nil {
		return nil, fault.Usagef("model %s: %w", name, err)
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

// besidesModel is the memory, in bytes, that the cache of a model, the embedder
// and the rest of the machine take beside it. Not measured.
const besidesModel = 2_000_000_000

// capableModel is the number of parameters, in billions, from which a model that
// docs/models.md chose goes before larger ones that nobody looked at.
const capableModel = 2

// defaultModel is the model in Ollama to use when the user names none.
func defaultModel(ctx context.Context, client *ollama.Client) (string, error) {
	list, err := client.Models(ctx)
	if err != nil {
		return "", err
	}
	memory := int64(0) // another machine's is not known
	if onThisMachine(client.Address()) {
		memory = machine.Memory()
	}
	if name := chooseModel(list, memory); name != "" {
		return name, nil
	}
	return "", fault.Unreachablef("Ollama at %s has no language model; `selfrag init` proposes one for this machine and fetches it", client.Address())
}

// onThisMachine reports whether a server's address is this machine's own.
func onThisMachine(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// chooseModel takes the best of the known models of some size, else the largest
// that generates: of models that a machine can run, the larger grades and writes
// better. Those that are roomy, or too large for the memory (in bytes; 0: not
// known), are passed over; where all are, it takes the smallest. It is empty
// where none generates.
func chooseModel(list []ollama.ModelInfo, memory int64) string {
	fits := func(m ollama.ModelInfo) bool {
		return m.Size <= roomyModel && (memory == 0 || m.Size+besidesModel <= memory)
	}
	var generating []ollama.ModelInfo
	for _, m := range list {
		if !embedsOnly(m) {
			generating = append(generating, m)
		}
	}
	for _, known := range models.LanguageModels() {
		for _, m := range generating {
			if known.Parameters >= capableModel && strings.EqualFold(m.Name, known.Name) && fits(m) {
				return m.Name
			}
		}
	}
	var best ollama.ModelInfo
	for _, m := range generating {
		switch {
		case best.Name == "",
			fits(m) && !fits(best),
			fits(m) && fits(best) && m.Size > best.Size,
			!fits(m) && !fits(best) && m.Size < best.Size:
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
