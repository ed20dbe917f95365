package agent

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tmc/langchaingo/llms"
	"go.uber.org/goleak"

	"selfrag/agent/call"
	"selfrag/prompts"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newAgent(t *testing.T, model llms.Model, cfg Config) *Agent {
	t.Helper()
	passages := passagesOf("The Tamsin bridge was opened in 1931. It has two lanes.", "The mayor of Tamsin was Ana Ruiz in 1931.")
	if cfg.Evidence == nil {
		cfg.Evidence = seeing{answers: 0.3, onePlace: 0.9} // enough for a draft, but not for more
	}
	a, err := New(model, found(passages), nil, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// gradesBy grades by the name of the prompt.
func gradesBy(relevance, support, usefulness string) func(sent) map[string]float64 {
	return func(p sent) map[string]float64 {
		switch {
		case p.is(prompts.NameGradePassages):
			return map[string]map[string]float64{"Yes": {"1": 0.5, "2": 0.5}, "No": {"0": 1}}[relevance]
		case p.is(prompts.NameGradeSupport):
			return map[string]float64{support: 1}
		case p.is(prompts.NameGradeUsefulness):
			return map[string]float64{usefulness: 1}
		}
		return map[string]float64{"Yes": 1}
	}
}

func TestSelfRAGAnswersWithOneRoundWhenTheEvidenceHolds(t *testing.T) {
	m := prober{&scripted{write: says("The Tamsin bridge was opened in 1931 [1]."), next: gradesBy("Yes", "Yes", "Yes")}}
	a, err := newAgent(t, m, Config{}).Answer(t.Context(), Question{Text: "When was the Tamsin bridge opened?"})
	if err != nil {
		t.Fatal(err)
	}
	if a.Abstained || a.StoppedBy != StoppedSupported || a.Text != "The Tamsin bridge was opened in 1931. [1]" {
		t.Errorf("got %+v", a)
	}
	if len(a.Citations) != 1 || a.Citations[0].Quote != "The Tamsin bridge was opened in 1931." || a.Citations[0].Start != 100 {
		t.Errorf("got citations %+v", a.Citations)
	}
	// One call for the draft and one for its usefulness. The passage holds the
	// sentence word for word, so its support needs none.
	if a.Usage.Calls != 2 || m.calls != 2 || a.Usage.PromptTokens != 200 {
		t.Errorf("got usage %+v after %d calls", a.Usage, m.calls)
	}
}

// If the token limit ends a draft, its last half sentence is not a claim.
func TestADraftCutShortLosesItsLastSentence(t *testing.T) {
	for stop, want := range map[string]string{
		"stop":   "The Tamsin bridge was opened in 1931. [1] It has two [2]",
		"length": "The Tamsin bridge was opened in 1931. [1]",
	} {
		m := prober{&scripted{write: says("The Tamsin bridge was opened in 1931 [1]. It has two [1]"), next: gradesBy("Yes", "Yes", "Yes"), stop: stop}}
		a, err := newAgent(t, m, Config{}).Answer(t.Context(), Question{Text: "When was the Tamsin bridge opened?"})
		if err != nil || a.Text != want {
			t.Errorf("%s: got %q, %v; want %q", stop, a.Text, err, want)
		}
	}
}

func TestSelfRAGAbstains(t *testing.T) {
	for _, tc := range []struct {
		name    string
		model   *scripted
		stopped string
	}{
		{"not found", &scripted{write: says("NOT FOUND"), next: gradesBy("Yes", "Yes", "Yes")}, StoppedNothingNew},
		{"not supported", &scripted{write: says("It opened in 1931 [1]."), next: gradesBy("Yes", "No", "Yes")}, StoppedNothingNew},
		{"a number that the passage does not hold", &scripted{write: says("It opened in 1932 [1]."), next: gradesBy("Yes", "Yes", "Yes")}, StoppedNothingNew},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a, err := newAgent(t, prober{tc.model}, Config{}).Answer(t.Context(), Question{Text: "When was it opened?"})
			if err != nil {
				t.Fatal(err)
			}
			if !a.Abstained || a.StoppedBy != tc.stopped || len(a.Citations) != 0 {
				t.Errorf("got %+v", a)
			}
			if !strings.HasPrefix(a.Text, "The documents do not say.") || !strings.Contains(a.Text, "When was it opened?") || !strings.Contains(a.Text, "doc") {
				t.Errorf("got text %q", a.Text)
			}
		})
	}
}

