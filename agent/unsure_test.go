package agent

import (
	"testing"

	"selfrag/prompts"
)

// planning returns a model that takes questions apart, writes a draft and
// grades it.
func planning(draft string, support map[string]float64, useful string) *scripted {
	return &scripted{
		write: func(p sent) (string, error) {
			switch {
			case p.is(prompts.NamePlan):
				return "A = the mayor of Tamsin\nB = the year in which A opened the bridge", nil
			case p.is(prompts.NameAnswerPlan), p.is(prompts.NameAnswerStep):
				return "NOT FOUND", nil
			}
			return draft, nil
		},
		next: func(p sent) map[string]float64 {
			if p.is(prompts.NameGradeSupport) {
				return support
			}
			return gradesBy("Yes", "", useful)(p)
		},
	}
}

func TestUnsure(t *testing.T) {
	const question = "When did the person who is mayor of Tamsin open the bridge?"
	weak := map[string]float64{"Yes": 0.2, "No": 0.8}
	for _, tc := range []struct {
		name  string
		model *scripted
		cfg   Config
		want  string // "" means an abstention
	}{
		{"weakly supported", planning("The mayor opened it in 1931 [1].", weak, "Yes"), Config{}, "Not certain: The mayor opened it in 1931. [1]"},
		{"certain only", planning("The mayor opened it in 1931 [1].", weak, "Yes"), Config{Certain: true}, ""},
		{"does not answer", planning("The mayor opened it in 1931 [1].", weak, "No"), Config{}, ""},
		{"a number that no passage holds", planning("The mayor opened it in 1932 [1].", weak, "Yes"), Config{}, ""},
		{"surely not supported", planning("The mayor opened it in 1931 [1].", map[string]float64{"No": 1}, "Yes"), Config{}, ""},
		{"not found", planning("NOT FOUND", weak, "Yes"), Config{}, ""},
	} {
		for _, strategy := range []Strategy{SelfRAG{}, CoT{}, MCTS{}} {
			t.Run(tc.name+"/"+strategy.Name(), func(t *testing.T) {
				cfg := tc.cfg
				cfg.Strategy, cfg.Evidence = strategy, seeing{0.3, 0.1}
				a, err := newAgent(t, prober{tc.model}, cfg).Answer(t.Context(), Question{Text: question})
				if err != nil {
					t.Fatal(err)
				}
				if a.Unsure != (tc.want != "") || a.Abstained == a.Unsure || a.Unsure && a.Text != tc.want || len(a.Citations) > 0 != a.Unsure {
					t.Errorf("got %+v", a)
				}
			})
		}
	}
}

// The grade of a sentence about one look-up can be trusted.
func TestOneLookUpIsNeverUnsure(t *testing.T) {
	m := planning("The bridge opened its lanes in 1931 [1].", map[string]float64{"Yes": 0.2, "No": 0.8}, "Yes")
	a, err := newAgent(t, prober{m}, Config{}).Answer(t.Context(), Question{Text: "When was the bridge opened?"})
	if err != nil {
		t.Fatal(err)
	}
	if !a.Abstained || a.Unsure {
		t.Errorf("got %+v", a)
	}
}

// An answer that a plan reached through the document of another town is not
// accepted in another sentence either.
func TestAnAnswerByAnotherDocumentIsNone(t *testing.T) {
	passages := passagesOf("The Tamsin bridge was opened in 1931. It has two lanes.", "The mayor of Tamsin was Ana Ruiz in 1931.", "Orrel lies by the sea.")
	passages[2].Title = "Orrel"
	for _, tc := range []struct {
		town, draft string
		passages    int
		answered    bool
	}{
		{"Tamsin", "The bridge was opened in 1931 [1].", 3, true},
		{"Orrel", "The bridge was opened in 1931 [1].", 3, false},
		{"Orrel", "The bridge was opened in 1931 [1].", 2, true}, // no document shows what Orrel is
		{"Orrel", "The bridge has two lanes [1].", 3, true},      // not the answer of the plan
	} {
		m := planning(tc.draft, map[string]float64{"Yes": 1}, "Yes")
		others := m.write
		m.write = func(p sent) (string, error) {
			switch {
			case p.is(prompts.NamePlan):
				return "A = the mayor of " + tc.town + "\nB = the year in which A opened the bridge", nil
			case p.is(prompts.NameAnswerPlan):
				return "A = Ana Ruiz\nB = 1931", nil
			}
			return others(p)
		}
		asked, err := New(prober{m}, found(passages[:tc.passages]), nil, Config{
			Context: ContextEvidence, Evidence: seeing{0.3, 0.1}, WithoutHeuristics: []Heuristic{HeuristicFewWords, HeuristicAcross},
		})
		if err != nil {
			t.Fatal(err)
		}
		a, err := asked.Answer(t.Context(), Question{Text: "When did the person who is mayor of " + tc.town + " open the bridge?"})
		if err != nil {
			t.Fatal(err)
		}
		if a.Abstained == tc.answered {
			t.Errorf("%s, %q of %d: got %+v", tc.town, tc.draft, tc.passages, a)
		}
	}
}

// Another path of the plan may reach the same answer legitimately.
func TestAnAnswerByTheRightDocumentCounts(t *testing.T) {
	passages := passagesOf("The bridge was opened in 1931 by Bea Soto.", "Ana Ruiz opened the market in 1931.", "Its mayor is Bea Soto.")
	passages[2].Title = "Orrel"
	m := planning("NOT FOUND", map[string]float64{"Yes": 1}, "Yes")
	others := m.write
	m.write = func(p sent) (string, error) {
		switch {
		case p.is(prompts.NamePlan):
			return "A = the mayor of Orrel\nB = the year in which A opened the bridge", nil
		case p.is(prompts.NameAnswerPlan):
			return "A = Ana Ruiz\nB = 1931", nil
		case p.is(prompts.NameAnswerStep) && p.holds("the mayor of Orrel"):
			return "Bea Soto", nil
		case p.is(prompts.NameAnswerStep):
			return "1931", nil
		}
		return others(p)
	}
	asked, err := New(prober{m}, found(passages), nil, Config{
		Context: ContextEvidence, Evidence: seeing{0.3, 0.1}, WithoutHeuristics: []Heuristic{HeuristicAcross},
	})
	if err != nil {
		t.Fatal(err)
	}
	a, err := asked.Answer(t.Context(), Question{Text: "When did the person who is mayor of Orrel open the bridge?"})
	if err != nil {
		t.Fatal(err)
	}
	if want := "The year in which Bea Soto opened the bridge: 1931. [1] The mayor of Orrel: Bea Soto. [2]"; a.Text != want {
		t.Errorf("got %q, want %q", a.Text, want)
	}
}
