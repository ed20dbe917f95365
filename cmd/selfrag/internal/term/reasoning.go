package term

import (
	"cmp"
	"fmt"
	"strings"

	"selfrag/agent"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
)

// Reasoning builds a tree from the events of a turn: what was asked, found,
// kept, written and graded, and why the turn stopped.
//
// A level is a node that is open: each event becomes a node below the innermost
// open level. A round is a level, for example. The methods open and close begin
// and end a level.
type Reasoning struct {
	root   node
	levels []*node // open levels, outermost first, without the root
	round  *roundNodes
	final  *node // the synthesis in progress
}

// roundNodes holds the nodes of the current round that later events change or
// add nodes to.
type roundNodes struct {
	search   *node
	draft    *node
	passages map[string]*node  // by id of the passage
	scores   map[string]string // such as "score 0.83", by id of the passage
}

// here returns the innermost open level, or the root if no level is open.
func (r *Reasoning) here() *node {
	if len(r.levels) == 0 {
		return &r.root
	}
	return r.levels[len(r.levels)-1]
}

// open begins a level. Later events go below it until it is closed.
func (r *Reasoning) open(format string, args ...any) {
	r.levels = append(r.levels, r.here().add(format, args...))
}

// close ends the innermost level.
func (r *Reasoning) close() {
	if len(r.levels) > 0 {
		r.levels = r.levels[:len(r.levels)-1]
	}
}

// Show adds an event to the tree.
func (r *Reasoning) Show(e agent.Event) {
	switch e := e.(type) {
	case agent.Started:
		*r = Reasoning{root: node{text: fmt.Sprintf("%s  (%s)", e.Question, e.Strategy)}}
	case agent.ConversationSummarized:
		r.here().add("earlier in the conversation: %s", e.Summary)
	case agent.QuestionResolved:
		if e.Standalone != e.Original {
			r.here().add("understood as: %s", e.Standalone)
		}
	case agent.RetrieveDecided:
		r.here().add("should-retrieve %s: %s", e.Grade, map[bool]string{true: "search", false: "enough"}[e.Retrieve])
	case agent.StrategyChosen:
		r.here().add("strategy %s, since several look-ups are likely by %s", e.Strategy, e.Several)
	case agent.Planned:
		r.planned(e)
	case agent.NodeExpanded:
		r.endRound()
		r.here().add("node %d: %s from node %d, reward %.2f", e.Node, e.Action, max(0, e.Parent), e.Reward)
	case agent.QueryRefined:
		r.beginRound(fmt.Sprintf("round %d: %s", e.Iteration+1, e.Query))
	case agent.Searched:
		r.searched(e.Result)
	case agent.EvidenceFound:
		r.evidence(e.Found)
	case agent.RelevanceGraded:
		r.graded(e)
	case agent.DraftDelta: // Drafted carries the whole text
	case agent.Drafted:
		r.drafted(e.Draft)
	case agent.SupportGraded:
		r.supported(e)
	case agent.UsefulnessGraded:
		r.here().add("usefulness %s", e.Grade)
	case agent.IterationEnded:
		if e.Iteration.Graded() {
			r.here().add("score %.2f", e.Score)
		}
		r.endRound()
	case agent.SynthesisDelta:
		r.endRound()
		if r.final == nil {
			r.final = r.here().add("synthesize: ")
		}
		r.final.text += e.Text
	case agent.Answered:
		r.answered(e.Answer)
	}
}

// planned shows the look-ups of a plan and the paths, which are the passages
// that were found for these look-ups, one after another.
func (r *Reasoning) planned(e agent.Planned) {
	plan := r.here().add("plan")
	for i, sub := range e.Plan {
		plan.add("#%d %s", i+1, sub)
	}
	for _, path := range e.Paths {
		way := r.here().add("trail, score %.2f", path.Score)
		for i, query := range path.Queries {
			way.add("%s: %s", query, cmp.Or(path.Passages[i].Title, path.Passages[i].Source))
		}
	}
}

func (r *Reasoning) beginRound(title string) {
	r.endRound()
	r.open("%s", title)
	r.round = &roundNodes{passages: map[string]*node{}, scores: map[string]string{}}
}

func (r *Reasoning) endRound() {
	if r.round != nil {
		r.round = nil
		r.close()
	}
}

