package call

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent/internal/stop"
	"selfrag/retrieval/text"
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
	for range 2 { // the second one is answered from the cache, at once
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

// TestOnlyEqualCallsAreMadeOnce changes one property of a call at a time.
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

// TestEqualCallsAtOneTimeAreMadeOnce repeats a call while the first one is
// under way. The first one fails, so one of the others makes it again, for all
// of them.
func TestEqualCallsAtOneTimeAreMadeOnce(t *testing.T) {
	const others = 5
	broken := errors.New("broken pipe")
	began, fail := make(chan struct{}), make(chan struct{})
	n := 0 // calls are sequential
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

// halfway is the error of a client whose server broke an answer off.
type halfway struct{}

func (halfway) Error() string   { return "the answer was broken off" }
func (halfway) BrokenOff() bool { return true }

// breaking is a model whose stream breaks off some times before it holds.
type breaking struct {
	texts []string // of each call; all but the last break off
	calls int
}

func (m *breaking) GenerateContent(ctx context.Context, _ []llms.MessageContent, options ...llms.CallOption) (*llms.ContentResponse, error) {
	var opts llms.CallOptions
	for _, o := range options {
		o(&opts)
	}
	text := m.texts[m.calls]
	m.calls++
	for _, word := range strings.SplitAfter(text, " ") {
		if err := opts.StreamingFunc(ctx, []byte(word)); err != nil {
			return nil, err
		}
	}
	if m.calls < len(m.texts) {
		return nil, halfway{}
	}
	return &llms.ContentResponse{Choices: []*llms.ContentChoice{{Content: text, StopReason: "stop"}}}, nil
}

func (m *breaking) Call(context.Context, string, ...llms.CallOption) (string, error) { return "", nil }

func TestAStreamThatBreaksIsAskedForOnceMore(t *testing.T) {
	for name, test := range map[string]struct {
		texts      []string
		want, seen string // seen by the reader of the stream
		calls      int
	}{
		"the same again":   {[]string{"아나 ", "아나 루이스입니다 [1]."}, "아나 루이스입니다 [1].", "아나 루이스입니다 [1].", 2},
		"another text":     {[]string{"Ana was ", "Bo Li was it [1]."}, "Bo Li was it [1].", "Ana was ", 2},
		"nothing at first": {[]string{"", "Ana [1]."}, "Ana [1].", "Ana [1].", 2},
		"twice":            {[]string{"Ana ", "Ana ", "Ana [1]."}, "", "Ana ", 2},
	} {
		t.Run(name, func(t *testing.T) {
			m := &breaking{texts: test.texts}
			var seen strings.Builder
			c := New(Config{Model: m})
			got, err := c.Sample(t.Context(), asking("Who?"), Sampling{MaxTokens: 20, OnToken: func(s string) { seen.WriteString(s) }})
			if got != test.want || (err != nil) != (test.want == "") || seen.String() != test.seen || m.calls != test.calls {
				t.Errorf("got %q, %v after %d calls; its reader saw %q", got, err, m.calls, seen.String())
			}
			if c.Usage().Calls != test.calls {
				t.Errorf("%d calls are counted", c.Usage().Calls)
			}
		})
	}
}

// TestRoomIsRemembered has a model that thinks 500 tokens before it writes.
func TestRoomIsRemembered(t *testing.T) {
	m := &thinking{need: 500}
	var kept sync.Map
	for turn := range 2 {
		c := New(Config{Model: m, Kept: &kept})
		got, err := c.Write(t.Context(), asking("Who?"), 20)
		if err != nil || got != "Ana [1]." {
			t.Errorf("turn %d: got %q, %v", turn, got, err)
		}
		if want := 2 - turn; c.Usage().Calls != want {
			t.Errorf("turn %d took %d calls, not %d", turn, c.Usage().Calls, want)
		}
	}
	endless := New(Config{Model: &thinking{need: 1 << 30}})
	var none *NoTextError
	if _, err := endless.Write(t.Context(), asking("Who?"), 20); !errors.As(err, &none) || endless.Usage().Calls != 4 {
		t.Errorf("got %v after %d calls", err, endless.Usage().Calls)
	}
}

// thinking is a model whose thoughts take so many tokens of its limit.
type thinking struct{ need int }

func (m *thinking) GenerateContent(_ context.Context, _ []llms.MessageContent, options ...llms.CallOption) (*llms.ContentResponse, error) {
	var opts llms.CallOptions
	for _, o := range options {
		o(&opts)
	}
	if opts.MaxTokens < m.need {
		return &llms.ContentResponse{Choices: []*llms.ContentChoice{{StopReason: "length", ReasoningContent: "Who?"}}}, nil
	}
	return &llms.ContentResponse{Choices: []*llms.ContentChoice{{Content: "Ana [1].", StopReason: "stop"}}}, nil
}

func (m *thinking) Call(context.Context, string, ...llms.CallOption) (string, error) { return "", nil }

// TestATextPastItsLimitIsCut has a model that heeds no limit.
func TestATextPastItsLimitIsCut(t *testing.T) {
	for _, sentence := range []string{"The ferry carries 42 cars [1]. ", "나룻배는 차 42대를 싣습니다 [1]. "} {
		for _, stream := range []func(string){nil, func(string) {}} {
			m := &breaking{texts: []string{strings.Repeat(sentence, 500)}}
			how := Sampling{MaxTokens: 40, OnToken: stream}
			var model llms.Model = m
			if stream == nil {
				model = &scriptedWhole{m.texts[0]}
			}
			got, err := New(Config{Model: model}).Sample(t.Context(), asking("How many?"), how)
			if err != nil || text.Tokens(got) > 2*40+spare || !strings.HasSuffix(got, "[1].") {
				t.Errorf("got %d tokens, %v: …%q", text.Tokens(got), err, got[max(0, len(got)-20):])
			}
		}
	}
}

// scriptedWhole is a model that always writes the same.
type scriptedWhole struct{ text string }

func (m *scriptedWhole) GenerateContent(context.Context, []llms.MessageContent, ...llms.CallOption) (*llms.ContentResponse, error) {
	return &llms.ContentResponse{Choices: []*llms.ContentChoice{{Content: m.text, StopReason: "stop"}}}, nil
}

func (m *scriptedWhole) Call(context.Context, string, ...llms.CallOption) (string, error) {
	return m.text, nil
}
