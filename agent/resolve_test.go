package agent

import (
	"context"
	"errors"
	"testing"

	"selfrag/agent/conversation"
	"selfrag/prompts"
)

// talks is a model that resolves, summarizes, drafts and grades, depending on
// the prompt.
func talks(standalone, summary string) prober {
	return prober{&scripted{
		write: func(p sent) (string, error) {
			switch {
			case p.is(prompts.NameStandalone):
				return standalone, nil
			case p.is(prompts.NameSummarize):
				return summary, nil
			}
			return "The Tamsin bridge was opened in 1931 [1].", nil
		},
		next: gradesBy("Yes", "Yes", "Yes"),
	}}
}

// tell asks a question in a conversation and returns the answer and the events.
func tell(t *testing.T, a *Agent, m *conversation.Memory, question string) (Answer, []Event) {
	t.Helper()
	var answer Answer
	var events []Event
	for e, err := range a.Ask(t.Context(), Question{Text: question, Conversation: m}) {
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
	a, c := newAgent(t, m, Config{}), conversation.New(conversation.Config{})
	first, events := tell(t, a, c, "How many lanes does the Tamsin bridge have?")
	if first.Usage.Calls != 2 {
		t.Errorf("the first question took %+v", first.Usage)
	}
	for _, e := range events {
		if _, ok := e.(QuestionResolved); ok {
			t.Error("the first question was resolved")
		}
	}

	answer, events := tell(t, a, c, " When was it opened? ")
	if answer.Question != "When was it opened?" || answer.Iterations[0].Subquery != "When was the Tamsin bridge opened?" {
		t.Errorf("got %+v", answer)
	}
	if answer.Usage.Calls != 3 {
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
	a, c := newAgent(t, m, Config{}), conversation.New(conversation.Config{})
	tell(t, a, c, "When was it opened?")
	if got := c.State().Exchanges; len(got) != 1 || got[0] != (conversation.Exchange{Question: "When was it opened?"}) {
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
	a, c := newAgent(t, m, Config{Budget: Budget{Calls: 1}}), conversation.New(conversation.Config{Window: 1})
	for i := range 3 {
		a, _ := tell(t, a, c, "When was it opened?")
		if m.calls != i+1 || a.StoppedBy != SpentCalls || a.Question != "When was it opened?" {
			t.Errorf("question %d: %d calls, %+v", i, m.calls, a)
		}
	}
}

func TestCancellingWhileTheQuestionIsResolved(t *testing.T) {
	block := &blocking{started: make(chan struct{}, 1)}
	a, c := newAgent(t, block, Config{}), conversation.New(conversation.Config{})
	c.Add(conversation.Exchange{Question: "Who?", Answer: "Ana."})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		<-block.started
		cancel()
	}()
	for _, err := range a.Ask(ctx, Question{Text: "Why?", Conversation: c}) {
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
	if n := len(c.State().Exchanges); n != 1 {
		t.Errorf("%d exchanges remembered after a cancelled question", n)
	}
}
