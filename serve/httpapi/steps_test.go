package httpapi

import (
	"encoding/json"
	"testing"

	"selfrag/agent"
	"selfrag/agent/claim"
)

// A step says by which rule and which fact code refutes a sentence. If code
// does not refute it, the step has no such field.
func TestSupportStepsSayWhatRefutesThem(t *testing.T) {
	for want, support := range map[string]agent.Grade{
		`{"grade":0,"iteration":1,"kept":false,"refuted":{"rule":"number","fact":"1300"},"sentence":"It costs 1300 won."}`: agent.RefutedBy(
			claim.Verdict{Refuted: true, Rule: claim.RuleNumber, Fact: "1300"}),
		`{"grade":0.2,"iteration":1,"kept":false,"sentence":"It costs 1300 won."}`:  agent.Known(0.2),
		`{"grade":null,"iteration":1,"kept":false,"sentence":"It costs 1300 won."}`: {},
	} {
		name, data := stepJSON(agent.SupportGraded{Iteration: 1, Sentence: agent.Sentence{Sentence: claim.Sentence{Text: "It costs 1300 won."}, Support: support}}, nil)
		got, err := json.Marshal(data)
		if err != nil || name != "support" || string(got) != want {
			t.Errorf("got %s %s, %v, want %s", name, got, err, want)
		}
	}
}
