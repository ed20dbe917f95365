package agent

import (
	"context"
	"time"

	attr "go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"selfrag/agent/internal/span"
	"selfrag/agent/multihop"
	"selfrag/prompts"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
)

// startRoot begins the span of a turn with the configured tracer, or else the
// tracer of the context.
func (a *Agent) startRoot(ctx context.Context, question string) (context.Context, span.Span) {
	tracer := a.cfg.Tracer
	if tracer == nil {
		tracer = trace.SpanFromContext(ctx).TracerProvider().Tracer(span.TracerName)
	}
	ctx, s := tracer.Start(ctx, "ask", trace.WithAttributes(
		span.Agent.Attribute(), attr.String("selfrag.strategy", a.cfg.Strategy.Name())))
	root := span.Span{Span: s}
	root.Input(map[string]any{"question": question})
	return ctx, root
}

// endRoot ends the span of a turn and records its result.
func endRoot(s span.Span, a Answer, err error) {
	if err == nil && s.IsRecording() {
		s.Output(map[string]any{"answer": a.Text, "abstained": a.Abstained, "citations": a.Citations})
		s.SetAttributes(
			attr.Bool("selfrag.abstained", a.Abstained), attr.Int("selfrag.iterations", len(a.Iterations)),
			attr.String("selfrag.stopped_by", a.StoppedBy), attr.Int("selfrag.llm_calls", a.Usage.Calls),
			attr.Int("selfrag.prompt_tokens", a.Usage.PromptTokens), attr.Int("selfrag.completion_tokens", a.Usage.CompletionTokens),
		)
		if a.Chosen != "" {
			s.SetAttributes(attr.String("selfrag.chosen", a.Chosen))
		}
		if len(a.Tree) > 0 {
			s.JSON("selfrag.tree", a.Tree)
		}
		for name, grade := range finalGrades(a.Iterations) {
			if grade.Known {
				s.SetAttributes(attr.Float64("selfrag."+name, grade.Value))
			}
		}
		s.Warn(a.Degraded)
	}
	s.Close(err)
}

// finalGrades returns, by name, the latest known grade of each kind in a turn.
// The relevance of a round is the grade of its best passage.
func finalGrades(iterations []Iteration) map[string]Grade {
	out := map[string]Grade{}
	latest := func(name string, g Grade) {
		if g.Known {
			out[name] = g
		}
	}
	for _, it := range iterations {
		var best Grade
		for _, p := range it.Passages {
			if p.Relevance.Known && (!best.Known || p.Relevance.Value > best.Value) {
				best = p.Relevance
			}
		}
		latest("relevance", best)
		latest("support", it.Support)
		latest("usefulness", it.Usefulness)
	}
	return out
}

// shownPassage is a passage in the form in which spans record it.
type shownPassage struct {
	ID     string  `json:"id"`
	Source string  `json:"source,omitempty"`
	Title  string  `json:"title,omitempty"`
	Score  float64 `json:"score"`
	Text   string  `json:"text,omitempty"`
}

// sizer reports how many passages each of a retriever's two stages returns at
// most. retrieval.TwoStage is one.
type sizer interface{ Sizes() (k1, k2 int) }

// searchSpan runs one search in a span.
func (s *Steps) searchSpan(ctx context.Context, query string, search func(context.Context) (retrieval.Result, error)) (retrieval.Result, error) {
	ctx, sp := span.Start(ctx, "search", span.Retriever)
	if !sp.IsRecording() {
		return search(ctx)
	}
	sp.Input(map[string]any{"query": query})
	if sized, ok := s.retriever.(sizer); ok {
		k1, k2 := sized.Sizes()
		sp.SetAttributes(attr.Int("selfrag.k1", k1), attr.Int("selfrag.k", k2))
	}
	res, err := search(ctx)
	if err == nil {
		found := make([]shownPassage, len(res.Passages))
		for i, p := range res.Passages {
			found[i] = shownPassage{p.ID, p.Source, p.Title, p.Score, p.Text}
		}
		sp.Output(map[string]any{"passages": found})
		sp.SetAttributes(
			attr.Int("selfrag.found", len(res.Passages)), attr.Float64("selfrag.embed_ms", Milliseconds(res.Timings.Embed)),
			attr.Float64("selfrag.search_ms", Milliseconds(res.Timings.Search)), attr.Float64("selfrag.rerank_ms", Milliseconds(res.Timings.Rerank)),
		)
		sp.Warn(res.Degraded)
	}
	sp.Close(err)
	return res, err
}

// shownSentence is a sentence of the evidence in the form in which spans record
// it.
type shownSentence struct {
	Passage string  `json:"passage"`
	Source  string  `json:"source,omitempty"`
	Start   int     `json:"start"`
	End     int     `json:"end"`
	Answers float64 `json:"p_answers"`
	Text    string  `json:"text"`
}

