package serve

import (
	"strings"
	"testing"
)

// Anybody can read a key that only asks, so it does not choose how dear an
// answer is.
func TestAKeyThatOnlyAsksChoosesNoCost(t *testing.T) {
	for name, o := range map[string]AskOptions{
		"strategy":       {Strategy: "self-rag"},
		"max_iterations": {MaxIterations: 1},
		"k1":             {SearchOptions: SearchOptions{K1: 1}},
		"k2":             {SearchOptions: SearchOptions{K2: 1}},
	} {
		scope := (&Service{}).For(AllowAsking("t", nil))
		if _, err := scope.Ask(t.Context(), Question{Text: "?", AskOptions: o}); !isKind(err, Forbidden) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
		if err := Allow("t", nil, false).mayAsk(o); err != nil {
			t.Errorf("another key with %s: %v", name, err)
		}
	}
	if err := AllowAsking("t", nil).mayAsk(AskOptions{Deltas: true, SearchOptions: SearchOptions{NoRerank: true}}); err != nil {
		t.Errorf("a question: %v", err)
	}
}
