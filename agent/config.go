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

	// Delta is the threshold for another search (0.2). A round searches if
	// P(documents are needed) is above Delta. The threshold is low because a
	// needless search costs seconds, while a missing search costs the answer.
	Delta float64
	// NoSearchAllowed lets the first round answer without a search if the model
	// is sure that it needs no documents.
	NoSearchAllowed bool

	// Relevance is the minimum grade of a passage that a draft is written from
	// (0.2). It is low because small models give too low grades to relevant
	// passages. A passage that does not help is noticed later, when the draft
	// is graded, but a dropped passage is lost.
	Relevance float64
	// Support is the minimum grade of a supported sentence. Usefulness is the
	// minimum grade of an answer. Both are 0.5 by default.
	Support, Usefulness float64
	// SupportSeveral is the minimum grade of a supported sentence if the
	// question takes several look-ups (0.8). It is higher than Support because
	// another round often finds a better draft for such a question.
	SupportSeveral float64

	// Evidence finds the sentences that may answer. If it is nil, sentences are
	// compared with the question by their words only.
	Evidence EvidenceFinder
	// Answerable is the minimum P(answers) for an answer of the strategy
	// extractive (DefaultAnswerable). Below it the strategy abstains.
	Answerable float64

	// WithoutRules and WithoutHeuristics list rules and heuristics to leave
	// out, to measure their effect (none). LeaveOut adds to them by name.
	WithoutRules      []claim.Rule
	WithoutHeuristics []Heuristic

	// Certain makes the agent abstain instead of giving an answer that is not
	// certain. An answer to a question of several look-ups is not certain if
	// the cited passages contain its facts, but the model grades its support
	// below Support.
	Certain bool

	// Promising is the minimum P(answers) of the evidence for a draft
	// (DefaultPromising). Below it the model is not asked for one.
	Promising float64
	// Quotable is the minimum P(answers) of evidence that is quoted as the
	// answer if every draft was refused (DefaultQuotable).
	Quotable float64

	// Context is the kind of text that a draft is written from (ContextAuto).
	Context Context

	// Grading is the source of relevance grades (GradeEvidence). If the source
	// is the reranker, Calibration turns its scores into probabilities.
	Grading     Grading
	Calibration *rerank.Calibration

	// Several is the threshold for asking the model for a plan after a draft
	// was refused (0.2). The model is asked if the evidence gives at least this
	// P(several look-ups). The threshold is low because the plan itself shows
	// whether there is more than one look-up.
	Several float64

	// Width is the number of drafts that a round writes and grades (1). Only
	// the best draft is used.
	Width int
	// Parallel is the number of independent model calls that may run at a time
	// (1). A number higher than the server's own only makes calls queue there.
	Parallel int
	// Seed makes sampled text repeatable.
	Seed int

	// NoDeltas turns off the events DraftDelta and SynthesisDelta, for programs
	// that show nothing before the answer. The model then need not stream, so
	// each token costs less.
	NoDeltas bool

	// Degraded names the parts that the agent lacks from the beginning. It is
	// copied into the field Degraded of each answer. It is empty if no part is
	// missing.
	Degraded string

	Weights Weights
	Budget  Budget
	// Tracer begins a span for each turn. The spans of the steps are children
	// of that span. If Tracer is nil, the tracer of the span in the context is
	// used, which by default does nothing.
	Tracer trace.Tracer
	// MaxAnswerTokens limits the length of each draft and of the final answer
	// (256).
	MaxAnswerTokens int
	// Think lets a model that can think do so before it drafts an answer. Its
	// thoughts are not part of the answer and do not count in MaxAnswerTokens.
	// A model that thinks unasked is given the room that it turns out to need.
	Think bool
}

// DefaultAnswerable is the default of Config.Answerable. With this value, 19 of
// the handbook's 22 questions of one look-up are answered, all correctly, and 3
// of its 12 questions that the documents do not answer. docs/development/results.md has the
// figures of a set on which nothing was fitted.
const DefaultAnswerable = 0.5

// DefaultPromising is the default of Config.Promising. Of the handbook's 22
// answerable questions of one look-up, one is below this value, because the
// search does not find its answer. Of the 12 unanswerable questions, six are
// below it.
const DefaultPromising = 0.1

// DefaultQuotable is the default of Config.Quotable.
const DefaultQuotable = 0.75

// NoThreshold is a threshold that every known grade passes, except the grade of
// a claim that code refutes.
const NoThreshold = -1

// Weights holds the weights of the grades in the score of an iteration, which
// is w_rel*relevance + w_sup*support + w_use*usefulness. The zero value means
// 1, 1 and 0.5, as in Self-RAG.
type Weights struct{ Relevance, Support, Usefulness float64 }

// Budget limits the cost of a turn. Zero fields take the defaults.
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

// Heuristic is the name of a part of the loop that can be left out to measure
// its effect. The rules of package claim can be left out, too.
type Heuristic string

// The heuristics of the loop.
const (
	HeuristicPlan      Heuristic = "plan"       // a plan of look-ups is made for a question that takes several
	HeuristicPath      Heuristic = "trail"      // names in one passage are used to search for the next look-up of a plan (multihop.Path)
	HeuristicBridge    Heuristic = "bridge"     // passages related to the best ones are searched for (multihop.Finder)
	HeuristicHops      Heuristic = "hops"       // look-ups of a plan are answered one by one
	HeuristicTranslate Heuristic = "translate"  // a question that finds nothing is searched in the other language
	HeuristicSpellOut  Heuristic = "spell-out"  // an answer that is only a value is graded together with the question
	HeuristicNearest   Heuristic = "nearest"    // support is graded on the nearest sentences, not on whole passages
	HeuristicUnsure    Heuristic = "unsure"     // the best draft that the model refuses and code does not is given as not certain
	HeuristicVerbatim  Heuristic = "verbatim"   // a sentence that repeats its passage word for word is supported, with the P(answers) of the passage's own sentence as its usefulness
	HeuristicQuote     Heuristic = "quote"      // strong evidence is quoted if every draft was refused
	HeuristicAcross    Heuristic = "across"     // an answer is drafted from a chain of sentences before a plan is made
	HeuristicFewWords  Heuristic = "few-words"  // the model answers in a few words if it reads only a few sentences
	HeuristicFull      Heuristic = "full"       // whole sections are read for a question that wants more than a fact
	HeuristicSections  Heuristic = "sections"   // without a model or with a small one, whole sections are the answer to such a question
	HeuristicBestFirst Heuristic = "best-first" // a draft reads the likeliest evidence first; without it, last
	HeuristicOffTopic  Heuristic = "off-topic"  // an answer that a plan found in documents about another subject is refused in later drafts, too
)

// Heuristics returns all heuristics.
func Heuristics() []Heuristic {
	return []Heuristic{
		HeuristicPlan, HeuristicPath, HeuristicBridge, HeuristicHops, HeuristicTranslate, HeuristicSpellOut, HeuristicNearest,
		HeuristicUnsure, HeuristicVerbatim, HeuristicQuote, HeuristicAcross, HeuristicFewWords, HeuristicFull, HeuristicSections, HeuristicBestFirst, HeuristicOffTopic,
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
		return fmt.Errorf("unknown rule %q: use one of %s", name, strings.Join(Removable(), ", "))
	}
	return nil
}

// uses reports whether a heuristic is not left out.
func (c Config) uses(h Heuristic) bool { return !slices.Contains(c.WithoutHeuristics, h) }
