package trace_test

import (
	"context"
	"strings"
	"testing"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent"
	"selfrag/retrieval"
	"selfrag/trace"
	"selfrag/trace/langfuse"

	"selfrag/internal/langfusetest"
)

// world is a small set of passages, with a model that can answer about them
// with every strategy.
type world struct {
	// fail, if not nil, is called before each call of the model.
	fail func(ctx context.Context, prompt string) error
	// rounds makes the first draft miss the question.
	rounds bool
	// one makes the question take a single look-up, as rounds does.
	one bool
	// hops makes the passages of the question answer only its first look-up.
	hops bool
	// invents makes the model write what no passage says.
	invents bool
}

func (w world) Model() string { return "scripted:1" }

func (w world) GenerateContent(ctx context.Context, messages []llms.MessageContent, options ...llms.CallOption) (*llms.ContentResponse, error) {
	prompt := textOf(messages)
	if w.fail != nil {
		if err := w.fail(ctx, prompt); err != nil {
			return nil, err
		}
	}
	text := "Norvale Lighting has its head office in Tamsin [1]."
	switch {
	case w.invents && strings.Contains(prompt, "numbered passages"):
		text = "Norvale Lighting has had its head office in Tamsin since 1931 [1]."
	case w.rounds && strings.Contains(prompt, "Question: In which city is the head office of Norvale Lighting?"):
		text = "Tamsin is where Norvale Lighting has its head office [1]."
	case strings.Contains(prompt, "You take a question apart"):
		text = "A = the firm that makes the Larkspur lamp\nB = the city of the head office of A"
	case strings.Contains(prompt, "Reply with these 2 lines") && w.hops:
		text = "A = Norvale Lighting\nB = NOT FOUND"
	case strings.Contains(prompt, "Reply with these 2 lines"):
		text = "A = Norvale Lighting\nB = Tamsin"
	case strings.Contains(prompt, "in as few words as possible"):
		text = "Tamsin"
	case strings.Contains(prompt, "write the one question"):
		text = "In which city is the head office of Norvale Lighting?"
	}
	var opts llms.CallOptions
	for _, o := range options {
		o(&opts)
	}
	if opts.StreamingFunc != nil {
		for _, word := range strings.SplitAfter(text, " ") {
			if err := opts.StreamingFunc(ctx, []byte(word)); err != nil {
				return nil, err
			}
		}
	}
	return &llms.ContentResponse{Choices: []*llms.ContentChoice{{
		Content: text, GenerationInfo: map[string]any{"PromptTokens": 100, "CompletionTokens": 10, "Model": "scripted:1"},
	}}}, nil
}

func (w world) Call(ctx context.Context, prompt string, options ...llms.CallOption) (string, error) {
	return llms.GenerateFromSinglePrompt(ctx, w, prompt, options...)
}

func (w world) NextToken(ctx context.Context, messages []llms.MessageContent) (map[string]float64, int, error) {
	prompt := textOf(messages)
	if w.fail != nil {
		if err := w.fail(ctx, prompt); err != nil {
			return nil, 0, err
		}
	}
	switch {
	case strings.Contains(prompt, "Which passage holds"):
		return map[string]float64{"1": 0.5, "2": 0.3, "0": 0.1}, 100, nil
	case strings.Contains(prompt, "One or Several") && (w.one || w.rounds || w.invents):
		return map[string]float64{"One": 0.9, "Several": 0.1}, 100, nil
	case strings.Contains(prompt, "One or Several"):
		return map[string]float64{"Several": 0.9, "One": 0.1}, 100, nil
	case strings.Contains(prompt, "Yes, Partly or No"):
		return map[string]float64{"Yes": 0.9, "No": 0.1}, 100, nil
	case w.rounds && strings.HasSuffix(strings.TrimSpace(prompt), "Reply: Norvale Lighting has its head office in Tamsin."):
		return map[string]float64{"Yes": 0.3, "No": 0.7}, 100, nil
	}
	return map[string]float64{"Yes": 0.8, "No": 0.2}, 100, nil
}

func textOf(messages []llms.MessageContent) string {
	var b strings.Builder
	for _, m := range messages {
		for _, p := range m.Parts {
			if t, ok := p.(llms.TextContent); ok {
				b.WriteString(t.Text + "\n")
			}
		}
	}
	return b.String()
}

// shelf is a store of three passages. Both searches find all of them.
type shelf struct{}

func passages() []retrieval.Passage {
	return []retrieval.Passage{
		{ID: "norvale", Title: "Norvale Lighting", Source: "norvale.md", Text: "Norvale Lighting has its head office in Tamsin.", Score: 3},
		{ID: "lamp", Title: "Larkspur lamp", Source: "lamp.md", Text: "The Larkspur lamp is made by Norvale Lighting.", Score: 2},
		{ID: "other", Title: "Moss", Source: "moss.md", Text: "Moss grows on the north side.", Score: 1},
	}
}

func (shelf) Dense(context.Context, retrieval.Request) ([]retrieval.Passage, error) {
	return passages(), nil
}

func (shelf) Lexical(context.Context, retrieval.Request) ([]retrieval.Passage, error) {
	return passages(), nil
}

func (shelf) EmbedQuery(context.Context, string) ([]float32, error) { return []float32{1, 0}, nil }

// Rerank keeps the order.
func (shelf) Rerank(_ context.Context, _ string, p []retrieval.Passage) ([]retrieval.Passage, error) {
	for i := range p {
		score := 1 - float64(i)/10
		p[i].Rerank, p[i].Score = &score, score
	}
	return p, nil
}

const lampQuestion = "In which city is the head office of the firm that makes the Larkspur lamp in?"

// open starts tracing to a test's Langfuse, with the changes of the test.
func open(t testing.TB, server *langfusetest.Server, change func(*trace.Config)) *trace.Tracing {
	t.Helper()
	cfg := trace.Config{
		Langfuse:    langfuse.Config{Host: server.URL, PublicKey: langfusetest.PublicKey, SecretKey: langfusetest.SecretKey},
		Environment: "test", Release: "v1.2.3", User: "u-1",
	}
	if change != nil {
		change(&cfg)
	}
	tracing, err := trace.New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return tracing
}

// asks returns an agent whose turns are traced.
func asks(t testing.TB, tracing *trace.Tracing, w world, cfg agent.Config) *agent.Agent {
	t.Helper()
	found, err := retrieval.New(shelf{}, shelf{}, shelf{}, retrieval.Config{RerankerName: "keeper", Spec: retrieval.EmbedderSpec{Model: "test/unit"}})
	if err != nil {
		t.Fatal(err)
	}
	if tracing != nil {
		cfg.Tracer = tracing.Tracer()
	}
	if cfg.Context = agent.ContextEvidence; w.rounds || w.one {
		cfg.Context = agent.ContextPassages // the model then drafts first, whatever the evidence says
	}
	if w.one {
		cfg.Grading = agent.GradeTogether
		cfg.WithoutHeuristics = []agent.Heuristic{agent.HeuristicVerbatim} // the model must grade support
	}
	a, err := agent.New(w, found, nil, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
