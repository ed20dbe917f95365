package wire

import (
	"context"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent"
	"selfrag/fault"
	"selfrag/prompts"
)

// AgentOptions are the options of an agent that are not settings.
type AgentOptions struct {
	Prompts *prompts.Set // nil: the prompts of the settings
	Deltas  bool         // stream each piece of a draft as it is written
	Without string       // the missing parts that the answers must mention; empty: none
}

// Agent returns an agent that uses the given search. It opens the language
// model if the strategy needs one.
func (p *Parts) Agent(ctx context.Context, search *Search, o AgentOptions) (_ *agent.Agent, err error) {
	if o.Prompts == nil {
		if o.Prompts, err = p.Prompts(ctx); err != nil {
			return nil, err
		}
	}
	var model llms.Model
	if !p.Settings.AsksNoModel() {
		if model, err = p.Model(ctx); err != nil {
			return nil, err
		}
	}
	s := p.Settings
	cfg := agent.Config{
		Delta: threshold(s.Delta), Relevance: threshold(s.Relevance), Support: threshold(s.Support), SupportSeveral: threshold(s.SupportSeveral),
		Usefulness: threshold(s.Usefulness), Several: threshold(s.Several), Certain: s.Certain, Think: s.Think,
		Weights: agent.Weights{Relevance: s.WeightRelevance, Support: s.WeightSupport, Usefulness: s.WeightUsefulness},
		Grading: agent.Grading(s.Grading), Width: s.Width, Parallel: s.Parallel, Seed: s.SampleSeed,
		Budget:   agent.Budget{Iterations: s.MaxIterations, Calls: s.MaxCalls, Tokens: s.MaxTokens, Time: p.timeLeft()},
		NoDeltas: !o.Deltas, Evidence: search.Evidence, Answerable: threshold(s.Answerable), Promising: threshold(s.Promising), Quotable: threshold(s.Quotable),
		Context: agent.Context(s.Context), Degraded: o.Without,
	}
	for _, name := range s.Without {
		if err := cfg.LeaveOut(name); err != nil {
			return nil, fault.Usage(err)
		}
	}
	if p.Tracing != nil {
		cfg.Tracer = p.Tracing.Tracer()
	}
	cfg.Strategy, _ = agent.StrategyNamed(s.Strategy) // Check has validated the name
	c, err := ReadCalibration(s.Calibration)
	if err != nil {
		return nil, err
	}
	cfg.Calibration = c.Reranker
	return agent.New(model, search.TwoStage, o.Prompts, cfg)
}

// threshold converts a probability for a configuration whose zero value means
// the default. An explicit 0 becomes agent.NoThreshold, which every known grade
// passes except the grade of a claim that code refutes.
func threshold(p float64) float64 {
	if p == 0 {
		return agent.NoThreshold
	}
	return p
}
