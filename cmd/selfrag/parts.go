package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent"
	"selfrag/cmd/selfrag/internal/config"
	"selfrag/fault"
	"selfrag/internal/onnx"
	"selfrag/ollama"
	"selfrag/prompts"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
	"selfrag/retrieval/embed"
)

// embedder is what the commands need of one.
type embedder interface {
	EmbedDocuments(ctx context.Context, texts []string) ([][]float32, error)
	EmbedQuery(ctx context.Context, text string) ([]float32, error)
	Spec() retrieval.EmbedderSpec
}

// defaultOllamaEmbedder is the embedder of a program built without ONNX.
const defaultOllamaEmbedder = "ollama/mxbai-embed-large"

// openEmbedder makes an embedder by name. record is that of the collection it
// made, whose prompts and pooling it keeps; nil for a new collection. The
// embedder is nil for "none".
func (a *app) openEmbedder(ctx context.Context, name string, record *retrieval.EmbedderSpec) (embedder, func(), error) {
	if name == config.NoEmbedder {
		return nil, func() {}, nil
	}
	n, err := embed.ParseName(name)
	if err != nil {
		return nil, nil, fault.Usagef("unknown embedder %q: use onnx/MODEL, ollama/MODEL, openai/MODEL or none: %w", name, err)
	}
	var profile *embed.Profile
	if record != nil {
		profile = embed.Recorded(*record)
	}
	fail := func(err error) (embedder, func(), error) {
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
		client, err := a.openOllama(ollama.Config{EmbedModel: n.Model})
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
		address, key := a.openAIServer()
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

// openAIServer is where the OpenAI-compatible server is, and the key for it.
func (a *app) openAIServer() (address, key string) {
	return cmp.Or(a.settings.OpenAIAddress, a.getenv("OPENAI_BASE_URL")), a.getenv("OPENAI_API_KEY")
}

// defaultEmbedder is the one that "auto" means for a new collection: local
// ONNX where the program was built with it.
func defaultEmbedder() string {
	if !onnx.Built {
		return defaultOllamaEmbedder
	}
	return "onnx/" + embed.DefaultONNXModel
}

// embedderFor is the embedder to search a collection with: the one that made
// it, unless the user asks for another, which is refused.
func (a *app) embedderFor(name string, spec retrieval.EmbedderSpec) (string, error) {
	asked := a.settings.Embedder
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

// opened is a collection ready to search, with its parts.
type opened struct {
	collection collection
	twoStage   *retrieval.TwoStage
	embedder   embedder           // nil without one
	reranker   retrieval.Reranker // nil without one
	evidence   *evidence.Finder
	model      languageModel // nil unless asked for or needed by the reranker
	without    string        // why the agent does without a model that it should have; empty: it need not
	fence      bool          // passages stand between marks in the reranker's prompts
	closers    []func()
}

// Close releases the parts.
func (o *opened) Close() {
	closeAll(o.closers)
}

// openRetrieval wires the two stages over the collection of the settings.
func (a *app) openRetrieval(ctx context.Context) (_ *opened, err error) {
	o := &opened{}
	defer func() {
		if err != nil {
			o.Close()
		}
	}()
	db, err := a.openStore(ctx)
	if err != nil {
		return nil, err
	}
	o.closers = append(o.closers, func() { _ = db.Close() })
	if o.collection, err = a.openCollection(ctx, db); err != nil {
		return nil, err
	}
	cfg, name, err := a.searchConfig(a.settings.Collection, o.collection)
	if err != nil {
		return nil, err
	}
	var vectors embedder
	if name != config.NoEmbedder {
		var closer func()
		if vectors, closer, err = a.borrowEmbedder(ctx, name, &cfg.Spec); err != nil {
			return nil, err
		}
		o.closers = append(o.closers, closer)
	}
	reranker, err := a.openReranker(ctx, o, vectors)
	if err != nil {
		return nil, err
	}
	if o.twoStage, err = retrieval.New(o.collection, vectors, reranker, cfg); err != nil {
		return nil, fault.Usage(err)
	}
	o.embedder, o.reranker = vectors, reranker
	if o.evidence, err = a.findEvidence(vectors); err != nil {
		return nil, err
	}
	return o, nil
}

// searchConfig is how the settings search a collection, and the name of the
// embedder that this takes, which is "none" where it takes none.
func (a *app) searchConfig(named string, c collection) (cfg retrieval.Config, embedder string, err error) {
	filter, err := retrieval.ParseFilter(a.settings.Filter)
	if err != nil {
		return cfg, "", fault.Usage(err)
	}
	spec := c.Spec()
	cfg = retrieval.Config{
		K1: a.settings.K1, K2: a.settings.K2, Mode: retrieval.Mode(a.settings.Mode), Spec: spec, Filter: filter, Parents: c,
		RerankerName: strings.Replace(a.settings.Reranker, "auto", "late", 1),
	}
	if embedder, err = a.embedderFor(named, spec); err != nil {
		return cfg, "", err
	}
	if embedder == config.NoEmbedder {
		if cfg.Mode == retrieval.Dense {
			return cfg, "", fmt.Errorf("collection %q has no vectors (embedder none): use --mode lexical", named)
		}
		cfg.Mode = retrieval.Lexical
	}
	if cfg.Mode == retrieval.Lexical && !config.WantsEmbedder(a.settings.Reranker) {
		embedder = config.NoEmbedder
	}
	return cfg, embedder, nil
}

func (a *app) openOllama(cfg ollama.Config) (*ollama.Client, error) {
	cfg.Address = a.settings.OllamaAddress
	cfg.ContextTokens = a.settings.ContextTokens
	client, err := ollama.New(cfg)
	if err != nil {
		return nil, fault.Usagef("reach Ollama: %w", err)
	}
	return client, nil
}

// openModel makes the language model, and checks that it is there, so that a
// missing one is told before any work is done.
func (a *app) openModel(ctx context.Context, o *opened) error {
	if o.model != nil {
		return nil
	}
	name, err := a.modelName(ctx)
	if err != nil {
		return err
	}
	if o.model, err = a.dialModel(name); err != nil {
		return err
	}
	o.closers = append(o.closers, o.model.Close)
	return nil
}

// modelName is the language model of the settings, or else the one that is
// chosen among those in Ollama. It checks that the model is there.
func (a *app) modelName(ctx context.Context) (string, error) {
	name := a.settings.Model
	cfg := ollama.Config{Model: name}
	if a.standIn {
		cfg.Retries = -1 // there is no need to wait until it has started
	}
	client, err := a.dialModelFor(cfg)
	if err != nil {
		return "", err
	}
	defer client.Close()
	if own, isOllama := client.(*ollama.Client); isOllama && name == "" {
		if name, err = defaultModel(ctx, own); err != nil {
			return "", err
		}
		fmt.Fprintf(a.Err, "Using model %s (choose another with --model).\n", name)
	} else if ok, err := client.HasModel(ctx, client.Model()); err != nil {
		return "", err
	} else if !ok {
		return "", missingModel(client)
	}
	return name, nil
}

// openAgent wires the agent over opened parts, with the model that its strategy
// asks.
func (a *app) openAgent(ctx context.Context, o *opened) (*agent.Agent, error) {
	set, err := a.openPrompts(ctx)
	if err != nil {
		return nil, err
	}
	parts := agentParts{retriever: o.twoStage, evidence: o.evidence, prompts: set, deltas: true, without: o.without}
	if !a.settings.AsksNoModel() {
		if err := a.openModel(ctx, o); err != nil {
			return nil, err
		}
		parts.model = o.model
	}
	return a.newAgent(parts)
}

// agentParts is what an agent is made of.
type agentParts struct {
	model     llms.Model // nil for strategy extractive
	retriever agent.Retriever
	evidence  agent.EvidenceFinder
	prompts   *prompts.Set
	deltas    bool   // each piece of a draft is shown as it is written
	without   string // what the agent does without, as its answers say
}

// newAgent makes an agent by the settings.
func (a *app) newAgent(parts agentParts) (*agent.Agent, error) {
	s := a.settings
	cfg := agent.Config{
		Delta: threshold(s.Delta), Relevance: threshold(s.Relevance), Support: threshold(s.Support), SupportSeveral: threshold(s.SupportSeveral),
		Usefulness: threshold(s.Usefulness), Several: threshold(s.Several), Certain: s.Certain,
		Weights: agent.Weights{Relevance: s.WeightRelevance, Support: s.WeightSupport, Usefulness: s.WeightUsefulness},
		Grading: agent.Grading(s.Grading), Width: s.Width, Parallel: s.Parallel, Seed: s.SampleSeed,
		Budget:   agent.Budget{Iterations: s.MaxIterations, Calls: s.MaxCalls, Tokens: s.MaxTokens, Time: s.Timeout},
		NoDeltas: !parts.deltas, Evidence: parts.evidence, Answerable: threshold(s.Answerable), Promising: threshold(s.Promising), Quotable: threshold(s.Quotable),
		Context: agent.Context(s.Context), Degraded: parts.without,
	}
	for _, name := range s.Without {
		if err := cfg.LeaveOut(name); err != nil {
			return nil, fault.Usage(err)
		}
	}
	if a.tracing != nil {
		cfg.Tracer = a.tracing.Tracer()
	}
	cfg.Strategy, _ = agent.StrategyNamed(s.Strategy) // the settings were checked
	c, err := readCalibration(s.Calibration)
	if err != nil {
		return nil, err
	}
	cfg.Calibration = c.Reranker
	return agent.New(parts.model, parts.retriever, parts.prompts, cfg)
}

// threshold is a probability for a configuration whose zero value means the
// default: 0 lets every known grade pass but that of a claim which code refutes.
func threshold(p float64) float64 {
	if p == 0 {
		return agent.NoThreshold
	}
	return p
}
