package call

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"selfrag/agent/internal/stop"
)

func TestTheZeroValueHasNoModel(t *testing.T) {
	c := New(Config{})
	_, write := c.Write(t.Context(), asking("Who?"), 10)
	_, _, judge := c.Judge(t.Context(), asking("Well?"))
	for _, err := range []error{write, judge} {
		if !errors.Is(err, ErrNoModel) || !strings.HasPrefix(err.Error(), "ask: ") {
			t.Errorf("got %v", err)
		}
	}
	if c.HasModel() || c.Usage() != (Usage{}) || len(c.Cost()) != 0 {
		t.Errorf("has a model: %v; used %+v, %+v", c.HasModel(), c.Usage(), c.Cost())
	}
}

func TestATextThatALimitEndedLosesItsLastSentence(t *testing.T) {
	for _, tc := range []struct{ name, text, stop, want string }{
		{"whole", "It opened in 1931. It has two", "stop", "It opened in 1931. It has two"},
		{"cut", "It opened in 1931. It has two", "length", "It opened in 1931."},
		{"cut in the only sentence", "It has two", "length", "It has two"},
		{"cut, Korean", "1931년에 열렸습니다. 차선은 두", "length", "1931년에 열렸습니다."},
		{"a thought before", "<think>When? I see.</think>It opened in 1931.", "stop", "It opened in 1931."},
	} {
		m := &scripted{write: says(tc.text), stop: tc.stop}
		got, err := New(Config{Model: m}).Write(t.Context(), asking("When?"), 30)
		if err != nil || got != tc.want {
			t.Errorf("%s: got %q, %v; want %q", tc.name, got, err, tc.want)
		}
	}
}

// gaveUp is the error of a client whose server stopped a model that went on
// and on.
type gaveUp struct{}

func (gaveUp) Error() string   { return "the answer was broken off" }
func (gaveUp) Written() string { return "It opened in 1931. So so so" }

func TestAModelThatWasStoppedHasWrittenAllTheSame(t *testing.T) {
	m := &scripted{write: func(string) (string, error) { return "", gaveUp{} }}
	c := New(Config{Model: m})
	got, err := c.Write(t.Context(), asking("When?"), 10)
	if err != nil || got != "It opened in 1931." {
		t.Errorf("got %q, %v", got, err)
	}
	if u := c.Usage(); u.PromptTokens == 0 || u.CompletionTokens == 0 {
		t.Errorf("its tokens are not counted: %+v", u)
	}
}

func TestSamplingReachesTheModel(t *testing.T) {
	m := &scripted{write: says("Ana <think>or Bo?</think>Ruiz.")}
	c := New(Config{Model: m})
	var pieces strings.Builder
	how := Sampling{MaxTokens: 20, Temperature: 0.7, Seed: 3, OnToken: func(s string) { pieces.WriteString(s) }}
	for range 2 { // the second from the cache, at once
		if got, err := c.Sample(t.Context(), asking("Who?"), how); err != nil || got != "Ana Ruiz." {
			t.Errorf("got %q, %v", got, err)
		}
	}
	if m.opts.MaxTokens != 20 || m.opts.Temperature != 0.7 || m.opts.Seed != 3 {
		t.Errorf("called with %+v", m.opts)
	}
	if got := pieces.String(); got != "Ana Ruiz.Ana Ruiz." {
		t.Errorf("streamed %q", got)
	}
}

// TestOnlyEqualCallsAreMadeOnce changes one thing of a call at a time.
func TestOnlyEqualCallsAreMadeOnce(t *testing.T) {
	m := prober{&scripted{write: says(`{"grade": "Yes"}`)}, map[string]float64{"Yes": 1}}
	c := New(Config{Model: m})
	sample := func(prompt string, how Sampling) func() error {
		return func() error { _, err := c.Sample(t.Context(), asking(prompt), how); return err }
	}
	for i, ask := range []func() error{
		sample("Who?", Sampling{MaxTokens: 8}),
		sample("When?", Sampling{MaxTokens: 8}),
		sample("Who?", Sampling{MaxTokens: 9}),
		sample("Who?", Sampling{MaxTokens: 8, Temperature: 0.5}),
		sample("Who?", Sampling{MaxTokens: 8, Temperature: 0.5, Seed: 1}),
		func() error { _, _, err := c.Probe(t.Context(), asking("Who?")); return err },
		func() error { _, _, err := c.JudgeBySchema(t.Context(), asking("Who?")); return err },
	} {
		for range 3 {
			if err := ask(); err != nil {
				t.Fatal(err)
			}
		}
		if m.calls != i+1 {
			t.Errorf("%d calls after the kind of call %d", m.calls, i)
		}
	}
	if cost := c.Cost(); len(cost) != 1 || cost[0].Step != "ask" || cost[0].Calls != 7 || cost[0].RepeatedCalls != 14 {
		t.Errorf("got %+v", cost)
	}
}

// TestEqualCallsAtOneTimeAreMadeOnce has several ask while the first call is
// under way. It fails, so one of the others makes it again, for all.
func TestEqualCallsAtOneTimeAreMadeOnce(t *testing.T) {
	const others = 5
	broken := errors.New("broken pipe")
	began, fail := make(chan struct{}), make(chan struct{})
	n := 0 // calls are one after another
	m := &scripted{write: func(string) (string, error) {
		if n++; n > 1 {
			return "Ana Ruiz.", nil
		}
		close(began)
		<-fail
		return "", broken
	}}
	c := New(Config{Model: m})
	errs := make([]error, others+1)
	texts := make([]string, others+1)
	var all sync.WaitGroup
	ask := func(i int) { texts[i], errs[i] = c.Write(t.Context(), asking("Who?"), 8) }
	all.Go(func() { ask(0) })
	<-began
	for i := range others {
		all.Go(func() { ask(i + 1) })
	}
	close(fail)
	all.Wait()
	if !errors.Is(errs[0], broken) || errors.Join(errs[1:]...) != nil {
		t.Errorf("got %v", errs)
	}
	if got := slices.Compact(texts[1:]); !slices.Equal(got, []string{"Ana Ruiz."}) || m.calls != 2 {
		t.Errorf("got %q after %d calls", texts, m.calls)
	}
}

func TestTheErrorIsTheCauseOfTheContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	m := &scripted{write: func(string) (string, error) { cancel(stop.SpentError{Part: stop.Time}); return "", nil }}
	_, err := New(Config{Model: m}).Write(ctx, asking("Who?"), 8)
	if part, spent := stop.Spent(err); !spent || part != stop.Time {
		t.Errorf("got %v", err)
	}
}