// evidenceSpan runs the evidence finder in a span.
func evidenceSpan(ctx context.Context, question string, find func(context.Context) (evidence.Found, error)) (evidence.Found, error) {
	ctx, sp := span.Start(ctx, "evidence", span.Reranker)
	if !sp.IsRecording() {
		return find(ctx)
	}
	sp.Input(map[string]any{"question": question})
	found, err := find(ctx)
	if err == nil {
		sentences := make([]shownSentence, len(found.Sentences))
		for i, s := range found.Sentences {
			sentences[i] = shownSentence{s.Passage, s.Source, s.Start, s.End, s.Answers, s.Text}
		}
		sp.Output(map[string]any{"sentences": sentences})
		sp.SetAttributes(attr.Float64("selfrag.p_answers", found.Answers), attr.Float64("selfrag.p_one_place", found.OnePlace), attr.Float64("selfrag.coverage", found.Coverage))
	}
	sp.Close(err)
	return found, err
}

// evaluated runs a grading step in a span.
func evaluated[T any](ctx context.Context, name string, input any, output func(T) any, step func(context.Context) (T, error)) (T, error) {
	ctx, sp := span.Start(ctx, name, span.Evaluator)
	if !sp.IsRecording() {
		return step(ctx)
	}
	sp.Input(input)
	out, err := step(ctx)
	if err == nil {
		sp.Output(output(out))
	}
	sp.Close(err)
	return out, err
}

// oneGrade returns a grade in the form in which spans record it, with the
// verdict that refutes its claim, if any.
func oneGrade(g Grade) any {
	shown := map[string]any{"grade": g}
	if v := g.Refuted(); v != nil {
		shown["refuted"] = v
	}
	return shown
}

// relevanceSpan grades passages in a span.
func (s *Steps) relevanceSpan(ctx context.Context, in RelevanceInput, step func(context.Context) (Relevance, error)) (Relevance, error) {
	show := func(r Relevance) any {
		out := make([]map[string]any, len(r.Grades))
		for i, g := range r.Grades {
			out[i] = map[string]any{"id": in.Passages[i].ID, "grade": g, "kept": r.Passes(i)}
		}
		by := s.cfg.Grading
		if s.gradesByEvidence(in.Evidence) {
			by = GradeEvidence
		}
		return map[string]any{"grades": out, "by": by}
	}
	return evaluated(ctx, prompts.NameGradeRelevance, map[string]any{"question": in.Question, "passages": idsOf(in.Passages)}, show, step)
}

// supportInput returns a sentence and the passages that it cites, in the form
// in which spans record them.
func supportInput(in SupportInput) any {
	cited := make([]string, len(in.Sentence.Passages))
	for i, n := range in.Sentence.Passages {
		cited[i] = in.Passages[n].ID
	}
	return map[string]any{"sentence": in.Sentence.Text, "cited": cited}
}

func idsOf(passages []retrieval.Passage) []string {
	out := make([]string, len(passages))
	for i, p := range passages {
		out[i] = p.ID
	}
	return out
}

// shownPaths returns paths in the form in which spans record them.
func shownPaths(paths []multihop.Path) []map[string]any {
	out := make([]map[string]any, len(paths))
	for i, p := range paths {
		out[i] = map[string]any{"queries": p.Queries, "passages": idsOf(p.Passages), "score": p.Score}
	}
	return out
}

// nodeSpan is the span of a node of the tree. It stays open while the tree
// grows, because the spans of the nodes below become its children.
type nodeSpan struct {
	span.Span
	done time.Time // the time at which the rollout at this node ended
}

// startNode begins the span of a branch's child, as a child of the parent's
// span.
func (b branch) startNode(ctx context.Context) context.Context {
	if b.parent != nil {
		ctx = trace.ContextWithSpan(ctx, b.parent.span.Span.Span)
	}
	ctx, b.child.span.Span = span.Start(ctx, "node "+b.child.Action, span.Chain)
	return ctx
}

// deadEnd ends the span of a child that did not become a node of the tree. It
// also moves the end of the parent's span, which must not end before the
// child's span.
func (b branch) deadEnd() {
	done := b.child.span.done
	if b.parent != nil && done.After(b.parent.span.done) {
		b.parent.span.done = done
	}
	b.child.span.End(trace.WithTimestamp(done))
}

// endNodes ends the spans of all nodes. The end of a node's span is the end of
// the last rollout at the node or below it.
func (g *growth) endNodes() {
	last := make([]time.Time, len(g.nodes))
	for i := len(g.nodes) - 1; i >= 0; i-- { // children come after their parents
		n := g.nodes[i]
		if n.span.done.After(last[i]) {
			last[i] = n.span.done
		}
		if n.Parent >= 0 && last[i].After(last[n.Parent]) {
			last[n.Parent] = last[i]
		}
		n.span.tell(n.TreeNode, n.sum)
		n.span.End(trace.WithTimestamp(last[i]))
	}
}

// tell records the result of the node in its span.
func (s nodeSpan) tell(n TreeNode, sum float64) {
	if !s.IsRecording() {
		return
	}
	s.Input(map[string]any{"action": n.Action, "query": n.Query})
	s.Output(map[string]any{"answer": n.Answer})
	s.SetAttributes(
		attr.Int("selfrag.node", n.ID), attr.Int("selfrag.parent", n.Parent), attr.Int("selfrag.depth", n.Depth),
		attr.Float64("selfrag.reward", n.Reward), attr.Int("selfrag.visits", n.Visits), attr.Float64("selfrag.value", sum/float64(max(1, n.Visits))),
	)
}
