package langchain_test

import (
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tmc/langchaingo/chains"

	"selfrag/agent"
	"selfrag/agent/langchain"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
)

// inOrder returns the nine steps as one sequential chain.
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

// withRiver returns the passage for the question about the bridge and an
// unrelated one, with evidence that is sure of the first sentence of the
// former.
func withRiver(passage, first string) (found, sure) {
	passages := found{
		{ID: "river", Source: "rivers.md", Text: "The Ouse is 84 km long.", End: 23},
		{ID: "bridge", Source: "bridges.md", Text: passage, End: len([]rune(passage))},
	}
	return passages, sure{Answers: 0.9, OnePlace: 0.9, Sentences: []evidence.Sentence{
		{Passage: "bridge", Source: "bridges.md", Text: first, End: len([]rune(first)), Answers: 0.8},
		{Passage: "river", Source: "rivers.md", Text: passages[0].Text, End: 23, Answers: 0.01},
	}}
}

// TestTheNineStepsAreOneRound runs the steps as one sequential chain and one by
// one. With sure evidence three model calls are left: whether to search, the
// query, and the draft.
func TestTheNineStepsAreOneRound(t *testing.T) {
	for _, tc := range bridge {
		t.Run(tc.name, func(t *testing.T) {
			first, _, _ := strings.Cut(tc.passage, ". ")
			passages, seen := withRiver(tc.passage, first+".")
			model := says(tc.draft)
			newChains := func() map[string]chains.Chain {
				return langchain.Steps(newSteps(t, model, passages, agent.Config{Evidence: seen}), nil)
			}
			steps := newChains()
			if len(steps) != len(langchain.Names()) {
				t.Fatalf("%d steps, %d names", len(steps), len(langchain.Names()))
			}
			text, err := chains.Run(t.Context(), inOrder(t, steps), tc.question)
			if err != nil || text != tc.answer {
				t.Errorf("got %q, %v; want %q", text, err, tc.answer)
			}
			if n := model.calls.Load(); n != 3 {
				t.Errorf("%d calls, want 3", n)
			}

			values, steps := map[string]any{langchain.KeyQuestion: tc.question}, newChains()
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
				langchain.KeyRetrieve: agent.Known(1), langchain.KeyEvidence: evidence.Found(seen),
				langchain.KeyRelevance: []agent.Grade{agent.Known(0.01), agent.Known(0.8)}, // P(answers), in the order of the passages
				langchain.KeyRelevant:  agent.Reading{Passages: passages[1:], Likely: []float64{0.8}},
				// The answer repeats the evidence word for word, so it answers
				// as likely as the evidence.
				langchain.KeyUsefulness: agent.Known(0.9), langchain.KeyText: tc.answer,
			} {
				if !reflect.DeepEqual(values[key], want) {
					t.Errorf("%s is %+v, want %+v", key, values[key], want)
				}
			}
			sentences := values[langchain.KeySentences].([]agent.Sentence)
			if len(sentences) != 1 || sentences[0].Support != agent.Known(1) || !slices.Equal(sentences[0].Passages, []int{0}) {
				t.Errorf("the sentences are %+v", sentences)
			}
			answer := values[langchain.KeyAnswer].(agent.Answer)
			if answer.Text != tc.answer || answer.Abstained || len(answer.Citations) != 1 || answer.Citations[0].Quote != first+"." {
				t.Errorf("the answer is %+v", answer)
			}
		})
	}
}

