package eval

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"selfrag/agent"
	"selfrag/retrieval"
)

// asked is an arm that records the questions and answers by a rule.
type asked struct {
	mu    sync.Mutex
	calls []string
	fail  string // the question that fails
}

func (a *asked) arm(name string) Arm {
	return Arm{Name: name, Ask: func(ctx context.Context, question string) (Turn, error) {
		a.mu.Lock()
		defer a.mu.Unlock()
		if question == a.fail {
			return Turn{}, errors.New("the model is gone")
		}
		if ctx.Err() != nil {
			return Turn{}, ctx.Err()
		}
		a.calls = append(a.calls, name+" "+question)
		return Turn{Answer: agent.Answer{
			Text: name + " says: it is " + question + ". [1]", StoppedBy: agent.StoppedSupported,
			Iterations: []agent.Iteration{{Subquery: question, Passages: []agent.GradedPassage{{ID: "p1", Score: 2}, {ID: "p2", Score: 1}}}},
			Citations:  []agent.Citation{{N: 1, Source: "s", Quote: "it is"}},
			Usage:      agent.Usage{Calls: 3, PromptTokens: 100, CompletionTokens: 10},
			Timings:    agent.Timings{Total: 1500},
		}, Ranking: []string{"d1"}}, nil
	}}
}

func queries(n int) []Query {
	out := make([]Query, n)
	for i := range out {
		out[i] = Query{ID: fmt.Sprintf("q%d", i), Text: fmt.Sprintf("thing %d", i), Answers: []string{fmt.Sprintf("Thing %d", i)}}
	}
	return out
}

func openLog(t *testing.T, path string, config map[string]string) *Log {
	t.Helper()
	l, err := OpenLog(path, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func TestRunInterleavesTheArms(t *testing.T) {
	who := &asked{}
	run := Run{Arms: []Arm{who.arm("a"), who.arm("b")}, Queries: queries(3), Log: openLog(t, "", nil)}
	var told []int
	run.Progress = func(done, total int) { told = append(told, done*100+total) }
	got, err := run.Do(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"a thing 0", "b thing 0", "b thing 1", "a thing 1", "a thing 2", "b thing 2"}
	if !slices.Equal(who.calls, want) {
		t.Errorf("asked %q, want %q", who.calls, want)
	}
	if !slices.Equal(told, []int{6, 106, 206, 306, 406, 506, 606}) {
		t.Errorf("progress was %v", told)
	}
	o := got["b"][1]
	if o.ID != "q1" || o.Short != "b says: it is thing 1." || !slices.Equal(o.Ranking, []string{"d1"}) || o.Usage.Calls != 3 {
		t.Errorf("got %+v", o)
	}
}

func TestRunGoesOnWhereItStopped(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.jsonl")
	config := map[string]string{"model": "m", "a.strategy": "two-stage"}
	who := &asked{fail: "thing 2"}
	run := Run{Arms: []Arm{who.arm("a"), who.arm("b")}, Queries: queries(5), Log: openLog(t, path, config), Concurrency: 2}
	if _, err := run.Do(t.Context()); err == nil || !strings.Contains(err.Error(), "question q2: the model is gone") {
		t.Fatalf("got %v", err)
	}
	_ = run.Log.Close()
	before := len(who.calls)

	// As left by a process killed in the middle of a line.
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = f.WriteString(`{"arm":"a","id":"q4","answ`)
	_ = f.Close()

	who.fail = ""
	run.Log = openLog(t, path, config)
	if pending := run.Pending(); pending != 10-before {
		t.Fatalf("%d pending, %d asked", pending, before)
	}
	got, err := run.Do(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(who.calls)
	if len(who.calls) != 10 || len(slices.Compact(who.calls)) != 10 {
		t.Errorf("asked %d times: %q", len(who.calls), who.calls)
	}
	undisturbed, err := Run{Arms: []Arm{who.arm("a"), who.arm("b")}, Queries: queries(5), Log: openLog(t, "", nil)}.Do(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_ = run.Log.Close()
	again, err := Run{Arms: run.Arms, Queries: run.Queries, Log: openLog(t, path, config)}.Do(t.Context())
	if err != nil || !reflect.DeepEqual(again, undisturbed) || !reflect.DeepEqual(got, undisturbed) {
		t.Errorf("%v: a run in pieces gives\n%v, a whole one\n%v", err, again, undisturbed)
	}
}

func TestRunStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Run{Arms: []Arm{(&asked{}).arm("a")}, Queries: queries(2), Log: openLog(t, "", nil)}.Do(ctx)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestLogRefusesWhatIsNotItsOwn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.jsonl")
	_ = openLog(t, path, map[string]string{"model": "m", "k1": "20"}).Close()
	_, err := OpenLog(path, map[string]string{"model": "other", "k1": "20", "k2": "5"})
	var other *OtherRunError
	if !errors.As(err, &other) || !slices.Equal(other.Differences, []string{`model: "m", not "other"`}) {
		t.Errorf("got %v", err)
	}
	// A key that the file lacks is not known to differ.
	l := openLog(t, path, map[string]string{"model": "m", "k1": "20", "k2": "5"})
	_ = l.Close()
	if !slices.Equal(l.Untold, []string{"k2"}) {
		t.Errorf("untold are %q", l.Untold)
	}
	// A key that only the file has does differ.
	if _, err := OpenLog(path, map[string]string{"model": "m"}); !errors.As(err, &other) {
		t.Errorf("got %v", err)
	}
	for content, want := range map[string]string{
		"{}\n":                 "no fingerprint",
		"notes\n":              "line 1 is not a line of a run",
		"notes without an end": "not a run of this program",
		"{\"fingerprint\":\"x": "",
	} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := OpenLog(path, nil)
		if want == "" {
			if err != nil {
				t.Errorf("%q: %v", content, err)
			}
			_ = l.Close()
			continue
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v", content, err)
		}
		if now, _ := os.ReadFile(path); string(now) != content {
			t.Errorf("%q was changed to %q", content, now)
		}
	}
	l = openLog(t, filepath.Join(t.TempDir(), "two.jsonl"), nil)
	_, _ = l.file.WriteString("{\"arm\":\"a\"}\n")
	_ = l.Close()
	if _, err := OpenLog(l.file.Name(), nil); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("a line without an id: got %v", err)
	}
}

func TestRanking(t *testing.T) {
	document := func(p retrieval.Passage) string { return p.Document }
	got := Ranking([]retrieval.Passage{{ID: "1", Document: "b"}, {ID: "2", Document: "a"}, {ID: "3", Document: "b"}, {ID: "4", Document: "c"}}, document)
	if !slices.Equal(got, []string{"b", "a", "c"}) {
		t.Errorf("got %v: each document stands where its first passage does", got)
	}
	if got := Ranking(nil, document); len(got) != 0 {
		t.Errorf("got %v of nothing", got)
	}
}
