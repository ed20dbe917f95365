package agent

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"selfrag/prompts"
)

// lampModel answers about the shelf as a good small model would.
func lampModel() prober {
	return prober{&scripted{
		write: func(p sent) (string, error) {
			switch {
			case p.is(prompts.NamePlan):
				return "A = the firm that makes the Larkspur lamp\nB = the city of the head office of A", nil
			case p.is(prompts.NameAnswerStep):
				if p.endsWith("the firm that makes the Larkspur lamp") {
					return "Norvale Lighting", nil
				}
				return "Tamsin", nil
			case p.is(prompts.NameRefineQuery):
				return "In which city is the head office of Norvale Lighting?", nil
			}
			for n := 1; n <= 5; n++ {
				if p.holds(fmt.Sprintf("[%d] Norvale Lighting\n", n)) {
					return fmt.Sprintf("Norvale Lighting has its head office in Tamsin [%d].", n), nil
				}
			}
			return "NOT FOUND", nil
		},
		next: func(p sent) map[string]float64 {
			switch {
			case p.is(prompts.NameGradePassages):
				return map[string]float64{"1": 0.3, "2": 0.3, "3": 0.2, "0": 0.1}
			case p.is(prompts.NameGradeSupport):
				return map[string]float64{"Yes": 0.9, "No": 0.1}
			}
			return map[string]float64{"Yes": 0.8, "No": 0.2}
		},
	}}
}

const lampQuestion = "In which city is the head office of the firm that makes the Larkspur lamp in?"

func TestStrategiesBridgeTwoHops(t *testing.T) {
	for _, strategy := range []Strategy{SelfRAG{}, CoT{}, MCTS{}, Auto{}} {
		t.Run(strategy.Name(), func(t *testing.T) {
			a, err := New(lampModel(), shelf(), nil, Config{Strategy: strategy})
			if err != nil {
				t.Fatal(err)
			}
			answer, err := a.Answer(t.Context(), Question{Text: lampQuestion})
			if err != nil {
				t.Fatal(err)
			}
			if answer.Abstained || !strings.Contains(answer.Text, "Tamsin") || len(answer.Citations) == 0 {
				t.Fatalf("got %+v", answer)
			}
			if c := answer.Citations[0]; c.Title != "Norvale Lighting" || !strings.Contains(c.Quote, "Tamsin") {
				t.Errorf("cites %+v", c)
			}
			var found []string
			for _, p := range answer.Ranking {
				found = append(found, p.ID)
			}
			if !slices.Contains(found, "Larkspur lamp") || !slices.Contains(found, "Norvale Lighting") {
				t.Errorf("found %q", found)
			}
			sum := 0
			for _, c := range answer.Cost {
				sum += c.Calls
			}
			if sum != answer.Usage.Calls {
				t.Errorf("the steps' calls add up to %d of %d", sum, answer.Usage.Calls)
			}
		})
	}
}

func TestAutoChooses(t *testing.T) {
	for _, tc := range []struct {
		question string
		evidence seeing
		want     string
	}{
		{"Who makes the Larkspur lamp?", seeing{0.9, 0.9}, "two-stage"},
		{"Who makes the Larkspur lamp?", seeing{0.5, 0.9}, "self-rag"},
		{lampQuestion, seeing{0.9, 0.1}, "self-rag"},
	} {
		question, want := tc.question, tc.want
		a, err := New(lampModel(), shelf(), nil, Config{Strategy: Auto{}, Evidence: tc.evidence})
		if err != nil {
			t.Fatal(err)
		}
		var told string
		var answer Answer
		for e, err := range a.Ask(t.Context(), Question{Text: question}) {
			if err != nil {
				t.Fatal(err)
			}
			switch e := e.(type) {
			case StrategyChosen:
				told = e.Strategy
			case Answered:
				answer = e.Answer
			}
		}
		if answer.Chosen != want || told != want || answer.Strategy != "auto" {
			t.Errorf("%s: chose %q, told %q", question, answer.Chosen, told)
		}
		// The chosen strategy repeats the calls of the choice at no cost.
		for _, c := range answer.Cost {
			if c.Step == "plan" && c.Calls != 1 {
				t.Errorf("%s: planned %d times", question, c.Calls)
			}
		}
	}
}

// TestSelfRAGCostsLittleMore bounds the cost of a question that one search
// answers: at most four calls more than two-stage.
func TestSelfRAGCostsLittleMore(t *testing.T) {
	calls := map[string]int{}
	for _, strategy := range []Strategy{TwoStage{}, SelfRAG{}} {
		a, err := New(lampModel(), shelf(), nil, Config{Strategy: strategy})
		if err != nil {
			t.Fatal(err)
		}
		answer, err := a.Answer(t.Context(), Question{Text: "Where does Norvale Lighting have its head office?"})
		if err != nil || answer.Abstained {
			t.Fatalf("%s: got %+v, %v", strategy.Name(), answer, err)
		}
		calls[strategy.Name()] = answer.Usage.Calls
	}
	if calls["self-rag"] > calls["two-stage"]+4 {
		t.Errorf("got %v", calls)
	}
}

func TestMCTSGrowsTheSameTreeInParallel(t *testing.T) {
	var trees []string
	for range 3 {
		a, err := New(lampModel(), shelf(), nil, Config{Strategy: MCTS{}, Parallel: 3, Seed: 7})
		if err != nil {
			t.Fatal(err)
		}
		answer, err := a.Answer(t.Context(), Question{Text: lampQuestion})
		if err != nil {
			t.Fatal(err)
		}
		for i, n := range answer.Tree {
			if n.ID != i || n.Depth > maxDepth || i > 0 && n.Parent >= i {
				t.Errorf("node %d is %+v", i, n)
			}
		}
		b, err := json.Marshal(answer.Tree)
		if err != nil {
			t.Fatal(err)
		}
		trees = append(trees, string(b))
	}
	if trees[0] != trees[1] || trees[1] != trees[2] || !strings.Contains(trees[0], `"action":"decompose"`) {
		t.Errorf("got\n%s\n%s\n%s", trees[0], trees[1], trees[2])
	}
}

func TestTheBestOfSeveralDraftsGoesOn(t *testing.T) {
	n := 0
	m := lampModel()
	m.write = func(p sent) (string, error) {
		if n++; n == 1 {
			return "Norvale Lighting is in the hills [1].", nil
		}
		return "Norvale Lighting has its head office in the city of Tamsin [1].", nil
	}
	support := m.next
	m.next = func(p sent) map[string]float64 {
		if p.is(prompts.NameGradeSupport) && p.holds("hills") {
			return map[string]float64{"No": 1}
		}
		return support(p)
	}
	for width, abstains := range map[int]bool{1: true, 2: false} {
		n = 0
		a, err := New(m, shelf()[1:2], nil, Config{Width: width, Quotable: NoThreshold, Budget: Budget{Iterations: 1}})
		if err != nil {
			t.Fatal(err)
		}
		answer, err := a.Answer(t.Context(), Question{Text: "Where is Norvale Lighting?"})
		if err != nil || answer.Abstained != abstains {
			t.Errorf("width %d: got %+v, %v", width, answer, err)
		}
	}
}
