package agent

import (
	"encoding/json"
	"strings"
	"testing"
)

// A Korean date does not end a sentence. The sentence with the date is one
// claim with one citation and its own quote, with every strategy.
func TestASentenceWithADateStaysWhole(t *testing.T) {
	passages := passagesOf("제1조 시행일. 이 규정은 2026. 3. 1. 부터 시행한다. 개정은 이사회가 한다.")
	for _, strategy := range []Strategy{TwoStage{}, SelfRAG{}} {
		m := prober{&scripted{write: says("이 규정은 2026. 3. 1. 부터 시행한다 [1]."), next: gradesBy("Yes", "Yes", "Yes")}}
		asked, err := New(m, found(passages), nil, Config{Strategy: strategy})
		if err != nil {
			t.Fatal(err)
		}
		a, err := asked.Answer(t.Context(), Question{Text: "이 규정은 언제부터 시행하나요?"})
		if err != nil {
			t.Fatal(err)
		}
		if a.Text != "이 규정은 2026. 3. 1. 부터 시행한다. [1]" || len(a.Citations) != 1 || a.Citations[0].Quote != "이 규정은 2026. 3. 1. 부터 시행한다." || a.Citations[0].Start != 109 {
			t.Errorf("%s: got %q, citing %+v", strategy.Name(), a.Text, a.Citations)
		}
	}
}

// The JSON of an answer shows what code refuted, and why.
func TestRefusedClaimsAreInTheAnswersJSON(t *testing.T) {
	m := prober{&scripted{write: says("The bridge was opened in 1932 [1]. The bridge has two lanes [1]."), next: gradesBy("Yes", "Yes", "Yes")}}
	var refused []string
	for e, err := range newAgent(t, m, Config{}).Ask(t.Context(), Question{Text: "When was the Tamsin bridge opened?"}) {
		if err != nil {
			t.Fatal(err)
		}
		switch e := e.(type) {
		case SupportGraded:
			if v := e.Sentence.Support.Refuted(); v != nil {
				refused = append(refused, v.Because("en"))
			}
		case Answered:
			text, err := json.Marshal(e.Answer.Iterations[0].Claims)
			if err != nil {
				t.Fatal(err)
			}
			want := `[{"text":"The bridge was opened in 1932.","passages":["a"],"support":0,"refuted":{"rule":"number","fact":"1932"}},` +
				`{"text":"The bridge has two lanes.","passages":["a"],"support":1}]`
			if string(text) != want {
				t.Errorf("got %s, want %s", text, want)
			}
		}
	}
	if strings.Join(refused, "; ") != "no passage it cites holds 1932" {
		t.Errorf("got %q", refused)
	}
}

// NoThreshold lets a grade of 0 pass, but not a refuted claim.
func TestNoThresholdLetsNoRefutedClaimPass(t *testing.T) {
	for draft, abstains := range map[string]bool{"The bridge was opened in 1931 [1].": false, "The bridge was opened in 1932 [1].": true} {
		m := prober{&scripted{write: says(draft), next: gradesBy("Yes", "No", "Yes")}}
		a, err := newAgent(t, m, Config{Support: NoThreshold}).Answer(t.Context(), Question{Text: "When was the Tamsin bridge opened?"})
		if err != nil || a.Abstained != abstains {
			t.Errorf("%q: got %+v, %v", draft, a, err)
		}
	}
}