// inRound returns the nodes of the current round. If there is none, it begins a
// round with the given title, because strategies with a single search emit no
// event at the beginning of a round.
func (r *Reasoning) inRound(title string) *roundNodes {
	if r.round == nil {
		r.beginRound(title)
	}
	return r.round
}

func (r *Reasoning) searched(found retrieval.Result) {
	round := r.inRound("search: " + found.Query)
	round.search = r.here().add("search: %s in %d ms", Count(len(found.Passages), "passage"), found.Timings.Total.Milliseconds())
	if found.Degraded != "" {
		round.search.add("%s", found.Degraded)
	}
	for _, p := range found.Passages {
		round.scores[p.ID] = fmt.Sprintf("score %.3g", p.Score)
		round.passages[p.ID] = r.passage(round.search, round.scores[p.ID], p)
	}
}

// mostEvidence is the maximum number of sentences of evidence that are shown
// per round.
const mostEvidence = 5

// evidence shows the sentences that may answer the question, with their
// P(answers).
func (r *Reasoning) evidence(found evidence.Found) {
	r.inRound("evidence")
	if len(found.Sentences) == 0 {
		return
	}
	of := r.here().add("evidence: P(answers) %.2f", found.Answers)
	for _, s := range found.Sentences[:min(len(found.Sentences), mostEvidence)] {
		of.add("%.2f  “%s”  %s%s", s.Answers, s.Text, s.Source, Place(s.Metadata))
	}
	for _, c := range found.Changes {
		of.add("%s “%s”, %s “%s”", changeLabel(c), c.Now.Text, otherLabel(c), c.Other.Text)
	}
}

// passage adds a node for a passage below parent. The node shows the remark,
// the place of the passage in its document, and the first words of its text.
func (r *Reasoning) passage(parent *node, remark string, p retrieval.Passage) *node {
	n := parent.add("%s  %s%s: %s", remark, p.Source, Place(p.Metadata), p.Text)
	n.cut = true
	return n
}

func (r *Reasoning) graded(e agent.RelevanceGraded) {
	round := r.inRound("grade passages")
	said := map[bool]string{true: "kept   ", false: "dropped"}[e.Kept] + " " + e.Grade.String()
	if score, ok := round.scores[e.Passage.ID]; ok {
		said += "  " + score
	}
	n, found := round.passages[e.Passage.ID]
	if !found {
		round.passages[e.Passage.ID] = r.passage(r.here(), said, e.Passage)
		return
	}
	*n = *r.passage(&node{}, said, e.Passage)
}

func (r *Reasoning) drafted(d agent.Draft) {
	round := r.inRound("draft")
	if len(d.Sentences) == 0 && d.NotFound {
		round.draft = r.here().add("draft: the passages do not say")
		return
	}
	round.draft = r.here().add("draft: %s", d.Text)
}

func (r *Reasoning) supported(e agent.SupportGraded) {
	round := r.inRound("grade sentences")
	if round.draft == nil {
		round.draft = r.here()
	}
	if why := refusal(e.Sentence); why != "" {
		round.draft.add("%s", why).add("%s", e.Sentence.Text)
		return
	}
	said := map[bool]string{true: "supported    ", false: "not supported"}[e.Kept]
	round.draft.add("%s %s  %s", said, e.Sentence.Support, e.Sentence.Text)
}

func (r *Reasoning) answered(a agent.Answer) {
	r.levels, r.round = nil, nil
	what := "answered"
	switch {
	case a.Abstained:
		what = "abstained"
	case a.Unsure:
		what = "answered, but not certain"
	case a.Quoted:
		what = "answered with the evidence itself"
	}
	end := r.root.add("%s, stopped by %s", what, a.StoppedBy)
	end.add("%s", a.Text)
	if a.Degraded != "" {
		end.add("%s", a.Degraded)
	}
	r.root.add("%s", spentOn(a))
}

// Empty reports whether no turn has begun.
func (r *Reasoning) Empty() bool { return r.root.text == "" }

// Draw returns the tree, at most the given number of columns wide.
func (r *Reasoning) Draw(columns int) string {
	var b strings.Builder
	r.root.draw(&b, "", "", columns)
	return b.String()
}

// spentOn returns the cost of an answer in words.
func spentOn(a agent.Answer) string {
	return fmt.Sprintf("%s, %d + %d tokens, %.1f s", Count(a.Usage.Calls, "LLM call"), a.Usage.PromptTokens, a.Usage.CompletionTokens, a.Timings.Total/1000)
}
