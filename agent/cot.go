package agent

import (
	"context"
	"slices"
	"strings"

	"selfrag/agent/call"
	"selfrag/agent/claim"
	"selfrag/agent/multihop"
	"selfrag/prompts"
	"selfrag/retrieval/text"
)

// CoT makes a plan of look-ups that refer to the answers of earlier look-ups.
// It searches for each look-up separately and answers it in a few words. It
// writes the final answer from these short answers. If a look-up finds nothing,
// it makes a new plan, once. Like self-rag, it begins with a round without a
// plan, in case one place in the documents answers the whole question.
//
// Method: a decomposed chain of thought over retrieval, as in self-ask (Press
// et al., arXiv 2210.03350) and IRCoT (Trivedi et al., arXiv 2212.10509).
type CoT struct{}

// Name is "cot".
func (CoT) Name() string { return "cot" }

// Run answers in the first round if one place answers the whole question.
// Otherwise it makes a plan, answers the look-ups of the plan one by one, and
// concludes.
func (CoT) Run(ctx context.Context, t *Turn) (Answer, error) {
	f := &findings{}
	stopped, err := think(ctx, t, f)
	return conclude(ctx, t, f, stopped, err)
}

// think runs rounds until a round ends the turn or no round is left. It returns
// the reason to stop.
func think(ctx context.Context, t *Turn, f *findings) (stopped string, err error) {
	c := &thoughts{findings: f, answers: map[int]string{}, told: map[string]string{}}
	for ctx, r := range t.iterations(ctx, f, 2*multihop.MaxSubQuestions+2) {
		if done, err := c.round(ctx, r); err != nil || done {
			return c.stopped, err
		}
	}
	return SpentIterations, nil
}

// thoughts holds the state of a plan while its steps are answered. A step is a
// look-up of the plan.
type thoughts struct {
	findings *findings
	plan     multihop.Plan
	next     int               // index of the next step, from 0
	answers  map[int]string    // answers by step, from 1
	told     map[string]string // answers by query; they are kept when a new plan is made
	failed   []string          // look-ups of the first plan that found nothing
	steps    supported         // supported sentences that answer single steps, not the question
	stopped  string
}

// round runs one round. The first round tries to answer the question without a
// plan. Each later round answers one step of the plan, or writes the answer if
// no step is left. It reports whether the turn is done.
func (c *thoughts) round(ctx context.Context, r *iteration) (done bool, err error) {
	if r.n == 0 {
		holds, err := r.answerFirst(ctx)
		if err != nil || holds {
			c.stopped = StoppedSupported
			return true, err
		}
		return false, c.makePlan(ctx, r)
	}
	query := c.query(r.Question.Text)
	if query == "" {
		c.stopped = StoppedPlanDone
		return true, c.conclude(ctx, r)
	}
	return false, c.step(ctx, r, query)
}

// answerFirst tries to answer the question without a plan, like the first round
// of SelfRAG, and reports whether the answer is supported and useful. It writes
// no draft if the evidence shows that no single place answers the question.
func (r *iteration) answerFirst(ctx context.Context) (holds bool, err error) {
	r.ask(r.Question.Text)
	found, seen, err := r.search(ctx, r.Question.Text)
	switch {
	case err != nil:
		return false, err
	case r.wantsMore():
		return r.answerFull(ctx, r.Question.Text, seen)
	case r.surelySeveral(ctx, seen):
		return false, nil
	}
	return r.answerFrom(ctx, r.Question.Text, found, seen)
}

func (c *thoughts) makePlan(ctx context.Context, r *iteration) error {
	plan, err := r.Steps.makePlan(ctx, prompts.Plan{Question: r.Question.Text, Failed: c.failed})
	if err != nil || slices.Equal(plan, c.plan) {
		return err
	}
	c.plan, c.next, c.answers = plan, 0, map[int]string{}
	c.findings.plan = plan.Several(r.Question.Text)
	r.Emit(Planned{Iteration: r.n, Plan: plan})
	return nil
}

// query returns the query of the next step, or "" if no step is left. It skips
// steps whose answer is already known, and steps that refer to a missing
// answer.
func (c *thoughts) query(question string) string {
	for ; c.next < len(c.plan); c.next++ {
		n := c.next + 1
		if name, ok := c.plan.Given(question, n); ok {
			c.answers[n] = name
			continue
		}
		query := multihop.Fill(c.plan[c.next], c.answers)
		if multihop.Lacks(query, c.next) {
			continue // the step refers to an earlier answer that was not found
		}
		if answer, again := c.told[text.Normalise(query)]; again {
			if answer != "" {
				c.answers[n] = answer
			}
			continue
		}
		return query
	}
	return ""
}

