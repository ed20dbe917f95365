package metrics

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"selfrag/agent"
	"selfrag/fault"
	"selfrag/retrieval"
)

// The outcomes of a question.
const (
	answered  = "answered"
	unsure    = "unsure" // answered, but not with certainty
	abstained = "abstained"
	failed    = "failed"
	left      = "left" // the caller stopped reading
)

// Follow counts a turn while its events are read. It passes the events on
// unchanged.
func (m *Metrics) Follow(events iter.Seq2[agent.Event, error]) iter.Seq2[agent.Event, error] {
	return m.FollowArm("", events)
}

// FollowArm is like Follow for a turn of an experiment, which it counts by the
// assigned arm. The arm is empty for a turn outside any experiment.
func (m *Metrics) FollowArm(arm string, events iter.Seq2[agent.Event, error]) iter.Seq2[agent.Event, error] {
	if m == nil {
		return events
	}
	return func(yield func(agent.Event, error) bool) {
		t := &turn{m: m, arm: arm, begin: time.Now(), outcome: left}
		m.running.Inc()
		defer t.end()
		for e, err := range events {
			if err != nil {
				t.failed(err)
			} else {
				t.see(e)
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

// turn is a turn in progress with its counts.
type turn struct {
	m        *Metrics
	arm      string
	begin    time.Time
	strategy string
	outcome  string
	took     time.Duration   // duration in the answer; 0 without an answer
	spending *agent.Spending // cost of a turn without an answer so far; may be nil
}

func (t *turn) see(e agent.Event) {
	switch e := e.(type) {
	case agent.Started:
		t.strategy, t.spending = e.Strategy, e.Spending
	case agent.RetrieveDecided:
		t.grade("retrieve", e.Grade)
	case agent.Searched:
		t.m.Searched(e.Result)
	case agent.RelevanceGraded:
		t.grade("relevance", e.Grade)
	case agent.SupportGraded:
		t.grade("support", e.Sentence.Support)
	case agent.UsefulnessGraded:
		t.grade("usefulness", e.Grade)
	case agent.Answered:
		t.answered(e.Answer)
	}
}

func (t *turn) grade(kind string, g agent.Grade) {
	if g.Known {
		t.m.grades.WithLabelValues(kind).Observe(g.Value)
	} else {
		t.m.unknown.WithLabelValues(kind).Inc()
	}
}

func (t *turn) answered(a agent.Answer) {
	m := t.m
	t.outcome = answered
	switch {
	case a.Abstained:
		t.outcome = abstained
	case a.Unsure:
		t.outcome = unsure
	}
	t.took = time.Duration(a.Timings.Total * float64(time.Millisecond))
	strategy := m.words.word("strategy", t.strategy)
	m.stops.WithLabelValues(strategy, m.words.word("stopped_by", a.StoppedBy)).Inc()
	m.rounds.WithLabelValues(strategy).Observe(float64(len(a.Iterations)))
	if a.Degraded != "" {
		m.degraded.WithLabelValues("answer").Inc()
	}
	t.cost(a.Cost, a.Timings)
	t.spending = nil
}

// cost counts the cost of a turn by step.
func (t *turn) cost(steps []agent.StepCost, took agent.Timings) {
	m := t.m
	for _, c := range steps {
		step := m.words.word("step", c.Step)
		m.step(step, c.Milliseconds)
		m.calls.WithLabelValues(step).Add(float64(c.Calls))
		m.cached.WithLabelValues(step).Add(float64(c.RepeatedCalls))
		m.tokens.WithLabelValues(step, "prompt").Add(float64(c.PromptTokens))
		m.tokens.WithLabelValues(step, "completion").Add(float64(c.CompletionTokens))
		m.shared.WithLabelValues(step).Add(float64(c.SharedTokens))
	}
	m.step("embed", took.Embed)
	m.step("search", took.Search)
	m.step("rerank", took.Rerank)
}

// step counts the time of a step. A time of 0 means that the step did not take
// place: the turn had no search, or the search no reranker.
func (m *Metrics) step(name string, milliseconds float64) {
	if milliseconds > 0 {
		m.steps.WithLabelValues(name).Observe(milliseconds / 1000)
	}
}

func (t *turn) failed(err error) {
	t.outcome = failed
	t.m.Failed(err)
}

// Failed counts an error that ended a search or another command. It ignores
// nil. Errors of questions are counted by Follow.
func (m *Metrics) Failed(err error) {
	if m == nil || err == nil {
		return
	}
	m.errors.WithLabelValues(m.words.word("error", errorKind(err))).Inc()
}

// end counts a turn after its last event. No part of the turn runs any more, so
// its spending is complete even without an answer.
func (t *turn) end() {
	m := t.m
	m.running.Dec()
	t.cost(t.spending.SoFar())
	if t.took == 0 {
		t.took = time.Since(t.begin)
	}
	is := prometheus.Labels{"strategy": m.words.word("strategy", t.strategy), "outcome": t.outcome}
	m.questions.With(is).Inc()
	m.seconds.With(is).Observe(t.took.Seconds())
	if t.arm != "" {
		arm := m.words.word("arm", t.arm)
		m.arms.WithLabelValues(arm, t.outcome).Inc()
		m.armSeconds.WithLabelValues(arm, t.outcome).Observe(t.took.Seconds())
	}
}

// Feedback counts a thumb on an answer, up or down, by the arm of the answer's
// question. The arm is empty for a question outside any experiment.
func (m *Metrics) Feedback(arm string, up bool) {
	if m == nil {
		return
	}
	thumb := "down"
	if up {
		thumb = "up"
	}
	m.feedback.WithLabelValues(m.words.word("arm", arm), thumb).Inc()
}

// Searched counts a search. It ignores a result with a total time of 0: a turn
// may report the result of one search again.
func (m *Metrics) Searched(r retrieval.Result) {
	if m == nil || r.Timings.Total == 0 {
		return
	}
	for _, s := range []struct {
		stage string
		took  time.Duration
	}{
		{"embed", r.Timings.Embed}, {"search", r.Timings.Search}, {"rerank", r.Timings.Rerank}, {"total", r.Timings.Total},
	} {
		if s.took > 0 {
			m.search.WithLabelValues(s.stage).Observe(s.took.Seconds())
		}
	}
	if r.Degraded != "" {
		m.degraded.WithLabelValues("search").Inc()
	}
}

// errorKind returns the label of an error's kind. It checks for cancellation
// first, because a cancelled call may also report that its part is unreachable.
func errorKind(err error) string {
	if errors.Is(err, context.Canceled) {
		return fault.Canceled.Label()
	}
	return fault.Of(err).Label()
}
