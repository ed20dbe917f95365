package langchain_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tmc/langchaingo/chains"

	"selfrag/agent"
	"selfrag/agent/claim"
	"selfrag/agent/langchain"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
)

func TestAQueryIsRefinedByRun(t *testing.T) {
	model := says("In which year was the Tamsin bridge opened?")
	refine := langchain.Steps(newSteps(t, model, found(nil), agent.Config{}), nil)[langchain.RefineQuery]
	query, err := chains.Run(t.Context(), refine, bridge[0].question)
	if err != nil || query != "In which year was the Tamsin bridge opened?" {
		t.Errorf("got %q, %v", query, err)
	}
	out, err := chains.Call(t.Context(), refine, map[string]any{
		"question": bridge[0].question, "asked": []string{query, bridge[0].question}, "known": []string{"It has two lanes."},
	})
	if err != nil || out["query"] != bridge[0].question+" It has two lanes." {
		t.Errorf("a query that was asked before became %q, %v", out["query"], err)
	}
}

// A value with a grade needs no model call, unless the question takes several
// look-ups.
func TestTerminateAsksAboutSeveralLookUps(t *testing.T) {
	for _, tc := range []struct {
		name   string
		inputs map[string]any
		calls  int64
	}{
		{"one", map[string]any{}, 0},
		{"several", map[string]any{"several": true}, 1},
		{"several, and the last by itself", map[string]any{"several": true, "look_up": "the year of its opening"}, 2},
	} {
		model := says("")
		tc.inputs["question"] = bridge[0].question
		tc.inputs["sentences"] = []agent.Sentence{{Sentence: claim.Sentence{Text: "When? 1931", Value: "1931"}, Support: agent.Known(0.9)}}
		out, err := chains.Call(t.Context(), langchain.Steps(newSteps(t, model, found(nil), agent.Config{}), nil)[langchain.Terminate], tc.inputs)
		if err != nil || !out["usefulness"].(agent.Grade).Passes(0.9) || model.calls.Load() != tc.calls {
			t.Errorf("%s: got %v, %v after %d calls", tc.name, out["usefulness"], err, model.calls.Load())
		}
	}
}

// reranker reorders passages or fails.
type reranker func([]retrieval.Passage) ([]retrieval.Passage, error)

func (r reranker) Rerank(_ context.Context, _ string, passages []retrieval.Passage) ([]retrieval.Passage, error) {
	return r(passages)
}

