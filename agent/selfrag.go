package agent

import (
	"context"

	"selfrag/agent/internal/span"
	"selfrag/agent/multihop"
	"selfrag/prompts"
	"selfrag/retrieval"
)

// SelfRAG searches, grades and drafts in rounds until the evidence holds:
// should-retrieve, refine-query, search, grade-relevance, draft, grade-support,
// terminate; then synthesize.
type SelfRAG struct{}

// Name is "self-rag".
func (SelfRAG) Name() string { return "self-rag" }

// Run runs the loop on a turn.
func (SelfRAG) Run(ctx context.Context, t *Turn) (Answer, error) {
	e := &gathered{}
	stopped, err := loop(ctx, t, e)
	return finish(ctx, t, e, stopped, err)
}

// loopRounds is how many rounds the loop makes unless the budget says. Not
// measured.
const loopRounds = 3

// loop gathers evidence and tells why it stopped. An error may say that the
// budget is spent; what was gathered stays.
func loop(ctx context.Context, t *Turn, e *gathered) (string, error) {
	idle := 0 // rounds in a row that brought nothing new
	hops := 0 // rounds that look up one thing of a plan, or search in the other language
	for i := 0; i < t.rounds(loopRounds+hops); i++ {
		ctx := span.InRound(ctx, i)
		if n, _ := e.progress.Next(); n > 0 {
			hops++
			last := i+1 >= t.rounds(loopRounds+hops)
			if done, err := hop(ctx, t, e, i, last); err != nil {
				return "", err
			} else if done {
				return StoppedSupported, nil
			}
			continue
		}
		more, err := shouldRetrieve(ctx, t, e, i)
		if err != nil {
			return "", err
		}
		if !more && i == 0 {
			return StoppedNoSearch, nil
		}
		if !more {
			return StoppedNothingNew, nil
		}
		query, err := nextQuery(ctx, t, e, i)
		if err != nil {
			return "", err
		}
		if query == "" {
			return StoppedNothingNew, nil
		}
		before := len(e.sentences)
		if t.foreign(query) != "" {
			hops++
			idle--
		}
		done, err := round(ctx, t, e, i, query, i+1 >= t.rounds(loopRounds+hops))
		if err != nil {
			return "", err
		}
		if done {
			return StoppedSupported, nil
		}
		if idle++; len(e.sentences) > before {
			idle = 0
		}
		if idle == 2 {
			return StoppedNothingNew, nil
		}
	}
	return SpentIterations, nil
}

// shouldRetrieve decides whether this round searches. The first one does
// unless the caller allows an answer without documents; so does one after a
// round that supported nothing.
func shouldRetrieve(ctx context.Context, t *Turn, e *gathered, i int) (bool, error) {
	if i == 0 && !t.Config.NoSearchAllowed || i > 0 && len(e.sentences) == 0 {
		return true, nil
	}
	grade, err := t.Steps.ShouldRetrieve(ctx, prompts.ShouldRetrieve{Question: t.Question.Text, Known: e.known()})
	if err != nil {
		return false, err
	}
	// An unknown grade searches: a search too many is the lesser harm.
	more := !grade.Known || grade.Value > t.Config.Delta
	t.Emit(RetrieveDecided{Iteration: i, Grade: grade, Retrieve: more})
	return more, nil
}

// nextQuery is the question itself in the first round, then another. It returns
// "" when no query is left that was not asked before.
func nextQuery(ctx context.Context, t *Turn, e *gathered, i int) (query string, err error) {
	query = t.Question.Text
	if i > 0 {
		query, err = anotherQuery(ctx, t, e)
	}
	if err != nil || query == "" {
		return "", err
	}
	t.Emit(QueryRefined{Iteration: i, Query: query})
	return query, nil
}

// anotherQuery is a refined one; the first time that nothing is supported, the
// question in the other language: a small embedder hardly finds across languages.
func anotherQuery(ctx context.Context, t *Turn, e *gathered) (string, error) {
	if len(e.sentences) == 0 && !e.translated && t.Config.uses(HeuristicTranslate) {
		e.translated = true
		query, err := t.Steps.TranslateQuery(ctx, prompts.TranslateQuery{Question: t.Question.Text})
		if err != nil || query != "" {
			return query, err
		}
	}
	return t.Steps.RefineQuery(ctx, prompts.RefineQuery{Question: t.Question.Text, Known: e.known(), Asked: e.asked()})
}

