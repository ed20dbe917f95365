package agent

import (
	"context"

	attr "go.opentelemetry.io/otel/attribute"

	"selfrag/agent/internal/span"
	"selfrag/agent/multihop"
	"selfrag/prompts"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
)

// shownPassage is a passage as spans show it.
type shownPassage struct {
	ID     string  `json:"id"`
	Source string  `json:"source,omitempty"`
	Title  string  `json:"title,omitempty"`
	Score  float64 `json:"score"`
	Text   string  `json:"text,omitempty"`
}

// sizer tells how many passages a retriever's two stages return at most.
// retrieval.TwoStage is one.
type sizer interface{ Sizes() (k1, k2 int) }

// searchSpan is the span of one search.
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

// shownSentence is a sentence that may answer, as spans show it.
type shownSentence struct {
	Passage string  `json:"passage"`
	Source  string  `json:"source,omitempty"`
	Start   int     `json:"start"`
	End     int     `json:"end"`
	Answers float64 `json:"p_answers"`
	Text    string  `json:"text"`
}

// evidenceSpan is the span of finding evidence.
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

// evaluated runs a step that grades, as a span.
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

// oneGrade shows a grade, and what refutes the claim that it is of.
func oneGrade(g Grade) any {
	shown := map[string]any{"grade": g}
	if v := g.Refuted(); v != nil {
		shown["refuted"] = v
	}
	return shown
}

// relevanceSpan is the span of grading passages.
func (s *Steps) relevanceSpan(ctx context.Context, in RelevanceInput, step func(context.Context) ([]Grade, error)) ([]Grade, error) {
	show := func(grades []Grade) any {
		out := make([]map[string]any, len(grades))
		for i, g := range grades {
			out[i] = map[string]any{"id": in.Passages[i].ID, "grade": g, "kept": g.Passes(s.cfg.Relevance)}
		}
		return map[string]any{"grades": out, "by": s.cfg.Grading}
	}
	return evaluated(ctx, prompts.NameGradeRelevance, map[string]any{"question": in.Question, "passages": idsOf(in.Passages)}, show, step)
}

// supportInput shows a sentence with the passages that it cites.
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

// shownPaths are paths as spans show them.
func shownPaths(paths []multihop.Path) []map[string]any {
	out := make([]map[string]any, len(paths))
	for i, p := range paths {
		out[i] = map[string]any{"queries": p.Queries, "passages": idsOf(p.Passages), "score": p.Score}
	}
	return out
}