func TestRerankOrdersWhatSearchFound(t *testing.T) {
	first := retrieval.Result{Query: "q", Passages: []retrieval.Passage{{ID: "a"}, {ID: "b"}}}
	for _, tc := range []struct {
		name   string
		second retrieval.Reranker
		want   string
	}{
		{"none", nil, "ab"},
		{"one", reranker(func(p []retrieval.Passage) ([]retrieval.Passage, error) { slices.Reverse(p); return p, nil }), "ba"},
		{"one that fails", reranker(func([]retrieval.Passage) ([]retrieval.Passage, error) { return nil, errors.New("at 10.0.0.7: refused") }),
			"ab The reranker failed; passages are in first-stage order."},
	} {
		rerank := langchain.Steps(newSteps(t, says(""), found(nil), agent.Config{}), tc.second)[langchain.Rerank]
		out, err := chains.Call(t.Context(), rerank, map[string]any{"query": "q", "found": first})
		if err != nil {
			t.Fatal(err)
		}
		ranked := out["ranked"].(retrieval.Result)
		got := strings.TrimSpace(ranked.Passages[0].ID + ranked.Passages[1].ID + " " + ranked.Degraded)
		if got != tc.want || first.Passages[0].ID != "a" {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}

// Without evidence a round goes on, and says so.
func TestRerankGoesOnWithoutEvidence(t *testing.T) {
	first := retrieval.Result{Query: "q", Passages: []retrieval.Passage{{ID: "a", Text: "It is."}}}
	broken := reranker(func([]retrieval.Passage) ([]retrieval.Passage, error) { return nil, errors.New("refused") })
	for want, second := range map[string]retrieval.Reranker{
		"The sentences of the passages could not be compared with the question.":                                                         nil,
		"The reranker failed; passages are in first-stage order. The sentences of the passages could not be compared with the question.": broken,
	} {
		rerank := langchain.Steps(newSteps(t, says(""), found(nil), agent.Config{Evidence: failing{}}), second)[langchain.Rerank]
		out, err := chains.Call(t.Context(), rerank, map[string]any{"query": "q", "found": first})
		if err != nil {
			t.Fatal(err)
		}
		if ranked := out["ranked"].(retrieval.Result); ranked.Degraded != want || len(ranked.Passages) != 1 || len(out["evidence"].(evidence.Found).Sentences) > 0 {
			t.Errorf("got %+v with the evidence %+v; want %q", ranked, out["evidence"], want)
		}
	}
}

// A graded answer is given or withheld unchanged. One without a grade is
// rewritten from what is supported.
func TestSynthesizeEndsALoop(t *testing.T) {
	old := evidence.Sentence{Source: "old.md", Title: "Bridges", Text: "The Tamsin bridge was opened in 1930.", Start: 0, End: 37}
	now := evidence.Sentence{Source: "bridges.md", Text: "The Tamsin bridge was opened in 1931.", Start: 0, End: 37, Answers: 0.8}
	draft := []agent.Sentence{
		{Sentence: claim.Sentence{Text: "The Tamsin bridge was opened in 1931.", Passages: []int{0}}, Support: agent.Known(0.9)},
		{Sentence: claim.Sentence{Text: "It has three lanes.", Passages: []int{0}}, Support: agent.Known(0.1)},
	}
	for _, tc := range []struct {
		name   string
		with   map[string]any
		calls  int64
		text   string
		quotes int // number of citations
	}{
		{"useful", map[string]any{"usefulness": agent.Known(0.9)}, 0, "The Tamsin bridge was opened in 1931. [1]", 1},
		{"useful, and contradicted", map[string]any{
			"usefulness": agent.Known(0.9), "evidence": evidence.Found{Changes: []evidence.Change{{Now: now, Other: old}}},
		}, 0, "The Tamsin bridge was opened in 1931. [1]\nAnother document says otherwise (Bridges, old.md): “The Tamsin bridge was opened in 1930.” [2]", 2},
		{"not useful", map[string]any{
			"usefulness": agent.Known(0.1), "asked": []string{"When?", "Which year?", "When?"}, "evidence": evidence.Found{Sentences: []evidence.Sentence{now}},
		}, 0, "The documents do not say.\nSearched for: When? / Which year?\nNearest:\n[1] “The Tamsin bridge was opened in 1931.” (bridges.md)", 0},
		{"of unknown use", map[string]any{"usefulness": agent.Grade{}}, 0, "The documents do not say.", 0},
		{"not graded", map[string]any{}, 1, "It was opened in 1931. [1]", 1},
		{"not graded, and none supported", map[string]any{"sentences": draft[1:]}, 0, "The documents do not say.", 0},
	} {
		model := says("It was opened in 1931 [1].")
		inputs := map[string]any{
			"question": bridge[0].question, "relevant": agent.Reading{Passages: passage(bridge[0].passage)}, "sentences": draft,
		}
		maps.Copy(inputs, tc.with)
		out, err := chains.Call(t.Context(), langchain.Steps(newSteps(t, model, found(nil), agent.Config{}), nil)[langchain.Synthesize], inputs)
		if err != nil {
			t.Fatal(err)
		}
		answer := out["answer"].(agent.Answer)
		if out["text"] != tc.text || answer.Text != tc.text || len(answer.Citations) != tc.quotes || answer.Abstained != (tc.quotes == 0) {
			t.Errorf("%s: got %q, %+v; want %q", tc.name, out["text"], answer, tc.text)
		}
		if n := model.calls.Load(); n != tc.calls || out["synthesis"].(agent.Draft).NotFound != (n == 0) {
			t.Errorf("%s: %d calls, want %d; the synthesis is %+v", tc.name, n, tc.calls, out["synthesis"])
		}
	}
}

// A small model is shown only the part of a passage around the sentence that
// rests on it.
func TestASynthesisShowsASmallModelWhatSentencesRestOn(t *testing.T) {
	for _, tc := range []struct{ question, passage, said, near, far string }{
		{
			"When was the Tamsin bridge opened?",
			"The Tamsin bridge was opened in 1931. It has two lanes. Ships pass below it. A toll was once paid. It was painted in 1960.",
			"The Tamsin bridge was opened in 1931.", "It has two lanes.", "It was painted in 1960.",
		},
		{
			"탐신교는 언제 개통되었나요?",
			"탐신교는 1931년에 개통되었다. 차로는 둘이다. 아래로 배가 다닌다. 예전에는 통행료를 받았다. 1960년에 새로 칠했다.",
			"탐신교는 1931년에 개통되었다.", "차로는 둘이다.", "1960년에 새로 칠했다.",
		},
	} {
		for _, context := range []agent.Context{agent.ContextEvidence, agent.ContextPassages} {
			var read string
			model := scripted{func(prompt string) string { read = prompt; return tc.said + " [1]" }, new(atomic.Int64)}
			synthesize := langchain.Steps(newSteps(t, model, found(nil), agent.Config{Context: context}), nil)[langchain.Synthesize]
			out, err := chains.Call(t.Context(), synthesize, map[string]any{
				"question": tc.question, "relevant": agent.Reading{Passages: passage(tc.passage)},
				"sentences": []agent.Sentence{{Sentence: claim.Sentence{Text: tc.said, Passages: []int{0}}, Support: agent.Known(1)}},
			})
			if err != nil || out["text"] != tc.said+" [1]" {
				t.Errorf("%s: got %q, %v", context, out["text"], err)
			}
			if !strings.Contains(read, tc.near) || strings.Contains(read, tc.far) != (context == agent.ContextPassages) {
				t.Errorf("%s: the model reads %s", context, read)
			}
		}
	}
}

func TestStepsRefuseWhatTheyCannotRead(t *testing.T) {
	steps := langchain.Steps(newSteps(t, says("Yes"), found(nil), agent.Config{}), nil)
	for _, name := range langchain.Names() {
		_, err := steps[name].Call(t.Context(), map[string]any{"question": 7, "query": 7, "found": 7, "ranked": 7, "relevant": 7, "draft": 7, "sentences": 7})
		if err == nil || !strings.Contains(err.Error(), " has type int, not ") {
			t.Errorf("%s took a number: %v", name, err)
		}
		_, err = steps[name].Call(t.Context(), nil)
		if err == nil || !strings.Contains(err.Error(), "is missing") {
			t.Errorf("%s took nothing: %v", name, err)
		}
	}
	_, err := chains.Call(t.Context(), steps[langchain.ShouldRetrieve], map[string]any{"question": "Why?", "known": "It is."})
	if err == nil || err.Error() != `input "known" has type string, not []string` {
		t.Errorf("got %v", err)
	}
	for _, n := range []int{-1, 1} {
		beyond := claim.Sentence{Text: "It is.", Passages: []int{n}}
		inputs := map[string]any{
			"question": "Why?", "relevant": agent.Reading{Passages: []retrieval.Passage{{ID: "a"}}}, "draft": agent.Draft{Draft: claim.Draft{Sentences: []claim.Sentence{beyond}}},
			"sentences": []agent.Sentence{{Sentence: beyond, Support: agent.Known(1)}},
		}
		for _, name := range []string{langchain.GradeSupport, langchain.Synthesize} {
			if _, err := chains.Call(t.Context(), steps[name], inputs); err == nil || !strings.Contains(err.Error(), `"It is." cites passage`) {
				t.Errorf("%s: got %v", name, err)
			}
		}
	}
}

func TestACancelledStepSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	fails := reranker(func(p []retrieval.Passage) ([]retrieval.Passage, error) { return p, nil })
	steps := langchain.Steps(newSteps(t, says("Yes"), found(nil), agent.Config{}), fails)
	p := []retrieval.Passage{{ID: "a", Text: "It is."}}
	inputs := map[string]any{
		"question": "Why?", "query": "Why?", "found": retrieval.Result{Passages: p}, "ranked": retrieval.Result{Passages: p},
		"relevant":  agent.Reading{Passages: p},
		"draft":     agent.Draft{Draft: claim.Draft{Sentences: []claim.Sentence{{Text: "It is.", Passages: []int{0}}}}},
		"sentences": []agent.Sentence{{Sentence: claim.Sentence{Text: "It is.", Passages: []int{0}}, Support: agent.Known(1)}},
	}
	for _, name := range langchain.Names() {
		if _, err := chains.Call(ctx, steps[name], inputs); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TestTheStepsShareABudget has no call left for the second step.
func TestTheStepsShareABudget(t *testing.T) {
	model := scripted{func(string) string { return "Yes" }, new(atomic.Int64)}
	s, err := agent.NewSteps(model, found(nil), nil, agent.Config{Budget: agent.Budget{Calls: 1}})
	if err != nil {
		t.Fatal(err)
	}
	steps := langchain.Steps(s, nil)
	inputs := map[string]any{"question": bridge[0].question}
	if _, err := chains.Call(t.Context(), steps[langchain.ShouldRetrieve], inputs); err != nil {
		t.Error(err)
	}
	if _, err := chains.Call(t.Context(), steps[langchain.RefineQuery], inputs); err == nil || !strings.Contains(err.Error(), "budget is spent") {
		t.Errorf("got %v", err)
	}
}
