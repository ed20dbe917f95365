package agent

import (
	"strings"
	"testing"

	"selfrag/agent/call"
	"selfrag/agent/claim"
	"selfrag/prompts"
	"selfrag/retrieval"
)

// TestUsefulnessGoesWithItsSentences concludes from the evidence of one round
// whose usefulness is known, after another round that supported nothing.
func TestUsefulnessGoesWithItsSentences(t *testing.T) {
	passages := passagesOf("The bridge was opened in 1931.")
	for name, tc := range map[string]struct {
		usefulness Grade
		stopped    string
		answered   bool
	}{
		"useful":                {Known(0.9), SpentIterations, true},
		"useful, and cut short": {Known(0.9), SpentCalls, true},
		"useless":               {Known(0.1), SpentIterations, false},
		"useless, and the next round was cut short":     {Known(0.1), SpentCalls, false},
		"cut short before its usefulness was graded":    {Grade{}, SpentCalls, true},
		"its usefulness could not be graded, and ended": {Grade{}, SpentIterations, false},
	} {
		t.Run(name, func(t *testing.T) {
			f := &findings{notes: notes{iterations: []Iteration{{Subquery: "first", Usefulness: tc.usefulness}, {Subquery: "second"}}}}
			turn := &Turn{Config: Config{}.withDefaults(), Language: "en", Steps: &Steps{caller: call.New(call.Config{})}}
			(&iteration{Turn: turn, findings: f}).take(judged{
				supported: []Sentence{{Sentence: claim.Sentence{Text: "The bridge was opened in 1931.", Passages: []int{0}}}}, from: whole(passages), usefulness: tc.usefulness,
			})
			answer, err := conclude(t.Context(), turn, f, tc.stopped, nil)
			if err != nil || answer.Abstained == tc.answered {
				t.Errorf("got %+v, %v", answer, err)
			}
		})
	}
}

// TestCoTPlansAnewWithWhatItKnows makes the second step of a plan fail. The new
// plan begins with the step that is answered already.
func TestCoTPlansAnewWithWhatItKnows(t *testing.T) {
	m := lampModel()
	write := m.write
	m.write = func(p sent) (string, error) {
		switch {
		case p.is(prompts.NamePlan) && p.holds("the river of"):
			return "A = the firm that makes the Larkspur lamp\nB = the city of the head office of A\nC = the mayor of B", nil
		case p.is(prompts.NamePlan):
			return "A = the firm that makes the Larkspur lamp\nB = the river of A\nC = the mayor of B", nil
		case p.is(prompts.NameAnswerStep) && p.endsWith("the river of Norvale Lighting"):
			return "NOT FOUND", nil
		}
		return write(p)
	}
	a, err := New(m, shelf(), nil, Config{Strategy: CoT{}, Context: ContextEvidence, Evidence: seeing{0.3, 0.1}})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := a.Answer(t.Context(), Question{Text: "Who is the mayor of the city in which the firm that makes the Larkspur lamp has its head office?"})
	if err != nil {
		t.Fatal(err)
	}
	var asked []string
	for _, it := range answer.Iterations {
		asked = append(asked, it.Subquery)
	}
	told := strings.Join(asked, "; ")
	if strings.Contains(told, "#") || !strings.Contains(told, "the city of the head office of Norvale Lighting") {
		t.Errorf("looked up %s", told)
	}
	if strings.Count(told, "the firm that makes the Larkspur lamp;") != 1 {
		t.Errorf("looked one thing up twice: %s", told)
	}
}

// TestCoTDoesNotAnswerWithAStep ends the budget before the chain is read.
func TestCoTDoesNotAnswerWithAStep(t *testing.T) {
	for calls := 1; calls < 6; calls++ {
		a, err := New(lampModel(), shelf(), nil, Config{Strategy: CoT{}, Budget: Budget{Calls: calls}})
		if err != nil {
			t.Fatal(err)
		}
		answer, err := a.Answer(t.Context(), Question{Text: lampQuestion})
		if err != nil {
			t.Fatal(err)
		}
		if !answer.Abstained && !strings.Contains(answer.Text, "Tamsin") {
			t.Errorf("%d calls: answered %q", calls, answer.Text)
		}
	}
}

// TestRankingBeginsWithTheEvidence checks that passages that the answer rests
// on come before passages that only fit its queries.
func TestRankingBeginsWithTheEvidence(t *testing.T) {
	var e findings
	for i, id := range []string{"a", "b", "c", "d"} {
		e.pool.Add([]retrieval.Passage{{ID: id, Score: float64(10 - i)}})
	}
	e.read = []retrieval.Passage{{ID: "c"}, {ID: "d"}}
	e.passages = []retrieval.Passage{{ID: "d"}}
	var ids string
	for _, p := range e.ranking() {
		ids += p.ID
	}
	if ids != "dcab" {
		t.Errorf("got %s", ids)
	}
}
