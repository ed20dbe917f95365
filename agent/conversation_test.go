package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// talks is a model that resolves, summarizes, drafts and grades by the task
// that a prompt asks for.
func talks(standalone, summary string) prober {
	return prober{&scripted{
		write: func(prompt string) (string, error) {
			switch {
			case strings.Contains(prompt, "Complete question:"):
				return standalone, nil
			case strings.Contains(prompt, "New notes:"):
				return summary, nil
			}
			return "The Tamsin bridge was opened in 1931 [1].", nil
		},
		next: gradesBy("Yes", "Yes", "Yes"),
	}}
}

// tell asks a question of a conversation and returns the events by type.
func tell(t *testing.T, c *Conversation, question string) (Answer, []Event) {
	t.Helper()
	var answer Answer
	var events []Event
	for e, err := range c.Ask(t.Context(), question) {
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
		if end, ok := e.(Answered); ok {
			answer = end.Answer
		}
	}
	return answer, events
}

func TestFollowUpIsAnsweredAsACompleteQuestion(t *testing.T) {
	m := talks("When was the Tamsin bridge opened?", "")
	c := NewConversation(newAgent(t, m, Config{}), ConversationConfig{})
	first, events := tell(t, c, "How many lanes does the Tamsin bridge have?")
	if first.Usage.Calls != 5 {
		t.Errorf("the first question took %+v", first.Usage)
	}
	for _, e := range events {
		if _, ok := e.(QuestionResolved); ok {
			t.Error("the first question was resolved")
		}
	}

	answer, events := tell(t, c, " When was it opened? ")
	if answer.Question != "When was it opened?" || answer.Iterations[0].Subquery != "When was the Tamsin bridge opened?" {
		t.Errorf("got %+v", answer)
	}
	if answer.Usage.Calls != 6 {
		t.Errorf("the call that completes the question is not counted: %+v", answer.Usage)
	}
	want := QuestionResolved{"When was it opened?", "When was the Tamsin bridge opened?"}
	if events[1] != want {
		t.Errorf("the second event is %+v", events[1])
	}
	state := c.State()
	if len(state.Exchanges) != 2 || state.Exchanges[0].Answer != "The Tamsin bridge was opened in 1931." {
		t.Errorf("remembered %+v", state)
	}
}

func TestAbstentionsAreRememberedWithoutAnAnswer(t *testing.T) {
	m := prober{&scripted{write: says("NOT FOUND"), next: sure("Yes")}}
	c := NewConversation(newAgent(t, m, Config{}), ConversationConfig{})
	tell(t, c, "When was it opened?")
	if got := historyOf(c.State()); len(got) != 1 || got[0] != "User: When was it opened?" {
		t.Errorf("got %q", got)
	}
}

func TestHistoryOfTheCallerIsResolvedToo(t *testing.T) {
	for _, strategy := range []Strategy{SelfRAG{}, TwoStage{}} {
		m := talks("When was the Tamsin bridge opened?", "")
		a, err := newAgent(t, m, Config{Strategy: strategy}).Answer(t.Context(), Question{
			Text: "When was it opened?", History: []string{"User: How many lanes does the Tamsin bridge have?", "Assistant: Two."},
		})
		if err != nil || a.Iterations[0].Subquery != "When was the Tamsin bridge opened?" {
			t.Errorf("%s: got %+v, %v", strategy.Name(), a, err)
		}
	}
}

func TestSpentBudgetLeavesTheQuestionAsItIs(t *testing.T) {
	m := talks("", "")
	c := NewConversation(newAgent(t, m, Config{Budget: Budget{Calls: 1}}), ConversationConfig{Window: 1})
	for i := range 3 {
		a, _ := tell(t, c, "When was it opened?")
		if m.calls != i+1 || a.StoppedBy != SpentCalls || a.Question != "When was it opened?" {
			t.Errorf("question %d: %d calls, %+v", i, m.calls, a)
		}
	}
}

func TestCancellingWhileTheQuestionIsResolved(t *testing.T) {
	block := &blocking{started: make(chan struct{}, 1)}
	c := NewConversation(newAgent(t, block, Config{}), ConversationConfig{})
	c.Add(Exchange{"Who?", "Ana."})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		<-block.started
		cancel()
	}()
	for _, err := range c.Ask(ctx, "Why?") {
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
	if n := len(c.State().Exchanges); n != 1 {
		t.Errorf("%d exchanges remembered after a cancelled question", n)
	}
}

// TestConversationIsBounded talks for long, in long turns, and holds what
// prompts get of it to the bounds.
func TestConversationIsBounded(t *testing.T) {
	for _, word := range []string{"bridge ", "다리가 "} {
		m := talks("", strings.Repeat("Notes on the bridge. ", 200))
		c := NewConversation(newAgent(t, m, Config{}), ConversationConfig{Window: 3, TurnRunes: 50, SummaryRunes: 80})
		folds := 0
		for i := range 20 {
			c.Add(Exchange{fmt.Sprintf("Question %d %s", i, strings.Repeat(word, 100)), strings.Repeat(word, 100)})
			steps := c.withAgent().steps()
			history, err := c.recall(t.Context(), steps, func(e Event) {
				if _, ok := e.(ConversationSummarized); ok {
					folds++
				}
			})
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
	m := talks("", "The bridge has two lanes.")
	c := NewConversation(newAgent(t, m, Config{}), ConversationConfig{Window: 1})
	c.Add(Exchange{"How many lanes has the bridge?", "The bridge has two lanes. [1]"})
	c.Add(Exchange{"다리는 언제 열렸나요?", "1931년에\n열렸습니다. [2]"})
	if _, err := c.History(t.Context()); err != nil {
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
	var state ConversationState
	if err := json.Unmarshal(text, &state); err != nil {
		t.Fatal(err)
	}
	other := NewConversation(newAgent(t, m, Config{}), ConversationConfig{})
	other.Restore(state)
	if !reflect.DeepEqual(other.State(), c.State()) {
		t.Errorf("got %+v, want %+v", other.State(), c.State())
	}
}

// Two questions at once summarize the same exchanges; they are left out once.
func TestExchangesAreFoldedOnce(t *testing.T) {
	c := NewConversation(newAgent(t, talks("", ""), Config{}), ConversationConfig{})
	var before ConversationState
	for n := range 6 {
		before.Exchanges = append(before.Exchanges, Exchange{Question: fmt.Sprint(n), Answer: "so"})
	}
	c.Restore(before)
	before = c.State()
	c.folded(before, 4, "first")
	c.folded(before, 4, "second")
	if got := c.State(); got.Summary != "first" || !reflect.DeepEqual(got.Exchanges, before.Exchanges[4:]) {
		t.Errorf("got %+v", got)
	}
}
