package wire

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent"
	"selfrag/cmd/selfrag/internal/config"
	"selfrag/fault"
	"selfrag/prompts"
	"selfrag/rerank"
	"selfrag/rerank/api"
	"selfrag/rerank/late"
	"selfrag/rerank/llm"
	"selfrag/rerank/onnx"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// reranker returns the shared reranker that the settings name. vectors is the
// embedder of the collection and may be nil. spec is the embedder spec of the
// collection. The result is nil if the order of the first stage is kept.
func (p *Parts) reranker(ctx context.Context, vectors Embedder, spec retrieval.EmbedderSpec) (retrieval.Reranker, error) {
	s := p.Settings
	key := keyOf(s.Reranker, s.RerankAddress, s.RerankWindows, s.RerankMinScore, s.Device, vectors != nil, spec)
	if config.AsksModel(s.Reranker) {
		key += keyOf(s.Model, s.OllamaAddress, s.OpenAIAddress, s.OpenAIExtra, s.ContextTokens, s.Prompts, s.PromptLabel, s.Fence && p.fences)
	}
	return p.shared.rerankers.take(ctx, key, func(ctx context.Context) (retrieval.Reranker, []func(), error) {
		o := &opening{}
		reranker, err := p.openReranker(ctx, o, vectors, spec)
		return reranker, o.closers, err
	})
}

// Reranker returns the reranker of the settings for use without a collection.
// If the reranker needs an embedder, it uses the embedder of the settings.
func (p *Parts) Reranker(ctx context.Context) (retrieval.Reranker, error) {
	var vectors Embedder
	var spec retrieval.EmbedderSpec
	if config.WantsEmbedder(p.Settings.Reranker) {
		var err error
		if vectors, err = p.Embedder(ctx, p.NewEmbedder(), nil); err != nil {
			return nil, err
		}
		if vectors != nil {
			spec = vectors.Spec()
		}
	}
	return p.reranker(ctx, vectors, spec)
}

// opening collects the functions that close what was opened for one reranker
// only.
type opening struct{ closers []func() }

func (o *opening) close(c func()) { o.closers = append(o.closers, c) }

// openReranker opens the reranker that the settings name, with all its stages.
// The functions that close it are added to o.
func (p *Parts) openReranker(ctx context.Context, o *opening, vectors Embedder, spec retrieval.EmbedderSpec) (retrieval.Reranker, error) {
	tokens, hasTokens := vectors.(late.Model)
	switch p.Settings.Reranker {
	case "none":
		return nil, nil //nolint:nilnil // there is no reranker
	case "auto":
		if !hasTokens {
			return nil, nil //nolint:nilnil // keeps the order of the first stage
		}
		reranker, err := late.New(tokens, lateConfig(tokens))
		if err != nil {
			return nil, err
		}
		joined, err := rerank.WithPrior(reranker, latePriorWeight)
		if err != nil {
			return nil, err
		}
		return rerank.ForLanguages(joined, spec.Languages), nil
	}
	specs, err := config.ParseRerank(p.Settings.Reranker)
	if err != nil {
		return nil, fault.Usage(err)
	}
	var stages []rerank.Stage
	for _, s := range specs {
		reranker, err := p.openStage(ctx, o, s, tokens)
		if err != nil {
			return nil, err
		}
		if s.Prior {
			weight := priorWeight
			if s.Kind == "late" && s.Model == "" {
				weight = latePriorWeight
			}
			if reranker, err = rerank.WithPrior(reranker, weight); err != nil {
				return nil, err
			}
		}
		stages = append(stages, rerank.Stage{Reranker: reranker, Keep: s.Keep})
	}
	reranker := stages[0].Reranker
	if len(stages) > 1 || stages[0].Keep > 0 {
		if reranker, err = rerank.NewCascade(stages...); err != nil {
			return nil, err
		}
	}
	if p.Settings.RerankMinScore != "" {
		least, err := strconv.ParseFloat(p.Settings.RerankMinScore, 64)
		if err != nil {
			return nil, fault.Usagef("rerank_min_score: %q is not a number", p.Settings.RerankMinScore)
		}
		reranker = rerank.AtLeast(reranker, least)
	}
	return reranker, nil
}

// openStage opens the reranker of one stage. The scores of pointwise rerankers
// are cached, because the rounds of the loop ask about the same passages.
func (p *Parts) openStage(ctx context.Context, o *opening, s config.RerankStage, tokens late.Model) (retrieval.Reranker, error) {
	switch s.Kind {
	case "late":
		if s.Model != "" {
			model, err := onnx.NewColBERT(s.Model, p.device())
			if err != nil {
				return nil, err
			}
			o.close(func() { _ = model.Close() })
			reranker, err := late.New(model, lateConfig(model))
			if err != nil {
				return nil, err
			}
			return rerank.NewCache(reranker, "late/"+s.Model, rerank.CacheConfig{})
		}
		if tokens == nil {
			return nil, fmt.Errorf("reranker late needs token vectors, which only an onnx/ embedder gives: use such a collection, name a model as in late/colbertv2.0, or use another reranker")
		}
		return late.New(tokens, lateConfig(tokens))
	case "llm":
		return p.openLLMReranker(ctx, s.Model)
	case "onnx":
		model, file, _ := strings.Cut(s.Model, "#")
		int8 := file == "int8"
		if int8 {
			file = ""
		}
		reranker, err := onnx.New(onnx.Config{
			Model: model, File: file, Int8: int8, Windows: p.Settings.RerankWindows, DeviceConfig: p.device(),
		})
		if err != nil {
			return nil, err
		}
		o.close(func() { _ = reranker.Close() })
		return rerank.NewCache(reranker, "onnx/"+s.Model, rerank.CacheConfig{})
	}
	provider := api.Provider(s.Kind)
	reranker, err := api.New(api.Config{
		Provider: provider, Model: s.Model, Address: p.Settings.RerankAddress,
		Key: cmp.Or(p.getenv("SELFRAG_RERANK_KEY"), p.getenv(provider.KeyVariable())),
	})
	if err != nil {
		return nil, fault.Usage(err)
	}
	o.close(reranker.Close)
	return rerank.NewCache(reranker, reranker.Name(), rerank.CacheConfig{})
}

