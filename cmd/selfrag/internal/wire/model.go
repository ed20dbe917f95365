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

// LanguageModel is what commands need from a language model.
type LanguageModel interface {
	llms.Model
	agent.TokenProber
	Model() string   // name of the model on its server
	Address() string // address of its server
	HasModel(ctx context.Context, name string) (bool, error)
	Close()
}

// OpenAIModels is the prefix of the names of models on an OpenAI-compatible
// server. A name without the prefix is a model in Ollama.
const OpenAIModels = "openai/"

// Model returns the shared client of the settings' language model. It checks
// that the model exists, so that a missing one is reported before any work is
// done.
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
		return nil, fault.Unreachablef("the server of the language model %s did not answer within %s (--timeout): check whether it works", s.Model, limit.Round(time.Millisecond))
	}
	if err == nil && s.Model == "" {
		p.shared.models.also(keyOf(model.Model(), s.OllamaAddress, s.OpenAIAddress, s.OpenAIExtra, s.ContextTokens), model)
	}
	return model, err
}

// timeLeft returns how long a question may take from now on.
func (p *Parts) timeLeft() time.Duration {
	if p.Until.IsZero() {
		return p.Settings.Timeout
	}
	return max(time.Until(p.Until), time.Millisecond)
}

// ModelName returns the name of the language model in the settings. If the
// settings name none, it returns the name of the model that is chosen.
func (p *Parts) ModelName(ctx context.Context) (string, error) {
	model, err := p.Model(ctx)
	if err != nil {
		return "", err
	}
	return cmp.Or(p.Settings.Model, model.Model()), nil
}

// modelName returns the language model of the settings, or chooses one of those
// in Ollama. It checks that the model exists.
func (p *Parts) modelName(ctx context.Context) (string, error) {
	name := p.Settings.Model
	cfg := ollama.Config{Model: name}
	if p.standsIn {
		cfg.Retries = -1 // if the program can answer without a model, it does not wait for a server that starts
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

// Ollama returns a client of the settings' Ollama server. The caller closes it.
func (p *Parts) Ollama(cfg ollama.Config) (*ollama.Client, error) {
	cfg.Address = p.Settings.OllamaAddress
	cfg.ContextTokens = p.Settings.ContextTokens
	client, err := ollama.New(cfg)
	if err != nil {
		return nil, fault.Usagef("reach Ollama: %w", err)
	}
	return client, nil
}

// dial returns a client of a model by name, without contacting its server. The
// name may be empty if Ollama has the model. The other fields of cfg apply only
// to models in Ollama.
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
			return nil, fault.Usagef("openai_extra %q is not a JSON object: %w", text, err)
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

// missingModel returns an error that says that a server does not have its
// model.
func missingModel(client LanguageModel) error {
	if _, ok := client.(*ollama.Client); ok {
		return &ollama.ModelMissingError{Model: client.Model()}
	}
	return &openai.ModelMissingError{Model: client.Model(), Address: client.Address()}
}

// roomyModel is the size on disk, in bytes, above which a model is not chosen
// unless the user names it. A larger model would not fit into the memory of a
// common machine together with everything else.
const roomyModel = 6_000_000_000

// BesidesModel is the memory, in bytes, that a model's cache, the embedder and
// the rest of the machine need besides the model. Not measured.
const BesidesModel = 2_000_000_000

// capableModel is the number of parameters, in billions, from which a model
// that docs/guides/models.md recommends is preferred to larger models that were not
// examined.
const capableModel = 2

// defaultModel returns the model in Ollama to use if the user names none.
func defaultModel(ctx context.Context, client *ollama.Client) (string, error) {
	list, err := client.Models(ctx)
	if err != nil {
		return "", err
	}
	memory := int64(0) // unknown for another machine
	if OnThisMachine(client.Address()) {
		memory = machine.Memory()
	}
	if name := ChooseModel(list, memory); name != "" {
		return name, nil
	}
	return "", fault.Unreachablef("Ollama at %s has no language model; `selfrag init` proposes one for this machine and fetches it", client.Address())
}

// OnThisMachine reports whether a server's address is on this machine.
func OnThisMachine(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// ChooseModel returns the name of the model in list to use on a machine with
// the given memory in bytes (0: unknown).
//
// It takes the best recommended model (models.LanguageModels) that has at least
// capableModel parameters and fits. If there is none, it takes the largest model
// that generates text and fits, because larger models grade and write better. A
// model fits if it leaves room in memory and its file is not larger than
// roomyModel. If no model fits, ChooseModel returns the smallest. It returns ""
// if no model generates text.
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

// embedsOnly reports whether a model only embeds. It decides by the
// architecture of the model, or by the name for embedders with the architecture
// of a generator.
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