// A small model reads the sentences of the evidence instead of passages.
func TestASmallModelReadsTheEvidence(t *testing.T) {
	for _, tc := range bridge {
		first, rest, _ := strings.Cut(tc.passage, ". ")
		passages, seen := withRiver(tc.passage, first+".")
		for _, context := range []agent.Context{agent.ContextEvidence, agent.ContextPassages} {
			var read string
			model := scripted{func(prompt string) string { read = prompt; return tc.draft }, new(atomic.Int64)}
			steps := langchain.Steps(newSteps(t, model, passages, agent.Config{Evidence: seen, Context: context}), nil)
			values := map[string]any{"question": tc.question, "query": tc.question}
			for _, name := range []string{langchain.Search, langchain.Rerank, langchain.GradeRelevance, langchain.Draft} {
				var err error
				if values, err = chains.Call(t.Context(), steps[name], values); err != nil {
					t.Fatal(err)
				}
			}
			shown := values["relevant"].(agent.Reading).Shown
			if small := context == agent.ContextEvidence; small != slices.Equal(shown, []string{first + "."}) || !small && shown != nil ||
				!strings.Contains(read, first+".") || strings.Contains(read, rest) == small {
				t.Errorf("%s of %s: shown %q in %s", context, tc.name, shown, read)
			}
		}
	}
}

// Without evidence the model grades passages. The one that it names holds the
// answer.
func TestWithoutEvidenceTheModelGradesRelevance(t *testing.T) {
	passages, _ := withRiver(bridge[0].passage, "")
	model := says("")
	for name, values := range map[string]map[string]any{
		"none is given": {"query": bridge[0].question, "ranked": retrieval.Result{Passages: passages}},
		"none is found": {"query": bridge[0].question, "ranked": retrieval.Result{Passages: passages}, "evidence": evidence.Found{}},
	} {
		model.calls.Store(0)
		out, err := chains.Call(t.Context(), langchain.Steps(newSteps(t, model, passages, agent.Config{}), nil)[langchain.GradeRelevance], values)
		if err != nil {
			t.Fatal(err)
		}
		grades, relevant := out["relevance"].([]agent.Grade), out["relevant"].(agent.Reading)
		if len(grades) != 2 || grades[0] != agent.Known(1) || grades[1] != agent.Known(0) || len(relevant.Passages) != 1 || relevant.Passages[0].ID != "river" {
			t.Errorf("%s: graded %v, to be read %+v", name, grades, relevant)
		}
		if n := model.calls.Load(); n != 1 {
			t.Errorf("%s: %d calls, want one about both passages", name, n)
		}
	}
}

// TestStepsWithoutPassagesAskNoModel finds nothing, so no grades, drafts or
// texts are requested.
func TestStepsWithoutPassagesAskNoModel(t *testing.T) {
	for i, want := range []string{"The documents do not say.", "문서에 답이 없습니다."} {
		model := says("In which year was the Tamsin bridge opened?")
		out, err := chains.Call(t.Context(), inOrder(t, langchain.Steps(newSteps(t, model, found(nil), agent.Config{}), nil)), map[string]any{"question": bridge[i].question})
		if err != nil || out["text"] != want || !out["answer"].(agent.Answer).Abstained {
			t.Errorf("got %q, %v; want %q", out["text"], err, want)
		}
		if n := model.calls.Load(); n != 2 {
			t.Errorf("%d calls, want one of should-retrieve and one of refine-query", n)
		}
	}
}

// TestARefutedDraftIsNoAnswer makes the model invent a year.
func TestARefutedDraftIsNoAnswer(t *testing.T) {
	for i, draft := range []string{"The Tamsin bridge was opened in 1999 [1].", "탐신교는 1999년에 개통되었다 [1]."} {
		whole := inOrder(t, langchain.Steps(newSteps(t, says(draft), passage(bridge[i].passage), agent.Config{}), nil))
		out, err := chains.Call(t.Context(), whole, map[string]any{"question": bridge[i].question})
		if err != nil {
			t.Fatal(err)
		}
		answer := out["answer"].(agent.Answer)
		if !answer.Abstained || strings.Contains(answer.Text, "1999") || !strings.Contains(answer.Text, "1931") || len(answer.Citations) > 0 {
			t.Errorf("got %+v; want an abstention that quotes the nearest sentences", answer)
		}
		sentences := out["sentences"].([]agent.Sentence)
		if len(sentences) != 1 || sentences[0].Support.Refuted() == nil {
			t.Errorf("the sentences are %+v", sentences)
		}
	}
}
