package metrics

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Config configures the metrics. Its zero value works.
type Config struct {
	// Process adds the figures of the process: memory, file handles and the Go
	// runtime. They are useful for a server, but not for the file of a single
	// command.
	Process bool
}

// Metrics counts turns and searches. It is safe for concurrent use. A nil
// *Metrics counts nothing.
type Metrics struct {
	registry *prometheus.Registry
	words    *vocabulary

	running   prometheus.Gauge
	questions *prometheus.CounterVec   // by strategy and outcome
	seconds   *prometheus.HistogramVec // duration of a question, by strategy and outcome
	stops     *prometheus.CounterVec   // by strategy and stopped_by
	rounds    *prometheus.HistogramVec // rounds per question, by strategy
	errors    *prometheus.CounterVec   // by kind
	degraded  *prometheus.CounterVec   // by failed part

	steps  *prometheus.HistogramVec // seconds per question, by step
	calls  *prometheus.CounterVec   // by step
	cached *prometheus.CounterVec   // by step
	tokens *prometheus.CounterVec   // by step and kind
	shared *prometheus.CounterVec   // prompt tokens, by step

	grades  *prometheus.HistogramVec // by kind
	unknown *prometheus.CounterVec   // by kind

	search *prometheus.HistogramVec // seconds per search, by stage

	arms       *prometheus.CounterVec   // questions of an experiment, by arm and outcome
	armSeconds *prometheus.HistogramVec // duration of a question of an experiment, by arm and outcome
	feedback   *prometheus.CounterVec   // by arm and thumb
}

// New returns metrics with a new registry.
func New(cfg Config) *Metrics {
	// The buckets reach from the time of a cached embedding to the time of a
	// whole question with a small model on a laptop.
	seconds := []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 25, 60, 120, 300}
	m := &Metrics{
		registry: prometheus.NewRegistry(), words: newVocabulary(64),
		running:   prometheus.NewGauge(prometheus.GaugeOpts{Name: "selfrag_questions_running", Help: "Questions that are being answered."}),
		questions: counter("selfrag_questions_total", "Questions by outcome: answered, answered without certainty (unsure), abstained, failed, or left by the person who asked.", "strategy", "outcome"),
		seconds:   histogram("selfrag_question_seconds", "Time from question to outcome.", seconds, "strategy", "outcome"),
		stops:     counter("selfrag_stops_total", "Answers by the reason that ended them.", "strategy", "stopped_by"),
		rounds:    histogram("selfrag_iterations", "Rounds of an answer.", []float64{0, 1, 2, 3, 5, 8, 13}, "strategy"),
		errors:    counter("selfrag_errors_total", "Questions and searches that failed, by kind of error.", "kind"),
		degraded:  counter("selfrag_degraded_total", "Answers and searches that did without a part that failed.", "what"),
		steps:     histogram("selfrag_step_seconds", "Time that a question spent in a step, all its calls together.", seconds, "step"),
		calls:     counter("selfrag_llm_calls_total", "Calls of the language model.", "step"),
		cached:    counter("selfrag_llm_cache_hits_total", "Calls that were answered from the turn's cache and never made.", "step"),
		tokens:    counter("selfrag_llm_tokens_total", "Tokens that the language model read and wrote.", "step", "kind"),
		shared:    counter("selfrag_llm_shared_prompt_tokens_total", "Prompt tokens that an earlier prompt began with, which a server with a prefix cache reads once.", "step"),
		grades:    histogram("selfrag_grade", "Grades, from 0 to 1.", []float64{.1, .2, .3, .4, .5, .6, .7, .8, .9, 1}, "kind"),
		unknown:   counter("selfrag_grades_unknown_total", "Grades that the model did not give.", "kind"),
		search:    histogram("selfrag_search_seconds", "Time of a search by stage.", seconds, "stage"),

		arms:       counter("selfrag_arm_questions_total", "Questions to which an experiment assigned an arm, by outcome.", "arm", "outcome"),
		armSeconds: histogram("selfrag_arm_question_seconds", "Time from question to outcome, by the arm that an experiment assigned.", seconds, "arm", "outcome"),
		feedback:   counter("selfrag_feedback_total", "Thumbs on answers, by the arm that an experiment assigned; none: the question named its strategy.", "arm", "thumb"),
	}
	// MustRegister cannot panic here: the registry is new and each name occurs
	// once.
	m.registry.MustRegister(m.running, m.questions, m.seconds, m.stops, m.rounds, m.errors, m.degraded, m.steps, m.calls, m.cached, m.tokens, m.shared,
		m.grades, m.unknown, m.search, m.arms, m.armSeconds, m.feedback)
	if cfg.Process {
		m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	}
	return m
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

func histogram(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
}

// Handler serves the metrics in Prometheus' text format or OpenMetrics,
// whichever the client asks for.
func (m *Metrics) Handler() http.Handler {
	if m == nil {
		return http.NotFoundHandler()
	}
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{EnableOpenMetrics: true})
}

// WriteFile writes the metrics in Prometheus' text format, which
// node_exporter's textfile collector reads. A reader sees the old file or the
// new one, never a part.
func (m *Metrics) WriteFile(path string) error {
	if m == nil {
		return nil
	}
	if err := prometheus.WriteToTextfile(path, m.registry); err != nil {
		return fmt.Errorf("write the metrics: %w", err)
	}
	return nil
}

// Queue watches a queue. length returns the number of items that wait; dropped
// returns the number ever dropped, and is nil for a queue that drops nothing.
// Both are called whenever the metrics are read. The name is that of the kind
// of queue, such as "spans"; a second queue of the same name is an error.
func (m *Metrics) Queue(name string, length, dropped func() int) error {
	if m == nil {
		return nil
	}
	is := prometheus.Labels{"queue": name}
	err := m.registry.Register(prometheus.NewGaugeFunc(
		prometheus.GaugeOpts{Name: "selfrag_queue_length", Help: "Items that wait in a queue.", ConstLabels: is},
		func() float64 { return float64(length()) }))
	if dropped != nil {
		err = errors.Join(err, m.registry.Register(prometheus.NewCounterFunc(
			prometheus.CounterOpts{Name: "selfrag_queue_dropped_total", Help: "Items that a full queue or a failed transport lost.", ConstLabels: is},
			func() float64 { return float64(dropped()) })))
	}
	if err != nil {
		return fmt.Errorf("watch queue %s: %w", name, err)
	}
	return nil
}