// round searches, grades, drafts and grades the draft. done means that the
// evidence holds. The iteration is recorded even when the round is cut short.
// The last round does not leave a plan open.
func round(ctx context.Context, t *Turn, e *gathered, i int, query string, last bool) (done bool, err error) {
	it, end := e.begin(t, query)
	defer end()
	found, plan, err := gather(ctx, t, e, i, query)
	if err != nil {
		return false, err
	}
	if plan.Chains(query) && t.Config.uses(HeuristicHops) {
		return followPlan(ctx, t, e, i, it, plan, found, last)
	}
	if t.foreign(query) != "" {
		// The passages of several look-ups may be in both languages.
		if len(found) > 0 && e.plan != nil {
			found = e.pool.Best()
		}
		query = t.Question.Text // the answer is for who asked
	}
	return answerFrom(ctx, t, e, i, it, query, found)
}

// answerFrom grades passages and drafts an answer from those that pass. Where
// the question takes several look-ups, a passage on the way need not help with
// it as a whole, so all are read.
func answerFrom(ctx context.Context, t *Turn, e *gathered, i int, it *Iteration, query string, found []retrieval.Passage) (done bool, err error) {
	kept := found
	if e.plan != nil {
		it.Passages = ungraded(found)
	} else if kept, err = gradeRelevance(ctx, t, it, i, query, found); err != nil {
		return false, err
	}
	if len(kept) == 0 {
		return false, nil
	}
	best, err := bestDraft(ctx, t, e, i, query, kept)
	best.into(it, e, kept)
	return it.Usefulness.Passes(t.Config.Usefulness), err
}

// gather finds the passages that a round reads. Before the first search a
// question that takes several look-ups is taken apart, and what is found along
// its plan is merged with what the question itself finds, by score. The plan is
// nil for a question that takes one. Of what a translated query finds, only the
// passages of its language count.
func gather(ctx context.Context, t *Turn, e *gathered, i int, query string) ([]retrieval.Passage, multihop.Plan, error) {
	found, seen, err := t.searched(ctx, i, query)
	if err != nil {
		return nil, nil, err
	}
	e.saw(found, seen, t.foreign(query))
	if i > 0 || len(found.Passages) == 0 {
		return inLanguage(t.foreign(query), found.Passages), nil, nil
	}
	bridged, plan, err := takeApart(ctx, t, i, query)
	e.plan = plan
	if err != nil || len(bridged) == 0 {
		return found.Passages, plan, err
	}
	e.pool.Add(bridged)
	ranking := e.pool.Ranking()
	return ranking[:min(len(ranking), len(found.Passages))], plan, nil
}

// takeApart plans the look-ups of a question that takes several and follows
// them. It finds nothing, and has no plan, for a question that takes one.
func takeApart(ctx context.Context, t *Turn, i int, question string) ([]retrieval.Passage, multihop.Plan, error) {
	several, plan, err := t.Steps.TakeApart(ctx, question)
	if err != nil || len(plan) < 2 {
		return nil, nil, err
	}
	found, paths, err := t.Steps.Follow(ctx, question, plan)
	if err != nil {
		return nil, nil, err
	}
	t.Emit(Planned{Iteration: i, Several: several, Plan: plan, Paths: paths})
	return found, plan, nil
}

func gradeRelevance(ctx context.Context, t *Turn, it *Iteration, i int, query string, found []retrieval.Passage) ([]retrieval.Passage, error) {
	grades, err := t.Steps.GradeRelevance(ctx, RelevanceInput{query, found})
	if err != nil {
		return nil, err
	}
	var kept []retrieval.Passage
	for j, p := range found {
		keep := grades[j].Passes(t.Config.Relevance)
		if keep {
			kept = append(kept, p)
		}
		it.Passages = append(it.Passages, GradedPassage{p.ID, p.Score, grades[j]})
		t.Emit(RelevanceGraded{Iteration: i, Passage: p, Grade: grades[j], Kept: keep})
	}
	return kept, nil
}

// score is w_rel*relevance + w_sup*support + w_use*usefulness, with the
// relevance of the best passage; unknown grades count as 0.
func score(it Iteration, w Weights) float64 {
	best := 0.0
	for _, p := range it.Passages {
		best = max(best, p.Relevance.Value)
	}
	return w.Relevance*best + w.Support*it.Support.Value + w.Usefulness*it.Usefulness.Value
}
