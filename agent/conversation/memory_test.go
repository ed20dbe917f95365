package conversation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"selfrag/agent/call"
	"selfrag/prompts"
	"selfrag/retrieval/text"
)

// writes is a model that writes the same text for every prompt.
type writes struct{ text string }

func (writes) Render(name, of string, values any) (prompts.Prompt, error) {
	set, err := prompts.New(nil)
	if err != nil {
		return prompts.Prompt{}, err
	}
	return set.Render(name, text.Language(of), values)
}

func (w writes) Write(context.Context, prompts.Prompt, call.Sampling) (string, error) {
	return w.text, nil
}

// gone is a model that cannot be reached.
type gone struct{ writes }

var errGone = errors.New("the model is gone")

func (gone) Write(context.Context, prompts.Prompt, call.Sampling) (string, error) { return "", errGone }

// TestAMemoryIsBounded adds many long turns and checks the bounds on what
// prompts get.
func TestAMemoryIsBounded(t *testing.T) {
	for _, word := range []string{"bridge ", "다리가 "} {
		m := writes{strings.Repeat("Notes on the bridge. ", 200)}
		c := New(Config{Window: 3, TurnRunes: 50, SummaryRunes: 80})
		folds := 0
		for i := range 20 {
			c.Add(Exchange{fmt.Sprintf("Question %d %s", i, strings.Repeat(word, 100)), strings.Repeat(word, 100)})
			history, folded, err := c.Recall(t.Context(), m)
			if folded != "" {
				folds++
			}
			if err != nil {
				t.Fatal(err)
			}
			if n := utf8.RuneCountInString(strings.Join(history, "\n")); n > 80+6*50+7*12 {
				t.Fatalf("after %d exchanges the history has %d runes", i+1, n)
			}
			if last := history[len(history)-2]; !strings.HasPrefix(last, fmt.Sprintf("User: Question %d ", i)) {
				t.Fatalf("the last question is not in the history: %q", last)
			}
		}
		if folds < 5 || folds > 10 {
			t.Errorf("%d summaries for 20 exchanges", folds)
		}
	}
}

func TestStateGoesThroughJSON(t *testing.T) {
	m := writes{"The bridge has two lanes."}
	c := New(Config{Window: 1})
	c.Add(Exchange{"How many lanes has the bridge?", "The bridge has two lanes. [1]"})
	c.Add(Exchange{"다리는 언제 열렸나요?", "1931년에\n열렸습니다. [2]"})
	if _, _, err := c.Recall(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(c.State())
	if err != nil {
		t.Fatal(err)
	}
	want := `{"summary":"The bridge has two lanes.","exchanges":[{"question":"다리는 언제 열렸나요?","answer":"1931년에 열렸습니다."}]}`
	if string(text) != want {
		t.Errorf("got %s", text)
	}
	var state State
	if err := json.Unmarshal(text, &state); err != nil {
		t.Fatal(err)
	}
	other := New(Config{})
	other.Restore(state)
	if !reflect.DeepEqual(other.State(), c.State()) {
		t.Errorf("got %+v, want %+v", other.State(), c.State())
	}
}

// Two concurrent questions summarize the same exchanges. They must be folded
// once.
func TestExchangesAreFoldedOnce(t *testing.T) {
	c := New(Config{})
	var before State
	for n := range 6 {
		before.Exchanges = append(before.Exchanges, Exchange{Question: fmt.Sprint(n), Answer: "so"})
	}
	c.Restore(before)
	before = c.State()
	c.fold(before, 4, "first")
	c.fold(before, 4, "second")
	if got := c.State(); got.Summary != "first" || !reflect.DeepEqual(got.Exchanges, before.Exchanges[4:]) {
		t.Errorf("got %+v", got)
	}
}

// TestAFailedSummaryLosesNothing checks that the exchanges stay for the next
// question.
func TestAFailedSummaryLosesNothing(t *testing.T) {
	c := New(Config{Window: 1})
	for n := range 3 {
		c.Add(Exchange{Question: fmt.Sprint(n), Answer: "so"})
	}
	before := c.State()
	if history, folded, err := c.Recall(t.Context(), gone{}); !errors.Is(err, errGone) || history != nil || folded != "" {
		t.Errorf("got %q, %q, %v", history, folded, err)
	}
	if got := c.State(); !reflect.DeepEqual(got, before) {
		t.Errorf("got %+v, want %+v", got, before)
	}
	history, folded, err := c.Recall(t.Context(), nil)
	want := []string{"Summary: 1 0", "User: 2", "Assistant: so"}
	if err != nil || folded != "1 0" || !reflect.DeepEqual(history, want) {
		t.Errorf("without a model: %q, %q, %v", history, folded, err)
	}
}
