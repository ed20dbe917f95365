package agent

import (
	"errors"
	"testing"

	"selfrag/agent/call"
	"selfrag/prompts"
)

// TestAStepOfAnotherPackage builds a step from what Steps exports: a prompt in
// the language of the question, written and graded within the budget.
func TestAStepOfAnotherPackage(t *testing.T) {
	for question, language := range map[string]string{"Who opened it?": "en", "누가 열었나요?": "ko"} {
		m := prober{&scripted{write: says("Ana Ruiz."), next: sure("Yes")}}
		s, err := NewSteps(m, found(nil), nil, Config{Budget: Budget{Calls: 2}})
		if err != nil {
			t.Fatal(err)
		}
		p, err := s.Render(prompts.NameEvades, question, prompts.Evades{Answer: "Ana Ruiz."})
		if err != nil || p.Language != language || len(p.Labels) != 2 {
			t.Fatalf("%s: rendered %+v, %v", question, p, err)
		}
		if text, err := s.Write(t.Context(), p, call.Sampling{MaxTokens: 8}); err != nil || text != "Ana Ruiz." {
			t.Errorf("%s: wrote %q, %v", question, text, err)
		}
		if g, err := s.Grade(t.Context(), p); err != nil || g != Known(1) {
			t.Errorf("%s: graded %v, %v", question, g, err)
		}
		if _, err := s.Write(t.Context(), p, call.Sampling{MaxTokens: 9}); !errors.As(err, new(call.SpentError)) {
			t.Errorf("%s: a third call of two: %v", question, err)
		}
	}
}

func TestAGradeThatTheModelDoesNotGiveIsUnknown(t *testing.T) {
	for name, m := range map[string]prober{
		"no label": {&scripted{write: says("Perhaps."), next: sure("Banana")}},
		"nothing":  {&scripted{write: says(""), next: func(sent) map[string]float64 { return nil }}},
	} {
		s, err := NewSteps(m, found(nil), nil, Config{})
		if err != nil {
			t.Fatal(err)
		}
		p, err := s.Render(prompts.NameEvades, "Who?", prompts.Evades{Answer: "Ana Ruiz."})
		if err != nil {
			t.Fatal(err)
		}
		if g, err := s.Grade(t.Context(), p); err != nil || g.Known {
			t.Errorf("%s: graded %v, %v", name, g, err)
		}
	}
}

func TestAGradeWeighsTheLabelsBetween(t *testing.T) {
	for _, tc := range []struct {
		name, question string
		values         any
		next           map[string]float64
		want           Grade
	}{
		{prompts.NameEvades, "Who?", prompts.Evades{Answer: "Ana."}, map[string]float64{"Yes": 0.25, "No": 0.75}, Known(0.25)},
		{prompts.NameGradeSupport, "Who?", prompts.GradeSupport{Sentence: "Ana."}, map[string]float64{"Yes": 0.25, "Partly": 0.5, "No": 0.25}, Known(0.5)},
		{prompts.NameGradeSupport, "누구?", prompts.GradeSupport{Sentence: "아나."}, map[string]float64{"Yes": 0.5, "Partly": 0.5}, Known(0.75)},
	} {
		s, err := NewSteps(prober{&scripted{next: func(sent) map[string]float64 { return tc.next }}}, found(nil), nil, Config{})
		if err != nil {
			t.Fatal(err)
		}
		p, err := s.Render(tc.name, tc.question, tc.values)
		if err != nil {
			t.Fatal(err)
		}
		if g, err := s.Grade(t.Context(), p); err != nil || g != tc.want {
			t.Errorf("%v of %v: got %v, %v; want %v", tc.next, p.Labels, g, err, tc.want)
		}
	}
}
