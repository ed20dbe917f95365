package agent

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/otel/trace"

	"selfrag/agent/call"
	"selfrag/agent/claim"
	"selfrag/rerank"
	"selfrag/rerank/evidence"
)

// Config tunes the agent. Its zero value works.
type Config struct {
	Strategy Strategy // nil means SelfRAG{}

	// A threshold of 0 means its default; NoThreshold means no threshold.

	// Delta is the probability above which another search is made (0.2). It is
	// low because a needless search costs seconds, while a missing search costs
	// the answer.
	Delta float64
	// NoSearchAllowed lets the first round answer without a search if the model
	// is sure that it needs no documents.
	NoSearchAllowed bool

	// Relevance is the least grade of a passage that stays (0.2). It is low
	// because small models give their Yes too little probability. A passage
	// that does not help is noticed later, when the draft is graded; a dropped
	// passage is lost.
	Relevance float64
	// Support is the least grade of a sentence that passes, Usefulness that of
	// an answer (0.5 each).
	Support, Usefulness float64
	// SupportSeveral is the least grade of a sentence if the question takes
	// several look-ups (0.8). Models are less sure of claims that rest on two
	// passages, and another round often finds a better draft.
	SupportSeveral float64

	// Evidence finds the sentences that may answer. If it is nil, only words
	// are compared.
	Evidence EvidenceFinder
	// Answerable is the P(answers) below which the strategy extractive abstains
	// (DefaultAnswerable).
	Answerable float64

	// WithoutRules and WithoutHeuristics are the rules and heuristics to leave
	// out, to measure what each is worth (none). LeaveOut adds to them by name.
	WithoutRules      []claim.Rule
	WithoutHeuristics []Heuristic

	// Certain makes the agent abstain instead of giving an answer that is not
	// certain. Such an answer is one to a question of several look-ups: the
	// passages that it cites hold its facts, but the model grades its support
	// below Support.
	Certain bool

	// Promising is the P(answers) of the evidence below which no draft is
	// written (DefaultPromising).
	Promising float64
	// Quotable is the P(answers) from which the evidence itself becomes the
	// answer if no draft holds (DefaultQuotable).
	Quotable float64

	// Context is what a draft is written from (ContextAuto).
	Context Context

	// Grading is the source of relevance grades (GradeEvidence). If that is the
	// reranker, Calibration turns its scores into probabilities.
	Grading     Grading
	Calibration *rerank.Calibration

	// Several is the P(several look-ups) from which the model is asked to take
	// apart a question whose draft failed (0.2). The probability comes from the
	// evidence. The threshold is low because the plan itself shows whether
	// there is more than one look-up.
	Several float64

	// Width is the number of drafts that a round writes and grades (1). Only
	// the best goes on.
	Width int
	// Parallel is the number of independent model calls that may run at a time
	// (1). A number higher than the server's own only makes calls queue there.
	Parallel int
	// Seed makes sampled text repeatable.
	Seed int

	// NoDeltas turns off the events DraftDelta and SynthesisDelta, for readers
	// that show nothing before the answer. The model then need not stream, and
	// each token costs less.
	NoDeltas bool

	// Degraded says which parts the agent lacks from the beginning, and is
	// repeated in each of its answers. It is empty if none is missing.
	Degraded string

	Weights Weights
	Budget  Budget
	// Tracer makes the span of each turn, the parent of the spans of its steps.
	// If it is nil, the tracer of the context's span is used, which by default
	// does nothing.
	Tracer trace.Tracer
	// MaxAnswerTokens limits the length of each draft and of the final answer
	// (256).
	MaxAnswerTokens int
}

// DefaultAnswerable is the default of Config.Answerable: as likely as not. With
// it, 19 of the handbook's 22 questions of one look-up are answered, all
// correctly, and 3 of its 12 questions that the documents do not answer.
// docs/results.md has the figures of a set on which nothing was fitted.
const DefaultAnswerable = 0.5

// DefaultPromising is the default of Config.Promising. One of the handbook's 22
// answerable questions of one look-up lies below it, because the search does
// not find its answer. Of the 12 unanswerable questions, six lie below it.
const DefaultPromising = 0.1

// DefaultQuotable is the default of Config.Quotable.
const DefaultQuotable = 0.75

// NoThreshold as a threshold lets every known grade pass, except the grade of a
// claim that code refutes.
const NoThreshold = -1

// Weights are the weights of the grades in the score of an iteration:
// w_rel*relevance + w_sup*support + w_use*usefulness. The zero value means 1, 1
// and 0.5, as in Self-RAG.
type Weights struct{ Relevance, Support, Usefulness float64 }

// Budget bounds a turn. Zero fields take the defaults.
type Budget struct {
	Iterations int           // rounds of self-rag, steps of cot, rollouts of mcts; 8 for self-rag and mcts, 10 for cot
	Calls      int           // LLM calls; 60
	Tokens     int           // prompt and completion tokens together; 60,000
	Time       time.Duration // wall clock; 5 minutes
}

