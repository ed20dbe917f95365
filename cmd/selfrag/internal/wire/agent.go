package wire

import (
	"context"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent"
	"selfrag/fault"
	"selfrag/prompts"
)

// AgentOptions are what is not a setting of an agent.
type AgentOptions struct {
	Prompts *prompts.Set // nil: those of the settings
	Deltas  bool         // each piece of a draft is shown as it is written
	Without string       // what the agent does without, as its answers say; empty: nothing
}

// Agent makes an agent over a search, with the model that its strategy asks.
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
		Usefulness: threshold(s.Usefulness), Several: threshold(s.Several), Certain: s.Certain,
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
	cfg.Strategy, _ = agent.StrategyNamed(s.Strategy) // the settings were checked
	c, err := ReadCalibration(s.Calibration)
	if err != nil {
		return nil, err
	}
	cfg.Calibration = c.Reranker
	return agent.New(model, search.TwoStage, o.Prompts, cfg)
}

// threshold is a probability for a configuration whose zero value means the
// default: 0 lets every known grade pass but that of a claim which code refutes.
func threshold(p float64) float64 {
	if p == 0 {
		return agent.NoThreshold
	}
	return p
}
