package multihop

import (
	"slices"
	"strings"
	"testing"
)

func TestFill(t *testing.T) {
	got := Fill("the mayor of #1 when #2 opened, not #3", map[int]string{1: "Tamsin", 2: "the bridge"})
	if got != "the mayor of Tamsin when the bridge opened, not #3" {
		t.Errorf("got %q", got)
	}
}

// TestLettered checks that Parse reads what Lettered writes.
func TestLettered(t *testing.T) {
	for _, tc := range []struct {
		question string
		plan     Plan
		want     string
	}{
		{"Where does the mayor live?", Plan{"the town", "the mayor of #1", "where #2 of #1 lives"}, "A = the town\nB = the mayor of A\nC = where B of A lives"},
		{"팀장은 누구인가요?", Plan{"제품을 담당하는 팀", "#1의 팀장"}, "A = 제품을 담당하는 팀\nB = A의 팀장"},
	} {
		got := strings.Join(tc.plan.Lettered(), "\n")
		if got != tc.want {
			t.Errorf("got %q", got)
		}
		if again := Parse(got, tc.question); !slices.Equal(again, tc.plan) {
			t.Errorf("%q is read as %q", got, again)
		}
	}
}

func TestPlan(t *testing.T) {
	for _, tc := range []struct {
		name, question string
		plan           Plan
		unknowns       int
		several        bool
		asks, askKo    string
		shown          string
	}{
		{"two sub-questions", "Who leads the firm that makes the lamp?", Plan{"the firm that makes the lamp", "the lead of #1"},
			2, true, "the lead of it", "the lead of 그것", "#1 the firm that makes the lamp; #2 the lead of #1"},
		{"a name of the question is no unknown", "Who makes the Larkspur?", Plan{"Larkspur", "the maker of #1"},
			1, false, "the maker of it", "the maker of 그것", "#1 Larkspur; #2 the maker of #1"},
		{"but for the last", "Who makes the Larkspur?", Plan{"the maker", "Larkspur"}, 2, true, "", "", "#1 the maker; #2 Larkspur"},
		{"the question itself", "Who leads it?", Plan{"Who leads it?"}, 1, false, "", "", "#1 Who leads it?"},
		{"none", "Who leads it?", nil, 0, false, "", "", ""},
	} {
		if got := tc.plan.Unknowns(tc.question); got != tc.unknowns {
			t.Errorf("%s: %d unknowns", tc.name, got)
		}
		if got := tc.plan.Several(tc.question); (got != nil) != tc.several {
			t.Errorf("%s: several is %v", tc.name, got)
		}
		if en, ko := tc.plan.Asks("en"), tc.plan.Asks("ko"); en != tc.asks || ko != tc.askKo {
			t.Errorf("%s: asks %q, %q", tc.name, en, ko)
		}
		if got := tc.plan.String(); got != tc.shown {
			t.Errorf("%s: shown as %q", tc.name, got)
		}
	}
}

func TestLacks(t *testing.T) {
	for sub, want := range map[string]bool{"the mayor of #1": true, "the mayor of Tamsin": false, "the mayor of #2": false} {
		if got := Lacks(sub, 1); got != want {
			t.Errorf("%q: got %t", sub, got)
		}
	}
}
