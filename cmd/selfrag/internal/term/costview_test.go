package term

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"selfrag/agent"
)

func TestCostTable(t *testing.T) {
	cost := []agent.StepCost{
		{Step: "count-lookups", Usage: agent.Usage{Calls: 1, PromptTokens: 190, CompletionTokens: 1}, Milliseconds: 812.4},
		{Step: "grade-passages", Usage: agent.Usage{Calls: 2, PromptTokens: 1904, CompletionTokens: 2}, SharedTokens: 84, Milliseconds: 12_345.6},
		{Step: "draft", Usage: agent.Usage{Calls: 2, PromptTokens: 1921, CompletionTokens: 57}, SharedTokens: 1790, Milliseconds: 3210},
		{Step: "grade-support", Usage: agent.Usage{Calls: 3, PromptTokens: 870, CompletionTokens: 3}, RepeatedCalls: 1, SharedTokens: 411, Milliseconds: 1500},
	}
	for name, test := range map[string]struct {
		cost    []agent.StepCost
		columns int
	}{
		"wide": {cost, 120}, "narrow": {cost, 60}, "no-calls": {nil, 80},
	} {
		t.Run(name, func(t *testing.T) {
			got := costTable(test.cost, test.columns)
			if widest(got) > test.columns {
				t.Errorf("%d columns are wider than %d", widest(got), test.columns)
			}
			golden := filepath.Join("testdata", "cost", name+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s differs (go test ./cmd/selfrag/internal/term -run CostTable -update writes it anew); got:\n%s", golden, got)
			}
		})
	}
}

func TestAlignCountsColumns(t *testing.T) {
	got := align([]string{"단계", "n"}, [][]string{{"초안 쓰기", "10"}, {"a", "1"}}, " ")
	lines := strings.Split(strings.TrimSuffix(got, "\n"), "\n")
	want := []string{"단계       n", "초안 쓰기 10", "a          1"}
	for i := range want {
		if lines[i] != want[i] {
			t.Errorf("line %d: got %q, want %q", i, lines[i], want[i])
		}
	}
}
