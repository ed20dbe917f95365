package agent

import (
	"context"

	"selfrag/agent/internal/span"
	"selfrag/agent/internal/stop"
	"selfrag/agent/multihop"
	"selfrag/prompts"
	"selfrag/retrieval"
)

// CountLookups grades whether a question takes several sub-questions, each
// building on the answer before: P(several).
func (s *Steps) CountLookups(ctx context.Context, question string) (Grade, error) {
	in := prompts.CountLookups{Question: question}
	one, err := evaluated(ctx, prompts.NameCountLookups, in, oneGrade, func(ctx context.Context) (Grade, error) {
		return s.yes(ctx, prompts.NameCountLookups, question, in)
	})
	if err != nil || !one.Known {
		return Grade{}, err
	}
	return Known(1 - one.Value), nil
}

// TakeApart finds out whether a question takes several sub-questions, and which:
// several is the model's P(several), and the plan is the question alone when it
// takes one. A small model's probability alone separates the two kinds of
// question poorly, and its plan of a simple question still names one unknown
// only; so the question must be likely enough to take several, and its plan
// must name two unknowns.
func (s *Steps) TakeApart(ctx context.Context, question string) (several Grade, plan multihop.Plan, err error) {
	whole := multihop.Plan{question}
	if !s.cfg.uses(HeuristicPlan) {
		return Grade{}, whole, nil
	}
	if several, err = s.CountLookups(ctx, question); err != nil || !several.Passes(s.cfg.Several) {
		return several, whole, err
	}
	if plan, err = s.MakePlan(ctx, prompts.Plan{Question: question}); err != nil {
		return several, nil, err
	}
	if plan.Several(question) == nil {
		plan = whole
	}
	return several, plan, nil
}

// MakePlan has the model take a question apart. in.Failed are sub-questions of
// an earlier plan that found nothing. A plan that makes no sense becomes the
// question itself.
func (s *Steps) MakePlan(ctx context.Context, in prompts.Plan) (multihop.Plan, error) {
	p, err := s.Render(prompts.NamePlan, in.Question, in)
	if err != nil {
		return nil, err
	}
	written, err := s.Write(ctx, p, 128)
	if err != nil {
		return nil, err
	}
	return multihop.Parse(written, in.Question), nil
}

// Follow finds the passages of a question along its plan and over bridges, best
// first, with the paths (multihop.Finder). It asks the model nothing.
func (s *Steps) Follow(ctx context.Context, question string, plan multihop.Plan) ([]retrieval.Passage, []multihop.Path, error) {
	finder := multihop.Finder{
		Searcher:     firstStage{s},
		WithoutPaths: !s.cfg.uses(HeuristicPath), WithoutBridges: !s.cfg.uses(HeuristicBridge),
	}
	ctx, sp := span.Start(ctx, "follow-plan", span.Retriever)
	sp.Input(map[string]any{"question": question, "plan": plan})
	found, paths, err := finder.Follow(ctx, question, plan)
	sp.Output(map[string]any{"trails": shownPaths(paths), "found": len(found)})
	sp.Close(err)
	return found, paths, err
}

// firstStage makes a multihop.Searcher of the steps' retriever.
type firstStage struct{ steps *Steps }

// FirstStage searches by the first stage alone where the retriever can
// (multihop.Searcher; retrieval.TwoStage is one), for many queries at the price
// of one reranking. Any other retriever runs whole.
func (f firstStage) FirstStage(ctx context.Context, query string, k int) ([]retrieval.Passage, error) {
	if first, ok := f.steps.retriever.(multihop.Searcher); ok {
		defer f.steps.lookUps.start()()
		found, err := first.FirstStage(ctx, query, k)
		return found, stop.Reason(ctx, err)
	}
	res, err := f.steps.Search(ctx, query)
	found := comparable(res)
	return found[:min(k, len(found))], err
}

// PlanInput is a plan with the passages that were found for it, best first.
type PlanInput struct {
	Question string
	Plan     multihop.Plan
	Passages []retrieval.Passage
}

// ReadPlan has the model read the answers to all sub-questions of a plan off
// the passages in one call. A small model that is to answer such a question in
// one sentence often answers only its inner part, or says that the passages do
// not tell; line by line it finds the way. Code checks each line
// (multihop.Progress.Take), and the reading ends at the first that does not
// count, since what comes after refers to it. dropped is how many passages did
// not fit.
func (s *Steps) ReadPlan(ctx context.Context, in PlanInput) (p *multihop.Progress, dropped int, err error) {
	lines := in.Plan.Lettered()
	written, left, _, err := s.writeDraft(ctx, DraftInput{Passages: in.Passages}, func(passages []prompts.Passage) (prompts.Prompt, error) {
		return s.Render(prompts.NameAnswerPlan, in.Question, prompts.AnswerPlan{Question: in.Question, Plan: lines, Passages: passages})
	})
	if err != nil {
		return nil, 0, err
	}
	p = multihop.NewProgress(in.Question, in.Plan)
	p.Read(written, in.Passages[:left])
	return p, len(in.Passages) - left, nil
}