// Config returns the configuration of the steps, with its defaults filled in.
func (s *Steps) Config() Config { return s.cfg }

// Defaults returns the zero Config with its defaults filled in.
func Defaults() Config { return Config{}.withDefaults() }

func (c Config) withDefaults() Config {
	if c.Strategy == nil {
		c.Strategy = SelfRAG{}
	}
	c.Delta = cmp.Or(c.Delta, 0.2)
	c.Relevance = cmp.Or(c.Relevance, 0.2)
	c.Support = cmp.Or(c.Support, 0.5)
	c.SupportSeveral = cmp.Or(c.SupportSeveral, 0.8)
	c.Usefulness = cmp.Or(c.Usefulness, 0.5)
	c.Answerable = cmp.Or(c.Answerable, DefaultAnswerable)
	if c.Evidence == nil {
		c.Evidence = evidence.New(nil, evidence.Config{})
	}
	c.Promising = cmp.Or(c.Promising, DefaultPromising)
	c.Quotable = cmp.Or(c.Quotable, DefaultQuotable)
	c.Context = cmp.Or(c.Context, ContextAuto)
	c.Grading = cmp.Or(c.Grading, GradeEvidence)
	c.Several = cmp.Or(c.Several, 0.2)
	c.Width = max(1, c.Width)
	c.Parallel = max(1, c.Parallel)
	if c.Weights == (Weights{}) {
		c.Weights = Weights{1, 1, 0.5}
	}
	c.Budget.Calls = cmp.Or(c.Budget.Calls, call.DefaultCalls)
	c.Budget.Tokens = cmp.Or(c.Budget.Tokens, call.DefaultTokens)
	c.Budget.Time = cmp.Or(c.Budget.Time, 5*time.Minute)
	c.MaxAnswerTokens = cmp.Or(c.MaxAnswerTokens, 256)
	return c
}

// Heuristic is a part of the loop that can be left out to find out what it is
// worth. The rules of package claim can be left out too.
type Heuristic string

// The heuristics of the loop.
const (
	HeuristicPlan      Heuristic = "plan"      // questions of several look-ups are taken apart
	HeuristicPath      Heuristic = "trail"     // names lead from passage to passage along a plan (multihop.Path)
	HeuristicBridge    Heuristic = "bridge"    // passages one hop from the best ones are searched (multihop.Finder)
	HeuristicHops      Heuristic = "hops"      // look-ups of a plan are answered one by one
	HeuristicTranslate Heuristic = "translate" // a question that finds nothing is searched in the other language
	HeuristicSpellOut  Heuristic = "spell-out" // a bare value is graded with the question (SpellOut)
	HeuristicNearest   Heuristic = "nearest"   // support is graded on the nearest sentences, not on whole passages
	HeuristicUnsure    Heuristic = "unsure"    // the best draft that only the model refuses is given as not certain
	HeuristicVerbatim  Heuristic = "verbatim"  // a sentence that repeats its passage word for word is supported, and answers as likely as the passage's own sentence
	HeuristicQuote     Heuristic = "quote"     // strong evidence is quoted where no draft holds
	HeuristicAcross    Heuristic = "across"    // chained sentences are read before a question is taken apart
	HeuristicFewWords  Heuristic = "few-words" // a draft from a few sentences is an answer in a few words
	HeuristicFull      Heuristic = "full"      // whole sections are read for a question that wants more than a fact
	HeuristicOffTopic  Heuristic = "off-topic" // an answer that a plan reached through another subject counts nowhere else
)

// Heuristics returns all heuristics.
func Heuristics() []Heuristic {
	return []Heuristic{
		HeuristicPlan, HeuristicPath, HeuristicBridge, HeuristicHops, HeuristicTranslate, HeuristicSpellOut, HeuristicNearest,
		HeuristicUnsure, HeuristicVerbatim, HeuristicQuote, HeuristicAcross, HeuristicFewWords, HeuristicFull, HeuristicOffTopic,
	}
}

// Removable returns the names of all rules and heuristics that LeaveOut
// accepts.
func Removable() []string {
	var out []string
	for _, r := range claim.Rules() {
		out = append(out, string(r))
	}
	for _, h := range Heuristics() {
		out = append(out, string(h))
	}
	return out
}

// LeaveOut makes the agent do without a rule or a heuristic, given by name.
func (c *Config) LeaveOut(name string) error {
	switch {
	case slices.Contains(claim.Rules(), claim.Rule(name)):
		c.WithoutRules = append(slices.Clone(c.WithoutRules), claim.Rule(name))
	case slices.Contains(Heuristics(), Heuristic(name)):
		c.WithoutHeuristics = append(slices.Clone(c.WithoutHeuristics), Heuristic(name))
	default:
		return fmt.Errorf("there is no rule %q: use one of %s", name, strings.Join(Removable(), ", "))
	}
	return nil
}

// uses reports whether a heuristic is in use.
func (c Config) uses(h Heuristic) bool { return !slices.Contains(c.WithoutHeuristics, h) }
