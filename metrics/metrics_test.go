package metrics

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"selfrag/agent"
	"selfrag/fault"
	"selfrag/retrieval"
)

var update = flag.Bool("update", false, "write the golden anew")

// events returns a stream of the given events. The stream ends with err unless
// err is nil.
func events(err error, of ...agent.Event) iter.Seq2[agent.Event, error] {
	return func(yield func(agent.Event, error) bool) {
		for _, e := range of {
			if !yield(e, nil) {
				return
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

// read reads a stream to its end and returns its events.
func read(events iter.Seq2[agent.Event, error]) (got []agent.Event, err error) {
	for e, failure := range events {
		if failure != nil {
			return got, failure
		}
		got = append(got, e)
	}
	return got, nil
}

// text returns the response of the handler.
func text(t *testing.T, m *Metrics) string {
	t.Helper()
	s := httptest.NewServer(m.Handler())
	defer s.Close()
	resp, err := s.Client().Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	s.Client().CloseIdleConnections()
	return string(b)
}

func turnOfEverything() []agent.Event {
	second := time.Second
	found := retrieval.Result{Query: "who leads?", Timings: retrieval.Timings{Embed: second / 100, Search: second / 50, Rerank: second / 4, Total: second * 28 / 100}}
	again := retrieval.Result{Query: "who leads?", Degraded: "The reranker failed."}
	return []agent.Event{
		agent.Started{Question: "누가 팀장인가요?", Strategy: "self-rag"},
		agent.RetrieveDecided{Grade: agent.Known(0.9), Retrieve: true},
		agent.Searched{Result: found}, agent.Searched{Result: again},
		agent.RelevanceGraded{Grade: agent.Known(0.85), Kept: true}, agent.RelevanceGraded{},
		agent.SupportGraded{Sentence: agent.Sentence{Support: agent.Known(0.45)}},
		agent.UsefulnessGraded{Grade: agent.Known(1)},
		agent.Answered{Answer: agent.Answer{
			StoppedBy: agent.StoppedSupported, Degraded: "The reranker failed.", Iterations: make([]agent.Iteration, 2),
			Cost: []agent.StepCost{
				{Step: "draft", Usage: agent.Usage{Calls: 2, PromptTokens: 300, CompletionTokens: 40}, RepeatedCalls: 1, SharedTokens: 120, Milliseconds: 1500},
				{Step: "grade-support", Usage: agent.Usage{Calls: 3, PromptTokens: 90, CompletionTokens: 3}, Milliseconds: 30},
			},
			Timings: agent.Timings{Embed: 10, Search: 20, Rerank: 250, LLM: 1530, Total: 1810},
		}},
	}
}

// TestText compares the whole text with a golden file.
func TestText(t *testing.T) {
	m := New(Config{})
	all := turnOfEverything()
	got, err := read(m.Follow(events(nil, all...)))
	if err != nil || len(got) != len(all) {
		t.Fatalf("%d of %d events came through, %v", len(got), len(all), err)
	}
	abstained := agent.Answer{Abstained: true, StoppedBy: agent.StoppedNothingNew, Timings: agent.Timings{Total: 2000}}
	if _, err := read(m.Follow(events(nil, agent.Started{Strategy: "self-rag"}, agent.Answered{Answer: abstained}))); err != nil {
		t.Fatal(err)
	}
	m.Searched(retrieval.Result{Degraded: "The reranker failed.", Timings: retrieval.Timings{Search: time.Second, Total: time.Second}})
	if _, err := read(m.FollowArm("two-stage", events(nil, agent.Started{Strategy: "two-stage"}, agent.Answered{Answer: abstained}))); err != nil {
		t.Fatal(err)
	}
	m.Feedback("two-stage", true)
	m.Feedback("", false)
	if err := m.Queue("spans", func() int { return 7 }, func() int { return 2 }); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "metrics.txt")
	if *update {
		if err := m.WriteFile(path); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := text(t, m); got != string(want) {
		t.Errorf("%s differs (go test ./metrics -update writes it anew); got:\n%s", path, got)
	}
	file := filepath.Join(t.TempDir(), "m.prom")
	if err := m.WriteFile(file); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(file); string(b) != string(want) {
		t.Error("the file and the handler differ")
	}
}

func TestOutcomes(t *testing.T) {
	begun := agent.Started{Strategy: "cot"}
	for name, c := range map[string]struct {
		err  error
		want []string
	}{
		"canceled": {err: fmt.Errorf("ask: %w", context.Canceled), want: []string{`selfrag_errors_total{kind="canceled"} 1`}},
		"deadline": {err: context.DeadlineExceeded, want: []string{`selfrag_errors_total{kind="failed"} 1`}},
		"any":      {err: errors.New("key sk-secret refused"), want: []string{`selfrag_errors_total{kind="failed"} 1`}},
		"a part":   {err: fault.Unreachable(errors.New("x")), want: []string{`selfrag_errors_total{kind="unreachable"} 1`}},
		"usage":    {err: fault.Usage(errors.New("x")), want: []string{`selfrag_errors_total{kind="usage"} 1`}},
	} {
		t.Run(name, func(t *testing.T) {
			m := New(Config{})
			if _, err := read(m.Follow(events(c.err, begun))); !errors.Is(err, c.err) {
				t.Errorf("the error came through as %v", err)
			}
			got := text(t, m)
			for _, want := range append(c.want, `selfrag_questions_total{outcome="failed",strategy="cot"} 1`, `selfrag_question_seconds_count{outcome="failed",strategy="cot"} 1`) {
				if !strings.Contains(got, want+"\n") {
					t.Errorf("no %s in\n%s", want, got)
				}
			}
			if strings.Contains(got, "secret") {
				t.Errorf("an error's text is in\n%s", got)
			}
		})
	}
}

func TestReaderWhoLeaves(t *testing.T) {
	m := New(Config{})
	for range m.Follow(events(nil, agent.Started{Strategy: "cot"}, agent.Started{})) {
		if got := text(t, m); !strings.Contains(got, "selfrag_questions_running 1\n") {
			t.Errorf("a running question is not counted as one:\n%s", got)
		}
		break
	}
	got := text(t, m)
	for _, want := range []string{"selfrag_questions_running 0\n", `selfrag_questions_total{outcome="left",strategy="cot"} 1`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

func TestLabelsAreBounded(t *testing.T) {
	m := New(Config{})
	for i := range 1000 {
		own := agent.Answer{StoppedBy: fmt.Sprintf("reason %d", i), Cost: []agent.StepCost{{Step: fmt.Sprintf("step %d", i), Milliseconds: 1}}}
		if _, err := read(m.Follow(events(nil, agent.Started{Strategy: fmt.Sprintf("strategy %d", i)}, agent.Answered{Answer: own}))); err != nil {
			t.Fatal(err)
		}
	}
	got := text(t, m)
	if n := strings.Count(got, "selfrag_questions_total{"); n != 65 {
		t.Errorf("%d strategies are counted", n)
	}
	if !strings.Contains(got, `selfrag_questions_total{outcome="answered",strategy="other"} 936`) {
		t.Error("the rest is not counted as other")
	}
}

func TestQueues(t *testing.T) {
	m := New(Config{})
	one := func() int { return 1 }
	if err := m.Queue("spans", one, nil); err != nil {
		t.Fatal(err)
	}
	if err := m.Queue("requests", one, one); err != nil {
		t.Fatal(err)
	}
	if err := m.Queue("spans", one, nil); err == nil || !strings.Contains(err.Error(), "spans") {
		t.Errorf("two queues of one name: %v", err)
	}
}

func TestProcess(t *testing.T) {
	if got := text(t, New(Config{Process: true})); !strings.Contains(got, "go_goroutines ") {
		t.Errorf("no figures of the runtime in\n%s", got)
	}
}

func TestNilCountsNothing(t *testing.T) {
	var m *Metrics
	all := turnOfEverything()
	if got, err := read(m.Follow(events(nil, all...))); err != nil || len(got) != len(all) {
		t.Errorf("%d events came through, %v", len(got), err)
	}
	m.Searched(retrieval.Result{})
	m.Feedback("two-stage", true)
	path := filepath.Join(t.TempDir(), "m.prom")
	if err := errors.Join(m.Queue("spans", nil, nil), m.WriteFile(path)); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a file was written")
	}
}

func TestFileThatCannotBe(t *testing.T) {
	err := New(Config{}).WriteFile(filepath.Join(t.TempDir(), "nowhere", "m.prom"))
	if err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("got %v", err)
	}
}

// TestManyAtATime gives the race detector concurrent turns.
func TestManyAtATime(t *testing.T) {
	m := New(Config{})
	done := make(chan error)
	for range 8 {
		go func() {
			_, err := read(m.Follow(events(nil, turnOfEverything()...)))
			done <- err
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if got := text(t, m); !strings.Contains(got, `selfrag_llm_calls_total{step="draft"} 16`) {
		t.Errorf("calls were lost:\n%s", got)
	}
}
