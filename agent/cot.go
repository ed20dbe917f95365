package agent

import (
	"context"
	"slices"
	"strings"

	"selfrag/agent/call"
	"selfrag/agent/claim"
	"selfrag/agent/internal/span"
	"selfrag/agent/multihop"
	"selfrag/prompts"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// CoT plans look-ups that refer to earlier answers, answers each by a search
// and a few words read from what it found, and writes the answer from the
// chain. A step that finds nothing has the rest planned anew, once.
//
// Method: a decomposed chain of thought over retrieval, as self-ask (Press et
// al., arXiv 2210.03350) and IRCoT (Trivedi et al., arXiv 2212.10509).
type CoT struct{}

// Name is "cot".
func (CoT) Name() string { return "cot" }

// Run plans, takes each step, and concludes.
func (CoT) Run(ctx context.Context, t *Turn) (Answer, error) {
	e := &gathered{}
	stopped, err := takeSteps(ctx, t, e, &gathered{})
	return finish(ctx, t, e, stopped, err)
}

// takeSteps takes the steps of a plan, each a round of the turn. What proves
// single steps is kept apart in steps: it proves no answer.
func takeSteps(ctx context.Context, t *Turn, e, steps *gathered) (string, error) {
	in := prompts.Plan{Question: t.Question.Text}
	plan, err := t.Steps.MakePlan(ctx, in)
	if err != nil {
		return "", err
	}
	t.Emit(Planned{Plan: plan})
	e.plan = plan.Several(t.Question.Text)
	answers := map[int]string{}
	told := map[string]string{} // answers by query, which outlive a plan
	replanned := false
	for n := 0; n < len(plan); n++ {
		i := len(e.iterations)
		if i >= t.rounds(2*multihop.MaxSubQuestions) {
			return SpentIterations, nil
		}
		if name, ok := plan.Given(t.Question.Text, n+1); ok {
			answers[n+1] = name
			continue
		}
		query := multihop.Fill(plan[n], answers)
		if multihop.Lacks(query, n) {
			continue // what it asks about was not found
		}
		if text.Among(e.asked(), query) {
			if answer := told[text.Normalise(query)]; answer != "" {
				answers[n+1] = answer
			}
			continue
		}
		answer, err := step(ctx, t, e, steps, i, query)
		if err != nil {
			return "", err
		}
		if answer != "" {
			answers[n+1], told[text.Normalise(query)] = answer, answer
			continue
		}
		if replanned || !plan.Needed(n+1) {
			continue
		}
		replanned = true
		in.Failed = append(in.Failed, query)
		again, err := t.Steps.MakePlan(ctx, in)
		if err != nil {
			return "", err
		}
		if !slices.Equal(again, plan) {
			plan, n, answers = again, -1, map[int]string{}
			e.plan = plan.Several(t.Question.Text)
			t.Emit(Planned{Iteration: i, Plan: plan})
		}
	}
	if err := answerChain(ctx, t, e, steps); err != nil {
		return "", err
	}
	return StoppedPlanDone, nil
}

// step looks one thing up and reads its answer in a few words; "" when the
// passages do not tell, or when no passage holds what the model says.
func step(ctx context.Context, t *Turn, e, steps *gathered, i int, query string) (answer string, err error) {
	ctx = span.InRound(ctx, i)
	t.Emit(QueryRefined{Iteration: i, Query: query})
	it, end := e.begin(t, query)
	defer end()
	answer, found, err := lookUpAnswer(ctx, t, e, i, it, query)
	if err != nil || len(found) == 0 {
		return "", err
	}
	at := claim.Holding(answer, query, found)
	sentence := Sentence{Sentence: claim.Answered(query, answer, at)}
	if answer == "" || at < 0 {
		answer, sentence.Passages = "", nil
	}
	it.Draft = sentence.Text
	t.Emit(Drafted{Iteration: i, Draft: Draft{Draft: claim.Draft{Text: it.Draft, Sentences: []claim.Sentence{sentence.Sentence}, NotFound: answer == ""}}})
	if answer == "" {
		return "", nil
	}
	if sentence.Support, err = t.Steps.GradeSupport(ctx, SupportInput{sentence.Sentence, found, t.Question.Text}); err != nil {
		return "", err
	}
	it.Support = sentence.Support
	keep := sentence.Support.Passes(t.Config.Support)
	t.Emit(SupportGraded{Iteration: i, Sentence: sentence, Kept: keep})
	if keep {
		steps.add([]Sentence{sentence}, found)
	}
	// The chain goes on with an answer that a passage holds even where its
	// grade is poor: a wrong name finds nothing in the next step.
	return answer, nil
}

// lookUpAnswer searches for one thing and reads its answer in a few words from
// what was found; "" when the passages do not tell.
func lookUpAnswer(ctx context.Context, t *Turn, e *gathered, i int, it *Iteration, query string) (string, []retrieval.Passage, error) {
	found, seen, err := t.searched(ctx, i, query)
	if err != nil {
		return "", nil, err
	}
	e.saw(found, seen, "")
	it.Passages = ungraded(found.Passages)
	if len(found.Passages) == 0 {
		return "", nil, nil
	}
	answer, err := t.Steps.AnswerStep(ctx, StepInput{query, found.Passages})
	return answer, found.Passages, err
}

// StepInput is a look-up with the passages that were found for it.
type StepInput struct {
	Question string
	Passages []retrieval.Passage
}

// AnswerStep answers a look-up in a few words from passages, best first; ""
// when the model finds no answer in them. Those that the model's context has
// no room for are left out, the last first.
func (s *Steps) AnswerStep(ctx context.Context, in StepInput) (string, error) {
	var text string
	_, err := call.Fitting(len(in.Passages), func(left int) error {
		p, err := s.Render(prompts.NameAnswerStep, in.Question, prompts.AnswerStep{
			Question: in.Question, Passages: numbered(in.Question, in.Passages[:left]),
		})
		if err != nil {
			return err
		}
		text, err = s.Write(ctx, p, 32)
		return err
	})
	if err != nil {
		return "", err
	}
	text = claim.ShortAnswer(firstLine(text))
	if claim.NotFound(text) || len(strings.Fields(text)) > claim.MostValueWords {
		return "", nil
	}
	return text, nil
}

// answerChain drafts the answer from the passages that held the steps'
// answers, and grades it as a round of its own.
func answerChain(ctx context.Context, t *Turn, e, steps *gathered) error {
	passages := steps.passages
	if len(passages) == 0 {
		passages = e.pool.Best()
	}
	if len(passages) == 0 {
		return nil
	}
	i := len(e.iterations)
	ctx = span.InRound(ctx, i)
	it, end := e.begin(t, t.Question.Text)
	defer end()
	it.Passages = ungraded(passages)
	t.Emit(QueryRefined{Iteration: i, Query: t.Question.Text})
	draft, err := t.Steps.Synthesize(ctx, SynthesisInput{
		Question: t.Question.Text, Passages: passages, Sentences: claimsOf(steps.sentences),
		OnToken: t.pieces(func(s string) Event { return DraftDelta{Iteration: i, Text: s} }),
	})
	if err != nil {
		return err
	}
	j, err := judge(ctx, t, e, i, draft, passages)
	j.into(it, e, passages)
	return err
}