// TestEveryStrategyEndsWithinItsBudget gives misbehaving models few calls and
// rounds.
func TestEveryStrategyEndsWithinItsBudget(t *testing.T) {
	for name, m := range misbehaving() {
		for _, strategy := range Strategies() {
			for _, model := range []llms.Model{m, prober{m}} {
				for _, calls := range []int{1, 2, 3, 4, 5, 6, 8, 10, 13, 20} {
					m.calls = 0
					cfg := Config{Strategy: strategy, Budget: Budget{Iterations: 2, Calls: calls}}
					a, err := newAgent(t, model, cfg).Answer(t.Context(), Question{Text: "When?"})
					if modelFailed(err) && (name == "silent" || name == "malformed JSON") {
						continue // it wrote nothing, or no grade, that can be used
					}
					if err != nil {
						t.Fatalf("%s, %s, %d calls: %v", name, strategy.Name(), calls, err)
					}
					if m.calls > calls || a.Usage.Calls > calls || len(a.Iterations) > 2 {
						t.Errorf("%s, %s: %d calls of %d, %d iterations", name, strategy.Name(), m.calls, calls, len(a.Iterations))
					}
					if a.StoppedBy == "" || a.Text == "" {
						t.Errorf("%s, %s, %d calls: got %+v", name, strategy.Name(), calls, a)
					}
				}
			}
		}
	}
}

func TestSpentBudgetAnswersFromWhatThereIs(t *testing.T) {
	m := prober{&scripted{write: says("The Tamsin bridge was opened in 1931 [1]."), next: gradesBy("Yes", "Yes", "Yes")}}
	// Enough for a draft, but not for its usefulness.
	a, err := newAgent(t, m, Config{Budget: Budget{Calls: 1}}).Answer(t.Context(), Question{Text: "When?"})
	if err != nil || a.Abstained || a.StoppedBy != SpentCalls || len(a.Citations) != 1 {
		t.Errorf("got %+v, %v", a, err)
	}
}

// TestGradesThatCannotBeRead checks that unreadable grades are an error and not
// a reason to abstain.
func TestGradesThatCannotBeRead(t *testing.T) {
	m := prober{&scripted{write: says("It opened in 1931 [1]."), next: sure("Banana")}}
	_, err := newAgent(t, m, Config{}).Answer(t.Context(), Question{Text: "When was it opened?"})
	if unread := (*call.UnreadError)(nil); !errors.As(err, &unread) || !strings.Contains(err.Error(), `it wrote "It opened in 1931 [1]."`) {
		t.Errorf("got %v", err)
	}
}

// TestTimeSpentAbstains uses a model that answers once and then never again.
func TestTimeSpentAbstains(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	m := &scripted{write: func(sent) (string, error) {
		if n++; n > 1 {
			<-ctx.Done()
		}
		return "NOT FOUND", nil
	}}
	stuck := stopsWithItsContext{m, cancel}
	a, err := newAgent(t, stuck, Config{Budget: Budget{Time: 500 * time.Millisecond}}).Answer(t.Context(), Question{Text: "When?"})
	if err != nil || !a.Abstained || a.StoppedBy != SpentTime || a.Degraded != "" {
		t.Errorf("got %+v, %v", a, err)
	}
}

// stopsWithItsContext releases a scripted model when the context of a call ends.
type stopsWithItsContext struct {
	*scripted
	stop func()
}

func (m stopsWithItsContext) GenerateContent(ctx context.Context, messages []llms.MessageContent, options ...llms.CallOption) (*llms.ContentResponse, error) {
	defer context.AfterFunc(ctx, m.stop)()
	return m.scripted.GenerateContent(ctx, messages, options...)
}

func TestCancellingStopsWithAnError(t *testing.T) {
	block := &blocking{started: make(chan struct{}, 8)}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-block.started
		cancel()
	}()
	_, err := newAgent(t, block, Config{}).Answer(ctx, Question{Text: "When?"})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestModelFailureIsAnError(t *testing.T) {
	broken := errors.New("broken pipe")
	m := &scripted{write: func(sent) (string, error) { return "", broken }}
	_, err := newAgent(t, m, Config{}).Answer(t.Context(), Question{Text: "When?"})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestStoppingToReadEndsTheTurn(t *testing.T) {
	m := prober{&scripted{write: says("The Tamsin bridge was opened in 1931 [1]."), next: gradesBy("Yes", "Yes", "Yes")}}
	for range newAgent(t, m, Config{}).Ask(t.Context(), Question{Text: "When?"}) {
		break
	}
	if m.calls != 0 {
		t.Errorf("%d calls after the reader stopped", m.calls)
	}
}

func TestEmptyQuestion(t *testing.T) {
	m := &scripted{write: says("x")}
	if _, err := newAgent(t, m, Config{}).Answer(t.Context(), Question{Text: "  "}); err == nil {
		t.Error("an empty question is answered")
	}
}

// blocking is a model that answers nothing until its context ends, and then
// returns no error, as some clients do.
type blocking struct{ started chan struct{} }

func (b *blocking) GenerateContent(ctx context.Context, _ []llms.MessageContent, _ ...llms.CallOption) (*llms.ContentResponse, error) {
	b.started <- struct{}{}
	<-ctx.Done()
	return &llms.ContentResponse{}, nil
}

func (b *blocking) Call(ctx context.Context, prompt string, options ...llms.CallOption) (string, error) {
	return llms.GenerateFromSinglePrompt(ctx, b, prompt, options...)
}
