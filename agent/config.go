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
	Strategy Strategy // SelfRAG{}

	// Thresholds of 0 are the defaults; NoThreshold is none.

	// Delta is the probability above which another search is made (0.2). Low,
	// because a search that was not needed costs seconds and one that was
	// missed costs the answer.
	Delta float64
	// NoSearchAllowed lets the first round answer without any search when
	// the model is sure that no documents are needed.
	NoSearchAllowed bool

	// Relevance is the least grade with which a passage stays (0.2). Low,
	// because small models give their Yes too little probability, and a
	// passage that does not help is found out later, when the draft is
	// graded; one that was dropped is lost.
	Relevance float64
	// Support and Usefulness are the least grades that pass (0.5 each): of a
	// sentence, of an answer.
	Support, Usefulness float64
	// SupportSeveral is the least grade of a sentence where the question takes
	// several look-ups (0.8): models grade claims that rest on two passages less
	// surely, and another round often finds a better draft.
	SupportSeveral float64

	// Evidence finds the sentences that may answer; nil compares words alone.
	Evidence EvidenceFinder
	// Answerable is the P(answers) of what was found below which extractive
	// abstains (DefaultAnswerable).
	Answerable float64

	// WithoutRules and WithoutHeuristics are left out, for measuring what each
	// is worth; none. LeaveOut fills them by name.
	WithoutRules      []claim.Rule
	WithoutHeuristics []Heuristic

	// Certain abstains rather than give an answer that is not certain: one to a
	// question of several look-ups whose facts stand in what it cites, but
	// whose support the model grades below Support.
	Certain bool

	// Promising is the P(answers) of the evidence below which no draft is asked for
	// (DefaultPromising).
	Promising float64
	// Quotable is the P(answers) from which the evidence itself is the answer where
	// no draft holds (DefaultQuotable).
	Quotable float64

	// Context is what a draft is written from; ContextAuto.
	Context Context

	// Grading is where relevance comes from; GradeEvidence. Calibration turns
	// the reranker's scores into probabilities, where it is the reranker.
	Grading     Grading
	Calibration *rerank.Calibration

	// Several is the P(several look-ups), as the evidence tells it, from which the
	// model is asked to take a question apart whose draft failed (0.2). Low, because
	// the plan itself shows whether there is more than one.
	Several float64

	// Width is how many drafts a round writes and grades, of which the best
	// goes on (1).
	Width int
	// Parallel is how many independent calls of the model may run at a time
	// (1). More than the server runs at a time only queue there.
	Parallel int
	// Seed makes what is sampled repeatable.
	Seed int

	// NoDeltas makes no DraftDelta and SynthesisDelta events, for readers that
	// show nothing before the answer: the model then need not stream, and each
	// token costs less.
	NoDeltas bool

	// Degraded says what the agent does without from the beginning, as each of its
	// answers then does; empty: nothing.
	Degraded string

	Weights Weights
	Budget  Budget
	// Tracer makes the span of each turn, below which those of its steps are.
	// nil takes that of the context's span, which by default does nothing.
	Tracer trace.Tracer
	// MaxAnswerTokens bounds each draft and the final answer (256).
	MaxAnswerTokens int
	// Think has a model that can do so think before it drafts an answer. What it
	// thinks is in no answer, and needs no room of MaxAnswerTokens. Models that think
	// unasked are given the room as they are found to need it.
	Think bool
}

// DefaultAnswerable is Config.Answerable where it is 0: as likely as not. By it 19
// of the handbook's 22 questions of one look-up are answered, all rightly, and 3
// of its 12 that the documents do not answer; docs/results.md has those of a set
// that nothing was fitted on.
const DefaultAnswerable = 0.5

// DefaultPromising is Config.Promising where it is 0. Of the handbook's 22 questions of
// one look-up that the documents answer, one lies below it, whose answer the search
// does not put forward; of its 12 unanswerable ones six.
const DefaultPromising = 0.1

// DefaultQuotable is Config.Quotable where it is 0.
const DefaultQuotable = 0.75

// NoThreshold as a threshold lets every known grade pass but that of a claim
// which code refutes.
const NoThreshold = -1

// Weights weigh the grades in the score of an iteration: w_rel*relevance +
// w_sup*support + w_use*usefulness. The zero value means 1, 1 and 0.5, as in
// Self-RAG.
type Weights struct{ Relevance, Support, Usefulness float64 }

// Budget bounds a turn. Zero fields take the defaults.
type Budget struct {
	Iterations int           // rounds of self-rag, steps of cot, rollouts of mcts; 3 and one for each look-up of a plan, 8, and 8
	Calls      int           // LLM calls; 60
	Tokens     int           // prompt and completion tokens together; 60,000
	Time       time.Duration // wall clock; 5 minutes
}

// Config is that of the steps, with its defaults filled in.
func (s *Steps) Config() Config { return s.cfg }

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

// Heuristic is a part of the loop that can be left out, to find out what it is
// worth. The rules of package claim can be, too.
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
	HeuristicVerbatim  Heuristic = "verbatim"  // what a sentence says word for word is supported, and answers as likely as it
	HeuristicQuote     Heuristic = "quote"     // strong evidence is quoted where no draft holds
	HeuristicAcross    Heuristic = "across"    // a chain of sentences is read before a question is taken apart
	HeuristicFewWords  Heuristic = "few-words" // of a few sentences, an answer in a few words is asked for
	HeuristicFull      Heuristic = "full"      // whole sections are read for a question that wants more than a fact
	HeuristicOffTopic  Heuristic = "off-topic" // an answer that a plan reached through another subject counts nowhere else
)

// Heuristics are all of them.
func Heuristics() []Heuristic {
	return []Heuristic{
		HeuristicPlan, HeuristicPath, HeuristicBridge, HeuristicHops, HeuristicTranslate, HeuristicSpellOut, HeuristicNearest,
		HeuristicUnsure, HeuristicVerbatim, HeuristicQuote, HeuristicAcross, HeuristicFewWords, HeuristicFull, HeuristicOffTopic,
	}
}

// Removable are the names of all rules and heuristics that LeaveOut takes.
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

// LeaveOut has the agent do without a rule or a heuristic, by its name.
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

// uses reports whether a heuristic is not left out.
func (c Config) uses(h Heuristic) bool { return !slices.Contains(c.WithoutHeuristics, h) }