// priorWeight is the weight of the order that the reranker gives, against the
// order before reranking. With 0.5 both orders count the same. The best weight
// depends on the quality of the two orders.
const priorWeight = 0.5

// latePriorWeight takes the place of priorWeight for late interaction with the
// embedder's own token vectors. With a larger weight of 0.75, nDCG@10 falls
// from 0.940 to 0.934 for the long pages of autorag-ko. With a smaller weight
// of 0.5, it falls from 0.864 to 0.849 for the handbook in Korean.
// docs/development/results.md has the cross-validated figures.
const latePriorWeight = 0.6

// openLLMReranker opens a reranker that asks the language model. mode is
// config.LLMFlag, config.LLMListwise, or "" for asking about one passage after
// another. The scores of pointwise rerankers are cached.
func (p *Parts) openLLMReranker(ctx context.Context, mode string) (retrieval.Reranker, error) {
	model, err := p.Model(ctx)
	if err != nil {
		return nil, err
	}
	set, err := p.Prompts(ctx)
	if err != nil {
		return nil, err
	}
	var reranker retrieval.Reranker
	switch mode {
	case config.LLMListwise:
		return withPrompts(set, p.Settings.Fence && p.fences, func(set *prompts.Set) (retrieval.Reranker, error) {
			return llm.NewListwise(model, orderPrompt(set), llm.ListwiseConfig{
				ContextTokens: p.Settings.ContextTokens,
				Warn:          func(warning string) { fmt.Fprintln(p.warn, warning) },
			})
		})
	case config.LLMFlag:
		bare, ok := model.(llm.TextProber)
		if !ok {
			return nil, fault.Usagef("reranker llm/%s reads a bare text, which the model %s cannot: use llm, or a model in Ollama", config.LLMFlag, model.Model())
		}
		reranker, err = llm.NewFlag(bare, llm.FlagConfig{Data: prompts.Unmarked})
	default:
		reranker, err = withPrompts(set, p.Settings.Fence && p.fences, func(set *prompts.Set) (retrieval.Reranker, error) {
			return llm.New(model, relevancePrompt(set))
		})
	}
	if err != nil {
		return nil, err
	}
	return rerank.NewCache(reranker, "llm/"+mode+"/"+model.Model(), rerank.CacheConfig{})
}

// fenced is a reranker whose prompts get new random marks around the text of
// documents at each use.
type fenced struct {
	set  *prompts.Set
	open func(*prompts.Set) (retrieval.Reranker, error)
}

// withPrompts returns a reranker that uses the prompts. If fence is set, the
// prompts get new marks around the text of documents at each use.
func withPrompts(set *prompts.Set, fence bool, open func(*prompts.Set) (retrieval.Reranker, error)) (retrieval.Reranker, error) {
	reranker, err := open(set)
	if err != nil || !fence {
		return reranker, err
	}
	return fenced{set, open}, nil
}

// Rerank implements retrieval.Reranker. All passages of a question get the same
// marks. So the prompts begin alike, and a server with a prefix cache evaluates
// the beginning once.
func (f fenced) Rerank(ctx context.Context, query string, passages []retrieval.Passage) ([]retrieval.Passage, error) {
	reranker, err := f.open(f.set.Fenced(prompts.NewMark()))
	if err != nil {
		return nil, err
	}
	return reranker.Rerank(ctx, query, passages)
}

// relevancePrompt returns the agent's relevance prompt for the LLM reranker.
func relevancePrompt(set *prompts.Set) llm.Prompt {
	return func(query string, p retrieval.Passage) ([]llms.MessageContent, error) {
		return messagesFor(set, prompts.NameGradeRelevance, query, prompts.GradeRelevance{
			Question: query, Passage: prompts.Passage{N: 1, Title: p.Title, Text: p.Text},
		})
	}
}

// orderPrompt returns the prompt that asks for an order of passages.
func orderPrompt(set *prompts.Set) llm.ListPrompt {
	return func(query string, passages []retrieval.Passage) ([]llms.MessageContent, error) {
		values := prompts.RankPassages{Question: query}
		for i, p := range passages {
			values.Passages = append(values.Passages, prompts.Passage{N: i + 1, Title: p.Title, Text: p.Text})
		}
		return messagesFor(set, prompts.NameRankPassages, query, values)
	}
}

// messagesFor renders a prompt in the language of the query.
func messagesFor(set *prompts.Set, name, query string, values any) ([]llms.MessageContent, error) {
	prompt, err := set.Render(name, text.Language(query), values)
	if err != nil {
		return nil, err
	}
	return agent.MessagesOf(prompt), nil
}