// step answers one step of the plan in a few words. If it finds no answer and a
// later step needs one, step makes a new plan, once.
func (c *thoughts) step(ctx context.Context, r *iteration, query string) error {
	r.ask(query)
	answer, err := c.lookUp(ctx, r, query)
	if err != nil {
		return err
	}
	c.told[text.Normalise(query)] = answer
	c.next++
	if answer != "" {
		c.answers[c.next] = answer
		return nil
	}
	if c.failed != nil || !c.plan.Needed(c.next) {
		return nil
	}
	c.failed = append(c.failed, query)
	return c.makePlan(ctx, r)
}

// lookUp returns the answer to one sub-question. It returns "" if the passages
// do not answer it, or if no passage contains the model's answer. An answer that
// a passage contains is kept even if its grade is poor. This does little harm:
// if the answer is wrong, the next search finds nothing with it.
func (c *thoughts) lookUp(ctx context.Context, r *iteration, query string) (string, error) {
	answer, from, err := r.lookUp(ctx, query)
	if err != nil || len(from.Passages) == 0 {
		return "", err
	}
	at := claim.Holding(answer, query, from.Passages)
	if answer == "" || at < 0 {
		r.Emit(Drafted{Iteration: r.n, Draft: Draft{Draft: claim.Draft{NotFound: true}}})
		return "", nil
	}
	sentence := Sentence{Sentence: claim.Answered(query, answer, at)}
	r.record.Draft = sentence.Text
	r.Emit(Drafted{Iteration: r.n, Draft: Draft{Draft: claim.Draft{Text: sentence.Text, Sentences: []claim.Sentence{sentence.Sentence}}}})
	if sentence.Support, err = r.Steps.GradeSupport(ctx, SupportInput{sentence.Sentence, from, r.Question.Text}); err != nil {
		return "", err
	}
	r.record.Support = sentence.Support
	keep := sentence.Support.Passes(r.Config.Support)
	r.Emit(SupportGraded{Iteration: r.n, Sentence: sentence, Kept: keep})
	if keep {
		c.steps.add([]Sentence{sentence}, from.Passages)
	}
	return answer, nil
}

// conclude drafts the answer to the question from the passages that contain the
// answers of the steps. It grades the draft. The draft and its grades are
// recorded as a round.
func (c *thoughts) conclude(ctx context.Context, r *iteration) error {
	from := whole(c.steps.passages)
	if len(from.Passages) == 0 {
		var err error
		if from, err = r.readingFor(ctx, []string{r.Question.Text}, r.pool.Best()); err != nil || len(from.Passages) == 0 {
			return err
		}
	}
	r.ask(r.Question.Text)
	r.record.Passages = ungraded(from.Passages)
	draft, err := r.Steps.Synthesize(ctx, SynthesisInput{
		Question: r.Question.Text, Reading: from, Sentences: claimsOf(c.steps.sentences),
		OnToken: r.pieces(func(s string) Event { return DraftDelta{Iteration: r.n, Text: s} }),
	})
	if err != nil {
		return err
	}
	j, err := r.judge(ctx, draft, from)
	r.take(j)
	return err
}

// stepInput holds a look-up and the passages found for it.
type stepInput struct {
	Question string
	Reading
}

// answerStep answers a look-up in a few words from passages, best first. It
// returns "" if the model finds no answer in them. If the passages do not fit
// the model's context, the last ones are left out.
func (s *Steps) answerStep(ctx context.Context, in stepInput) (string, error) {
	var written string
	_, err := call.Fitting(len(in.Passages), func(left int) error {
		p, err := s.stepPrompt(in.Question, in.numbered(in.Question, left))
		if err != nil {
			return err
		}
		written, err = s.Write(ctx, p, call.Sampling{MaxTokens: shortTokens})
		return err
	})
	if err != nil {
		return "", err
	}
	answer := claim.ShortAnswer(text.FirstLine(claim.Normalize(written)))
	if claim.NotFound(answer) || len(strings.Fields(answer)) > claim.MostValueWords {
		return "", nil
	}
	return answer, nil
}
