package agent

import (
	"context"
	"slices"
	"time"

	"selfrag/agent/call"
	"selfrag/agent/claim"
	"selfrag/agent/internal/span"
	"selfrag/agent/internal/stop"
	"selfrag/agent/multihop"
	"selfrag/prompts"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// makePlan asks the model for the plan of a question. in.Failed holds
// sub-questions of an earlier plan that found nothing. If the model's plan
// makes no sense, makePlan returns a plan with only the question itself.
func (s *Steps) makePlan(ctx context.Context, in prompts.Plan) (multihop.Plan, error) {
	p, err := s.Render(prompts.NamePlan, in.Question, in)
	if err != nil {
		return nil, err
	}
	written, err := s.Write(ctx, p, call.Sampling{MaxTokens: 128})
	if err != nil {
		return nil, err
	}
	return multihop.Parse(written, in.Question), nil
}

// takeApart asks the model for the plan of a question. It returns nil if no
// sub-question builds on the answer of another, which is so for a simple
// question.
func (s *Steps) takeApart(ctx context.Context, question string) (multihop.Plan, error) {
	plan, err := s.makePlan(ctx, prompts.Plan{Question: question})
	if err != nil || !plan.Chains(question) {
		return nil, err
	}
	return plan.Several(question), nil
}

// follow returns the passages for a question and its plan, best first, and the
// paths (multihop.Path) that the search along the plan found. It does not ask
// the model.
func (s *Steps) follow(ctx context.Context, question string, plan multihop.Plan) ([]retrieval.Passage, []multihop.Path, error) {
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

// FollowPlan asks the model for a plan and returns the passages for its
// look-ups, best first. It returns no passages if the plan has fewer than two
// look-ups. The duration is the time of the searches, without the model call.
func (s *Steps) FollowPlan(ctx context.Context, question string) ([]retrieval.Passage, time.Duration, error) {
	plan, err := s.takeApart(ctx, question)
	if err != nil || plan == nil {
		return nil, 0, err
	}
	begin := time.Now()
	found, _, err := s.follow(ctx, question, plan)
	return found, time.Since(begin), err
}

// firstStage adapts the retriever of the steps to multihop.Searcher.
type firstStage struct{ steps *Steps }

// FirstStage searches with the first stage alone if the retriever implements
// multihop.Searcher, as retrieval.TwoStage does. Many first-stage queries cost
// as much as one reranking. For any other retriever, FirstStage does a full
// search.
func (f firstStage) FirstStage(ctx context.Context, query string, k int) ([]retrieval.Passage, error) {
	if first, ok := f.steps.retriever.(multihop.Searcher); ok {
		defer f.steps.lookUps.Start()()
		found, err := first.FirstStage(ctx, query, k)
		return found, stop.Reason(ctx, err)
	}
	res, err := f.steps.Search(ctx, query)
	found := comparable(res)
	return found[:min(k, len(found))], err
}

// readPlan asks the model, in one call, for the answers to all sub-questions of
// a plan. A small model that has to answer the whole question in one sentence
// often answers only the first sub-question, or says that the passages hold no
// answer. If it answers one sub-question per line, it finds the answer. Code
// checks each line (multihop.Progress.Take). readPlan ignores the first line
// that fails the check and all lines after it, because later answers depend on
// earlier ones. dropped is the number of passages that did not fit the model's
// context.
func (s *Steps) readPlan(ctx context.Context, question string, plan multihop.Plan, from Reading) (p *multihop.Progress, dropped int, err error) {
	written, left, _, err := s.writeDraft(ctx, DraftInput{Question: question, Reading: from}, s.cfg.MaxAnswerTokens, func(passages []prompts.Passage) (prompts.Prompt, error) {
		return s.Render(prompts.NameAnswerPlan, question, prompts.AnswerPlan{Question: question, Plan: plan.Lettered(), Passages: passages})
	})
	if err != nil {
		return nil, 0, err
	}
	p = multihop.NewProgress(question, plan)
	p.Read(written, from.Passages[:left])
	return p, len(from.Passages) - left, nil
}

// AsksSeveral reports whether the evidence shows that a single place in the
// documents does not answer the whole question.
func AsksSeveral(seen evidence.Found) bool {
	return len(seen.Sentences) > 0 && seen.OnePlace < leastOnePlace
}

// surelySeveral reports whether a draft from one place would answer only a part
// of the question. It returns false for a model that reads whole passages. Such
// a model writes a draft in any case, because it may combine several passages.
func (r *iteration) surelySeveral(ctx context.Context, seen evidence.Found) bool {
	return !r.Steps.readsPassages(ctx) && r.Config.uses(HeuristicPlan) && AsksSeveral(seen)
}

// mayTakeSeveral reports whether the model should be asked for a plan after a
// draft was refused. It returns true if there is no plan yet and the question
// is likely enough to take several look-ups (Config.Several).
func (r *iteration) mayTakeSeveral() bool {
	return r.Config.uses(HeuristicPlan) && r.plan == nil && (len(r.evidence.Sentences) == 0 || 1-r.evidence.OnePlace >= r.Config.Several)
}

// followPlan searches for the look-ups of a plan, then asks the model in one
// call for the answers to all of them. A look-up that the model cannot answer
// gets a round of its own (hop). No passage is left out for a low relevance
// grade, because a passage may help with one look-up and not with the question
// as a whole.
func (r *iteration) followPlan(ctx context.Context, plan multihop.Plan) (holds bool, err error) {
	r.plan = plan
	found, paths, err := r.Steps.follow(ctx, r.Question.Text, plan)
	if err != nil {
		return false, err
	}
	r.Emit(Planned{Iteration: r.n, Several: severalOf(r.evidence), Plan: plan, Paths: paths})
	r.pool.Add(found)
	ranking := r.pool.Best()
	r.record.Passages = ungraded(ranking)
	if len(ranking) == 0 {
		return false, nil
	}
	queries := []string{r.Question.Text}
	if len(paths) > 0 {
		queries = append(queries, paths[0].Queries...)
	}
	from, err := r.readingFor(ctx, queries, ranking)
	if err != nil {
		return false, err
	}
	progress, dropped, err := r.Steps.readPlan(ctx, r.Question.Text, plan, from)
	if err != nil {
		return false, err
	}
	r.didWithout(didNotFit(dropped))
	r.progress = progress
	return r.arrive(ctx)
}

// answerAcross drafts an answer from a chain of sentences (readingAcross). A
// small model succeeds more often in combining two sentences than in planning
// two look-ups. The draft costs one call, which is less than a plan costs. A
// draft that only repeats the first sentence is refused, because that sentence
// answers only a part of the question.
func (r *iteration) answerAcross(ctx context.Context, seen evidence.Found) (holds bool, err error) {
	if !r.Config.uses(HeuristicAcross) {
		return false, nil
	}
	r.across = true
	first := seen.Sentences[0]
	from, err := r.readingAcross(ctx, seen)
	if err != nil {
		return false, err
	}
	r.record.Passages = ungraded(from.Passages)
	best, err := r.bestDraft(ctx, r.Question.Text, DraftInput{Reading: from})
	if err == nil && slices.ContainsFunc(best.draft.Sentences, func(s claim.Sentence) bool { return r.tellsPart(s, first) }) {
		r.record.Draft = best.draft.Text
		return false, nil
	}
	r.take(best)
	return r.record.Usefulness.Passes(r.Config.Usefulness), err
}

// tellsPart reports whether a sentence only repeats the first sentence of a
// chain. It returns false if the question asks for a number, a date or an
// amount of money and the sentence contains one.
func (r *iteration) tellsPart(s claim.Sentence, first evidence.Sentence) bool {
	if !claim.Holds(first.Text, s.Shown()) {
		return false
	}
	switch text.AsksFor(r.Question.Text) {
	case text.NumberKind, text.MoneyKind, text.DateKind:
		return text.HoldsKind(r.Question.Text, s.Shown(), "") < 1
	}
	return true
}

// mostHops is the maximum number of hops from one sentence to the next in
// readingAcross. Not measured. A question about the demo's documents takes up
// to three look-ups.
const mostHops = 2

// readingAcross returns a chain of sentences to read together. The first is the
// best sentence for the question. The next is the best sentence in another
// passage for the question and the first sentence together, and so on. Each hop
// also adds the second best sentence to the chain.
//
// Method: multi-hop dense retrieval (Xiong et al., arXiv 2009.12756), sentence
// by sentence and without training.
func (r *iteration) readingAcross(ctx context.Context, seen evidence.Found) (Reading, error) {
	passages := r.pool.Ranking()
	query, through := r.Question.Text, map[string]bool{}
	var chain []evidence.Sentence
	for hops := 0; len(seen.Sentences) > 0; hops++ {
		chain = append(chain, seen.Sentences[:min(len(seen.Sentences), mostRead/2)]...)
		if hops == mostHops {
			break
		}
		query += " " + seen.Sentences[0].Text
		through[seen.Sentences[0].Passage] = true
		found, next, err := r.search(ctx, query)
		if err != nil {
			return Reading{}, err
		}
		passages = append(passages, found...)
		next.Sentences = slices.DeleteFunc(slices.Clone(next.Sentences), func(s evidence.Sentence) bool { return through[s.Passage] })
		seen = next
	}
	from := r.Steps.reading(ctx, passages, inPassages(passages, chain))
	from.lead = query
	return from, nil
}

// inPassages returns the sentences that are in the given passages, each once.
func inPassages(passages []retrieval.Passage, sentences []evidence.Sentence) []evidence.Sentence {
	var out []evidence.Sentence
	for _, s := range sentences {
		if !hasSentence(out, s) && slices.ContainsFunc(passages, func(p retrieval.Passage) bool { return p.ID == s.Passage }) {
			out = append(out, s)
		}
	}
	return out
}

// severalOf returns P(the question takes several look-ups) as a grade. It
// computes the grade from the evidence.
func severalOf(seen evidence.Found) Grade {
	if len(seen.Sentences) == 0 {
		return Grade{}
	}
	return Known(1 - seen.OnePlace)
}

// hop answers the next look-up of a plan in a round of its own. lookup contains
// the answers of earlier look-ups. If hop finds no answer, the plan is given up
// and the question is answered from all passages found.
func (r *iteration) hop(ctx context.Context, lookup string) (holds bool, err error) {
	n, _ := r.progress.Next()
	if text.Among(r.asked(), lookup) {
		return r.giveUpPlan(ctx)
	}
	answer, from, err := r.lookUp(ctx, lookup)
	if err != nil {
		return false, err
	}
	r.progress.MarkSearched(n)
	if !r.progress.Take(answer, from.Passages) {
		return r.giveUpPlan(ctx)
	}
	taken := r.progress.Sentences()
	r.record.Draft = taken[len(taken)-1].Shown()
	return r.arrive(ctx)
}

// lookUp searches for a query and returns its answer in a few words, read from
// the evidence. It returns "" if the evidence does not answer the query.
func (r *iteration) lookUp(ctx context.Context, query string) (string, Reading, error) {
	found, seen, err := r.search(ctx, query)
	if err != nil || len(found) == 0 {
		return "", Reading{}, err
	}
	from := r.Steps.readingOf(ctx, found, seen)
	answer, err := r.Steps.answerStep(ctx, stepInput{Question: query, Reading: from})
	return answer, from, err
}

// arrive judges the answers of a plan as a draft once the last look-up is
// answered. If look-ups are left, the next round searches for the first of
// them. An unsupported answer was often read from the wrong passage, so its
// look-up gets a search of its own. If that does not help, or no round is left,
// the plan is given up.
func (r *iteration) arrive(ctx context.Context) (holds bool, err error) {
	p := r.progress
	from := whole(p.Passages())
	r.read = append(r.read, from.Passages...)
	if !p.Complete() {
		draft := Draft{Draft: p.Draft()}
		draft.NotFound = len(draft.Sentences) == 0
		r.Emit(Drafted{Iteration: r.n, Draft: draft})
		if r.last {
			return r.giveUpPlan(ctx)
		}
		return false, nil
	}
	j, err := r.judge(ctx, Draft{Draft: p.Draft()}, from)
	if err != nil || j.useful(r.Config) {
		r.take(j)
		return err == nil, err
	}
	r.refuse(j)
	if r.Config.uses(HeuristicOffTopic) {
		r.noteOffTopic(j.draft, p.Answer(), r.Steps.sources(r.Question.Text, from.Passages))
	}
	if !r.last && r.Config.uses(HeuristicHops) && p.Reconsider(claimsOf(j.supported)) {
		return false, nil
	}
	return r.giveUpPlan(ctx)
}

// giveUpPlan drafts an answer to the question from the best passages found so
// far, without the plan.
func (r *iteration) giveUpPlan(ctx context.Context) (holds bool, err error) {
	r.progress = nil
	best := r.pool.Best()
	r.record.Passages = ungraded(best)
	from, err := r.readingFor(ctx, []string{r.Question.Text}, best)
	if err != nil || len(from.Passages) == 0 {
		return false, err
	}
	return r.tryDraft(ctx, r.Question.Text, DraftInput{Reading: from})
}
