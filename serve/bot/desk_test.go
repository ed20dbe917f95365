package bot_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"selfrag/serve/bot"
	"selfrag/serve/bot/bottest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestAnswersUnderWayFinish ends a program during an answer.
func TestAnswersUnderWayFinish(t *testing.T) {
	m := &bottest.Model{Draft: "The bridge has two lanes [1].", Hold: make(chan struct{}), Drafting: make(chan string, 1)}
	d := bottest.NewDesk(t, m)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	answered := make(chan string, 1)
	served := make(chan error, 1)
	go func() { served <- bot.Serve(ctx, listener, http.NotFoundHandler(), d, time.Minute) }()
	if !d.Go(func(ctx context.Context) {
		a, err := d.Ask(ctx, "thread", "How many lanes has the bridge?")
		if err != nil {
			t.Error(err)
		}
		answered <- a.Text
	}) {
		t.Fatal("the task was not taken")
	}
	if prompt := <-m.Drafting; !strings.Contains(prompt, "~") {
		t.Errorf("the passages have no fence: %s", prompt)
	}
	stop()
	for d.Go(func(context.Context) {}) { // until it accepts no more tasks
		time.Sleep(time.Millisecond)
	}
	close(m.Hold)
	if err := <-served; err != nil {
		t.Error(err)
	}
	if text := <-answered; text != "The bridge has two lanes. [1]" {
		t.Errorf("%q", text)
	}
}

func TestAnswersThatOutlivePatienceAreCancelled(t *testing.T) {
	m := &bottest.Model{Hold: make(chan struct{}), Drafting: make(chan string, 1)}
	d := bottest.NewDesk(t, m)
	ended := make(chan error, 1)
	if !d.Go(func(ctx context.Context) {
		_, err := d.Ask(ctx, "thread", "How many lanes has the bridge?")
		ended <- err
	}) {
		t.Fatal("the task was not taken")
	}
	<-m.Drafting
	limited, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := d.Close(limited); err == nil {
		t.Error("Close does not say that an answer was cut off")
	}
	if err := <-ended; err == nil {
		t.Error("the answer has no error")
	}
}

func TestThreadsAreConversations(t *testing.T) {
	m := &bottest.Model{Draft: "The bridge has two lanes [1].", Drafting: make(chan string, 100)}
	d := bottest.NewDesk(t, m)
	defer d.Close(t.Context())
	for _, ask := range []struct{ thread, question string }{{"a", "How many lanes has the bridge?"}, {"a", "Is that so?"}, {"b", "Is it two lanes?"}} {
		if _, err := d.Ask(t.Context(), ask.thread, ask.question); err != nil {
			t.Fatal(err)
		}
	}
	if last, ok := d.Last("a"); !ok || last.Question == "How many lanes has the bridge?" {
		t.Errorf("%+v", last)
	}
	if _, ok := d.Last("c"); ok {
		t.Error("a thread that never was has an answer")
	}
}

func TestOnce(t *testing.T) {
	o := bot.NewOnce()
	if !o.First("a") || o.First("a") || !o.First("b") {
		t.Error("a message is taken for another")
	}
	if o.Forget("a"); !o.First("a") {
		t.Error("a forgotten message does not come again")
	}
}

func TestSentencesAnswerWhereNoModelIsThere(t *testing.T) {
	m := &bottest.Model{Away: true}
	d := bottest.NewDesk(t, m)
	defer d.Close(t.Context())
	for question, note := range map[string]string{
		"How many lanes has the bridge?": "No language model can be reached",
		"다리에는 차로가 몇 개 있습니까?":             "언어 모델에 연결할 수 없어",
	} {
		a, err := d.Ask(t.Context(), question, question)
		if err != nil || a.Strategy != "extractive" || a.Usage.Calls != 0 || !strings.Contains(bot.WithNote(a), note) {
			t.Errorf("%s: got %+v, %v", question, a, err)
		}
	}
	m.Away = false // the model is back
	m.Draft = "The bridge has two lanes [1]."
	a, err := d.Ask(t.Context(), "another", "How many lanes has the bridge?")
	if err != nil || a.Strategy != "self-rag" || bot.WithNote(a) != a.Text {
		t.Errorf("got %+v, %v", a, err)
	}
}
