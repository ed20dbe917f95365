package langchain_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tmc/langchaingo/chains"

	"selfrag/agent"
	"selfrag/agent/claim"
	"selfrag/agent/langchain"
	"selfrag/retrieval"
)

// inOrder are the nine steps as one sequential chain.
func inOrder(t *testing.T, steps map[string]chains.Chain) chains.Chain {
	t.Helper()
	var all []chains.Chain
	for _, name := range langchain.Names() {
		all = append(all, steps[name])
	}
	whole, err := chains.NewSequentialChain(all, []string{langchain.KeyQuestion}, []string{langchain.KeyText})
	if err != nil {
		t.Fatal(err)
	}
	return whole
}

// TestTheNineStepsAreOneRound runs them as one sequential chain, and one by one.
func TestTheNineStepsAreOneRound(t *testing.T) {
	for _, tc := range bridge {
		t.Run(tc.name, func(t *testing.T) {
			steps := langchain.Steps(newSteps(t, says(tc.draft), passage(tc.passage)), nil)
			if len(steps) != len(langchain.Names()) {
				t.Fatalf("%d steps, %d names", len(steps), len(langchain.Names()))
			}
			text, err := chains.Run(t.Context(), inOrder(t, steps), tc.question)
			if err != nil || text != tc.answer {
				t.Errorf("got %q, %v; want %q", text, err, tc.answer)
			}

			values := map[string]any{langchain.KeyQuestion: tc.question}
			for _, name := range langchain.Names() {
				out, err := chains.Call(t.Context(), steps[name], values)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				for _, key := range steps[name].GetOutputKeys() {
					if values[key] != nil {
						t.Errorf("%s writes %q anew", name, key)
					}
				}
				values = out
			}
			for key, want := range map[string]any{
				langchain.KeyRetrieve: agent.Known(1), langchain.KeyRelevance: []agent.Grade{agent.Known(1)}, langchain.KeyUsefulness: agent.Known(1),
				langchain.KeyRelevant: []retrieval.Passage(passage(tc.passage)), langchain.KeyText: tc.answer,
			} {
				if !reflect.DeepEqual(values[key], want) {
					t.Errorf("%s is %+v, want %+v", key, values[key], want)
				}
			}
			sentences := values[langchain.KeySentences].([]agent.Sentence)
			if len(sentences) != 1 || sentences[0].Support != agent.Known(1) || !slices.Equal(sentences[0].Passages, []int{0}) {
				t.Errorf("the sentences are %+v", sentences)
			}
		})
	}
}

func TestAQueryIsRefinedByRun(t *testing.T) {
	model := says("In which year was the Tamsin bridge opened?")
	refine := langchain.Steps(newSteps(t, model, found(nil)), nil)[langchain.RefineQuery]
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

// TestStepsWithoutPassagesAskNoModel finds nothing: neither grades, drafts nor
// texts are asked for.
func TestStepsWithoutPassagesAskNoModel(t *testing.T) {
	model := says("In which year was the Tamsin bridge opened?")
	whole := inOrder(t, langchain.Steps(newSteps(t, model, found(nil)), nil))
	text, err := chains.Run(t.Context(), whole, bridge[0].question)
	if err != nil || text != "" {
		t.Errorf("got %q, %v", text, err)
	}
	if n := model.calls.Load(); n != 2 {
		t.Errorf("%d calls, want one of should-retrieve and one of refine-query", n)
	}
}

// TestARefutedDraftLeavesNoText has the model invent a year.
func TestARefutedDraftLeavesNoText(t *testing.T) {
	for i, draft := range []string{"The Tamsin bridge was opened in 1999 [1].", "탐신교는 1999년에 개통되었다 [1]."} {
		whole := inOrder(t, langchain.Steps(newSteps(t, says(draft), passage(bridge[i].passage)), nil))
		out, err := chains.Call(t.Context(), whole, map[string]any{"question": bridge[i].question})
		if err != nil || out["text"] != "" {
			t.Errorf("got %q, %v", out["text"], err)
		}
		sentences := out["sentences"].([]agent.Sentence)
		if len(sentences) != 1 || sentences[0].Support.Refuted() == nil {
			t.Errorf("the sentences are %+v", sentences)
		}
	}
}

// reranker reorders, or fails.
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
		rerank := langchain.Steps(newSteps(t, says(""), found(nil)), tc.second)[langchain.Rerank]
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

func TestStepsRefuseWhatTheyCannotRead(t *testing.T) {
	steps := langchain.Steps(newSteps(t, says("Yes"), found(nil)), nil)
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
			"question": "Why?", "relevant": []retrieval.Passage{{ID: "a"}}, "draft": agent.Draft{Draft: claim.Draft{Sentences: []claim.Sentence{beyond}}},
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
	steps := langchain.Steps(newSteps(t, says("Yes"), found(nil)), fails)
	p := []retrieval.Passage{{ID: "a", Text: "It is."}}
	inputs := map[string]any{
		"question": "Why?", "query": "Why?", "found": retrieval.Result{Passages: p}, "ranked": retrieval.Result{Passages: p}, "relevant": p,
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
