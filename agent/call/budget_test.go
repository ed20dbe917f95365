package call

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"selfrag/retrieval/text"
)

func TestTheBudgetEndsTheCalls(t *testing.T) {
	prompt := asking(strings.Repeat("word", 20))
	reads := text.Tokens(promptText(requestOf(prompt).messages))
	for _, tc := range []struct {
		name string
		cfg  Config
		want string // the part that is spent at the second call
	}{
		{"calls", Config{Calls: 1}, "calls"},
		{"no room for a prompt and a token", Config{Tokens: 2*reads + 10}, "tokens"},
		{"room for a token", Config{Tokens: 2*reads + 11}, ""},
		{"the default", Config{}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := &scripted{write: says("so"), info: map[string]any{"PromptTokens": reads, "CompletionTokens": 10}}
			tc.cfg.Model = m
			c := New(tc.cfg)
			if _, err := c.Write(t.Context(), prompt, 10); err != nil {
				t.Fatal(err)
			}
			_, err := c.Sample(t.Context(), prompt, Sampling{MaxTokens: 10, Seed: 1})
			var spent SpentError
			if errors.As(err, &spent) != (tc.want != "") || spent.Part != tc.want || err != nil && tc.want == "" {
				t.Errorf("got %v", err)
			}
			if tc.name == "room for a token" && m.opts.MaxTokens != 1 {
				t.Errorf("the call may write %d tokens, not 1", m.opts.MaxTokens)
			}
		})
	}
}

// TestCallsSideBySideKeepTheBudget makes many parallel calls that each write as
// much as they may, to a server that counts no tokens.
func TestCallsSideBySideKeepTheBudget(t *testing.T) {
	for _, tokens := range []int{1, 50, 400, 1500} {
		m := &scripted{write: says(strings.Repeat("word", 30))}
		c := New(Config{Model: m, Tokens: tokens})
		var all sync.WaitGroup
		for i := range 40 {
			all.Go(func() { _, _ = c.Write(t.Context(), asking(fmt.Sprintf("question %d", i)), 20) })
		}
		all.Wait()
		if u := c.Usage(); m.used > tokens || u.PromptTokens+u.CompletionTokens != m.used || u.Calls != m.calls {
			t.Errorf("%d tokens of %d in %d calls, told %+v", m.used, tokens, m.calls, u)
		}
	}
}

func TestCostIsCountedByStep(t *testing.T) {
	m := &scripted{write: says("Ana Ruiz."), info: map[string]any{"PromptTokens": 100, "CompletionTokens": 10, "PromptCachedTokens": 70}}
	c := New(Config{Model: m})
	draft, plan := asking("Who?"), asking("When?")
	draft.Name, plan.Name = "draft", "plan"
	for _, most := range []int{8, 9, 9} {
		if _, err := c.Write(t.Context(), draft, most); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Write(t.Context(), plan, 8); err != nil {
		t.Fatal(err)
	}
	cost := c.Cost()
	for i := range cost {
		cost[i].Milliseconds = 0 // depends on the clock
	}
	want := "[{draft {2 200 20} 1 140 0} {plan {1 100 10} 0 70 0}]"
	if got := fmt.Sprint(cost); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if u := c.Usage(); u != (Usage{Calls: 3, PromptTokens: 300, CompletionTokens: 30}) {
		t.Errorf("got %+v", u)
	}
}
