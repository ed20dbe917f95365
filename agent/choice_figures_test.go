//go:build integration && figures

package agent_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"os"
	"testing"

	"selfrag/agent"
	"selfrag/ollama"
)

// TestFiguresChoice prints how many of the demo's questions auto takes for ones
// of a single look-up, which it answers by two-stage search, by the number of
// look-ups that each takes and by language.
func TestFiguresChoice(t *testing.T) {
	model, err := ollama.New(ollama.Config{Model: cmp.Or(os.Getenv("SELFRAG_LLM"), "qwen2.5-coder:1.5b")})
	if err != nil {
		t.Fatal(err)
	}
	defer model.Close()
	steps, err := agent.NewSteps(model, nowhere{}, nil, agent.Config{Budget: agent.Budget{Calls: 1000, Tokens: 10_000_000}})
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open("../examples/handbook/questions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	type group struct {
		language string
		hops     int
	}
	asked, single := map[group]int{}, map[group]int{}
	for lines := json.NewDecoder(file); ; {
		var q struct {
			Text, Language string
			Hops           int `json:"hop_count"`
		}
		if err := lines.Decode(&q); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		several, plan, err := steps.TakeApart(t.Context(), q.Text)
		if err != nil {
			t.Fatal(err)
		}
		of := group{q.Language, q.Hops}
		asked[of]++
		if len(plan) < 2 {
			single[of]++
		}
		t.Logf("%s, %d look-ups, P(several) %.2f, plan of %d: %s", q.Language, q.Hops, several.Value, len(plan), q.Text)
	}
	for of, n := range asked {
		t.Logf("%s, %d look-ups: two-stage chosen for %d of %d", of.language, of.hops, single[of], n)
	}
	if share := float64(single[group{"en", 1}]+single[group{"ko", 1}]) / float64(asked[group{"en", 1}]+asked[group{"ko", 1}]); share < 0.8 {
		t.Errorf("two-stage is chosen for %.0f %% of the questions of a single look-up, want 80 %%", 100*share)
	}
}
