//go:build integration && figures

package agent_test

import (
	"cmp"
	"os"
	"testing"

	"selfrag/agent"
	"selfrag/ollama"
)

// TestFiguresChoice prints how many of the demo's questions auto answers by
// two-stage search because it takes them for single look-ups, by their actual
// number of look-ups and by language.
func TestFiguresChoice(t *testing.T) {
	model, err := ollama.New(ollama.Config{Model: cmp.Or(os.Getenv("SELFRAG_LLM"), "qwen2.5-coder:1.5b")})
	if err != nil {
		t.Fatal(err)
	}
	defer model.Close()
	auto, err := agent.New(model, nowhere{}, nil, agent.Config{Strategy: agent.Auto{}})
	if err != nil {
		t.Fatal(err)
	}
	type group struct {
		language string
		hops     int
	}
	asked, single := map[group]int{}, map[group]int{}
	for _, q := range agent.ReadHandbookQuestions(t) {
		of := group{q.Language, q.Hops}
		asked[of]++
		for event, err := range auto.Ask(t.Context(), agent.Question{Text: q.Text}) {
			if err != nil {
				t.Fatal(err)
			}
			if chosen, ok := event.(agent.StrategyChosen); ok {
				if chosen.Strategy == (agent.TwoStage{}).Name() {
					single[of]++
				}
				t.Logf("%s, %d look-ups, P(several) %.2f, %s: %s", q.Language, q.Hops, chosen.Several.Value, chosen.Strategy, q.Text)
				break
			}
		}
	}
	for of, n := range asked {
		t.Logf("%s, %d look-ups: two-stage chosen for %d of %d", of.language, of.hops, single[of], n)
	}
	if share := float64(single[group{"en", 1}]+single[group{"ko", 1}]) / float64(asked[group{"en", 1}]+asked[group{"ko", 1}]); share < 0.8 {
		t.Errorf("two-stage is chosen for %.0f %% of the questions of a single look-up, want 80 %%", 100*share)
	}
}
