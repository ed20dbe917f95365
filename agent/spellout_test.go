package agent

import (
	"slices"
	"testing"

	"selfrag/agent/claim"
	"selfrag/prompts"
)

func TestSpellOut(t *testing.T) {
	passages := passagesOf("The Tamsin bridge was opened in 1931. It has two lanes.", "The mayor of Tamsin was Ana Ruiz.", "탐신 다리는 1931년에 개통했습니다.")
	for _, tc := range []struct {
		name, question, draft, read string
		want, shown                 string
		cites                       []int
	}{
		{"a sentence", "When was the bridge opened?", "The bridge was opened in 1931 [1].", "", "The bridge was opened in 1931.", "The bridge was opened in 1931.", []int{0}},
		{"a value", "When was the Tamsin bridge opened?", "1931", "", "When was the Tamsin bridge opened? 1931", "1931", []int{0}},
		{"a value with its passage", "Who was the mayor?", "Passage 2: Ana Ruiz", "", "Who was the mayor? Ana Ruiz", "Ana Ruiz", []int{1}},
		{"a value of another passage than it says", "Who was the mayor?", "Ana Ruiz [1]", "", "Who was the mayor? Ana Ruiz", "Ana Ruiz", []int{1}},
		{"a value that is nowhere", "Who was the mayor?", "Per Holt [2]", "", "Per Holt", "Per Holt", []int{1}},
		{"a passage's number", "Who was the mayor?", "[2]", "Ana Ruiz", "Who was the mayor? Ana Ruiz", "Ana Ruiz", []int{1}},
		{"in Korean", "다리는 언제 개통했나요?", "Passage 3", "1931년", "다리는 언제 개통했나요? 1931년", "1931년", []int{2}},
		{"a passage that does not tell", "Who was the mayor?", "Passage 1", "NOT FOUND", "", "", nil},
		{"a passage without what is read of it", "Who was the mayor?", "Passage 1", "Per Holt", "", "", nil},
		{"no such passage", "Who was the mayor?", "Passage 7", "Ana Ruiz", "", "", nil},
		{"not found", "Who was the mayor?", "NOT FOUND [2]", "Ana Ruiz", "", "", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := &scripted{write: func(p sent) (string, error) {
				if p.holds("Ana Ruiz.") != (tc.name == "a passage's number") && tc.read == "Ana Ruiz" {
					t.Errorf("read of another passage: %s", p)
				}
				return tc.read, nil
			}}
			steps, err := NewSteps(m, found(passages), nil, Config{})
			if err != nil {
				t.Fatal(err)
			}
			d, err := steps.spellOut(t.Context(), tc.question, Draft{Draft: claim.Parse(tc.draft, claim.Sources{Passages: passages})}, whole(passages))
			if err != nil {
				t.Fatal(err)
			}
			if tc.want == "" {
				if len(d.Sentences) > 0 {
					t.Errorf("got %+v", d.Sentences)
				}
				return
			}
			if len(d.Sentences) != 1 {
				t.Fatalf("got %+v", d)
			}
			s := d.Sentences[0]
			if s.Text != tc.want || s.Shown() != tc.shown || !slices.Equal(s.Passages, tc.cites) {
				t.Errorf("got %+v, want %q shown as %q citing %v", s, tc.want, tc.shown, tc.cites)
			}
		})
	}
}

// A small model points at a passage that does not hold the answer.
func TestSpellOutReadsTheOtherPassagesToo(t *testing.T) {
	passages := passagesOf("The Tamsin bridge was opened in 1931.", "The mayor of Tamsin was Ana Ruiz.", "The harbour of Tamsin has two lights.")
	read := 0
	m := &scripted{write: func(p sent) (string, error) {
		read++
		if p.holds("Ana Ruiz.") {
			return "Ana Ruiz", nil
		}
		return "NOT FOUND", nil
	}}
	steps, err := NewSteps(m, found(passages), nil, Config{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := steps.spellOut(t.Context(), "Who was the mayor of Tamsin?", Draft{Draft: claim.Parse("[1]", claim.Sources{Passages: passages})}, whole(passages))
	if err != nil || read != 2 || len(d.Sentences) != 1 || d.Sentences[0].Value != "Ana Ruiz" || !slices.Equal(d.Sentences[0].Passages, []int{1}) {
		t.Errorf("got %+v, %v, read %d times", d, err, read)
	}
}

// TestAValuesSupportIsItsUsefulness covers a question that one look-up is known
// to answer. self-rag knows the number of look-ups, a rollout does not.
func TestAValuesSupportIsItsUsefulness(t *testing.T) {
	for _, tc := range []struct {
		strategy Strategy
		graded   bool
	}{{SelfRAG{}, false}, {MCTS{}, true}} {
		graded := false
		m := prober{&scripted{write: says("1931 [1]"), next: func(p sent) map[string]float64 {
			graded = graded || p.is(prompts.NameGradeUsefulness)
			return gradesBy("Yes", "Yes", "Yes")(p)
		}}}
		a, err := newAgent(t, m, Config{Strategy: tc.strategy}).Answer(t.Context(), Question{Text: "When was the Tamsin bridge opened?"})
		if err != nil || a.Text != "1931 [1]" {
			t.Fatalf("%s: got %q, %v", tc.strategy.Name(), a.Text, err)
		}
		if graded != tc.graded {
			t.Errorf("%s: usefulness graded apart: %v", tc.strategy.Name(), graded)
		}
	}
}
