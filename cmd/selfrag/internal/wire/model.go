package wire

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent"
	"selfrag/fault"
	"selfrag/internal/machine"
	"selfrag/internal/models"
	"selfrag/ollama"
	"selfrag/openai"
)

// LanguageModel is what commands need of one.
type LanguageModel interface {
	llms.Model
	agent.TokenProber
	Model() string   // its name, as the server knows it
	Address() string // of the server
	HasModel(ctx context.Context, name string) (bool, error)
	Close()
}

// OpenAIModels begins the names of models of an OpenAI-compatible server.
// Other names are Ollama's.
const OpenAIModels = "openai/"

// Model is the shared client of the settings' language model. It is checked that
// the model is there, so that a missing one is told before any work is done.
func (p *Parts) Model(ctx context.Context) (LanguageModel, error) {
	s := p.Settings
	key := keyOf(s.Model, s.OllamaAddress, s.OpenAIAddress, s.OpenAIExtra, s.ContextTokens)
	limit := p.timeLeft()
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	model, err := p.shared.models.take(limited, key, func(ctx context.Context) (LanguageModel, []func(), error) {
		name, err := p.modelName(ctx)
		if err != nil {
			return nil, nil, err
		}
		model, err := p.dial(ollama.Config{Model: name})
		if err != nil {
			return nil, nil, err
		}
		return model, []func(){model.Close}, nil
	})
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		return nil, fault.Unreachablef("the server of the language model %s did not answer within %s (--timeout): look whether it works", s.Model, limit.Round(time.Millisecond))
	}
	if err == nil && s.Model == "" {
		p.shared.models.also(keyOf(model.Model(), s.OllamaAddress, s.OpenAIAddress, s.OpenAIExtra, s.ContextTokens), model)
	}
	return model, err
}

// timeLeft is how long a question may take that is asked now.
func (p *Parts) timeLeft() time.Duration {
	if p.Until.IsZero() {
		return p.Settings.Timeout
	}
	return max(time.Until(p.Until), time.Millisecond)
}

// ModelName is the name by which the settings' language model, or the one that is
// chosen where they name none, is set.
func (p *Parts) ModelName(ctx context.Context) (string, error) {
	model, err := p.Model(ctx)
	if err != nil {
		return "", err
	}
	return cmp.Or(p.Settings.Model, model.Model()), nil
}

// modelName is the language model of the settings, or else the one that is
// chosen among those in Ollama. It checks that the model is there.
func (p *Parts) modelName(ctx context.Context) (string, error) {
	name := p.Settings.Model
	cfg := ollama.Config{Model: name}
	if p.standsIn {
		cfg.Retries = -1 // there is no need to wait until it has started
	}
	client, err := p.dial(cfg)
	if err != nil {
		return "", err
	}
	defer client.Close()
	if own, isOllama := client.(*ollama.Client); isOllama && name == "" {
		if name, err = defaultModel(ctx, own); err != nil {
			return "", err
		}
		fmt.Fprintf(p.warn, "Using model %s (choose another with --model).\n", name)
	} else if ok, err := client.HasModel(ctx, client.Model()); err != nil {
		return "", err
	} else if !ok {
		return "", missingModel(client)
	}
	return name, nil
}

// Ollama makes a client of the Ollama server of the settings. Whoever asks closes it.
func (p *Parts) Ollama(cfg ollama.Config) (*ollama.Client, error) {
	cfg.Address = p.Settings.OllamaAddress
	cfg.ContextTokens = p.Settings.ContextTokens
	client, err := ollama.New(cfg)
	if err != nil {
		return nil, fault.Usagef("reach Ollama: %w", err)
	}
	return client, nil
}

// dial makes the client of a model by its name, without contacting its server.
// The name may be empty for one that Ollama has; what else cfg holds is for a
// model of Ollama's.
func (p *Parts) dial(cfg ollama.Config) (LanguageModel, error) {
	name := cfg.Model
	model, compatible := strings.CutPrefix(name, OpenAIModels)
	if !compatible {
		return p.Ollama(cfg)
	}
	if model == "" {
		return nil, fault.Usage(errors.New("model openai/: name the model after the slash, as the server does"))
	}
	var extra map[string]any
	if text := p.Settings.OpenAIExtra; text != "" {
		if err := json.Unmarshal([]byte(text), &extra); err != nil {
			return nil, fault.Usagef("openai_extra %q is no JSON object: %w", text, err)
		}
	}
	client, err := openai.New(openai.Config{
		Extra: extra,
		Model: model, Address: cmp.Or(p.Settings.OpenAIAddress, p.getenv("OPENAI_BASE_URL")), Key: p.getenv("OPENAI_API_KEY"),
	})
	if err != nil {
		return nil, fault.Usagef("model %s: %w", name, err)
	}
	return client, nil
}

// missingModel says that the server of a model does not have it.
func missingModel(client LanguageModel) error {
	if _, ok := client.(*ollama.Client); ok {
		return &ollama.ModelMissingError{Model: client.Model()}
	}
	return &openai.ModelMissingError{Model: client.Model(), Address: client.Address()}
}

// roomyModel is the size on disk, in bytes, above which a model is not chosen
// unasked: more would not fit the memory of a common machine beside the rest.
const roomyModel = 6_000_000_000

// BesidesModel is the memory, in bytes, that the cache of a model, the embedder
// and the rest of the machine take beside it. Not measured.
const BesidesModel = 2_000_000_000

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
	if OnThisMachine(client.Address()) {
		memory = machine.Memory()
	}
	if name := ChooseModel(list, memory); name != "" {
		return name, nil
	}
	return "", fault.Unreachablef("Ollama at %s has no language model; `selfrag init` proposes one for this machine and fetches it", client.Address())
}

// OnThisMachine reports whether a server's address is this machine's own.
func OnThisMachine(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// ChooseModel takes the best of the known models of some size, else the largest
// that generates: of models that a machine can run, the larger grades and writes
// better. Those that are roomy, or too large for the memory (in bytes; 0: not
// known), are passed over; where all are, it takes the smallest. It is empty
// where none generates.
func ChooseModel(list []ollama.ModelInfo, memory int64) string {
	fits := func(m ollama.ModelInfo) bool {
		return m.Size <= roomyModel && (memory == 0 || m.Size+BesidesModel <= memory)
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
