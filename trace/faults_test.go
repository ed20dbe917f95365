package trace_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"selfrag/agent"
	"selfrag/internal/langfusetest"
	"selfrag/trace"
)

// status returns a handler that always answers with the given status and
// header.
func status(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if len(header) == 2 {
			w.Header().Set(header[0], header[1])
		}
		w.WriteHeader(code)
		fmt.Fprintf(w, `{"message":"as the test wants it"}`)
	}
}

// mostAdded is the maximum time that tracing may add to a question.
const mostAdded = slowed * 5 * time.Millisecond

// atEnd is the maximum time that tracing may take at the end of the program.
const atEnd = 500 * time.Millisecond

// fault is a Langfuse that fails in one way, with the expected messages.
type fault struct {
	name   string
	answer http.HandlerFunc
	absent bool
	why    string
}

func faults() []fault {
	return []fault{
		{name: "400", answer: status(400), why: "HTTP 400"},
		{name: "401", answer: status(401), why: "refused the key (HTTP 401)"},
		{name: "429", answer: status(429, "Retry-After", "60"), why: "HTTP 429"},
		{name: "500", answer: status(500), why: "HTTP 500"},
		{name: "hanging", why: "it took longer than 500ms", answer: func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // the server notices a lost client only after it has read the body
			<-r.Context().Done()
		}},
		{name: "absent", absent: true, why: "cannot be used"},
	}
}

// traced returns a tracing to a server with the fault.
func traced(t testing.TB, c fault) *trace.Tracing {
	t.Helper()
	server := langfusetest.Start(t)
	server.Answer(c.answer)
	if c.absent {
		server.Close()
	}
	return open(t, server, func(cfg *trace.Config) {
		cfg.Flush, cfg.Every, cfg.Pause = atEnd, 50*time.Millisecond, time.Millisecond
	})
}

// TestAFailingLangfuseCostsNothing checks the answers, their time, the time at
// the end and the messages under every fault.
func TestAFailingLangfuseCostsNothing(t *testing.T) {
	for _, c := range faults() {
		t.Run(c.name, func(t *testing.T) {
			tracing := traced(t, c)
			added := overhead(t, tracing, 30)
			for try := 1; added > mostAdded && try < 3; try++ {
				added = min(added, overhead(t, tracing, 30)) // other work on the machine can only add time
			}
			if added > mostAdded {
				t.Errorf("tracing added %s to a question, more than %s", added, mostAdded)
			}
			begin := time.Now()
			if err := tracing.Close(); err != nil {
				t.Error(err)
			}
			if took := time.Since(begin); took > atEnd+time.Second {
				t.Errorf("closing took %s", took)
			}
			told := map[string]int{}
			for _, d := range tracing.Drops() {
				told[d.What] += d.Count
				if !strings.Contains(d.Why, c.why) && !strings.Contains(d.Why, "it took longer") {
					t.Errorf("the reason is %q, not %q", d.Why, c.why)
				}
				if told[d.What] > d.Of {
					t.Errorf("%d of %d", told[d.What], d.Of)
				}
			}
			for _, d := range tracing.Drops() {
				if told[d.What] != d.Of {
					t.Errorf("%d of %d %s are told of", told[d.What], d.Of, d.What)
				}
			}
			if told["spans"] == 0 || told["scores"] == 0 {
				t.Errorf("told: %v", told)
			}
		})
	}
}

// overhead returns the time that tracing adds to a question: the difference
// between the least times of questions with and without it, asked alternately.
// Waiting for a server would slow every question, but other work on the machine
// slows only some.
func overhead(t testing.TB, tracing *trace.Tracing, questions int) time.Duration {
	t.Helper()
	agents := []*agent.Agent{asks(t, nil, world{}, agent.Config{}), asks(t, tracing, world{}, agent.Config{})}
	least := []time.Duration{time.Hour, time.Hour}
	var texts [2]string
	for range questions {
		for i, a := range agents {
			begin := time.Now()
			answer, err := a.Answer(t.Context(), agent.Question{Text: lampQuestion})
			if err != nil {
				t.Fatal(err)
			}
			least[i] = min(least[i], time.Since(begin))
			texts[i] = answer.Text
		}
	}
	if texts[0] != texts[1] || texts[0] == "" {
		t.Errorf("the answer is %q with tracing, %q without", texts[1], texts[0])
	}
	return least[1] - least[0]
}

// BenchmarkTracing measures the time that tracing adds to a question whose
// model answers at once, beside the same question without tracing (the aim is 5
// ms).
func BenchmarkTracing(b *testing.B) {
	for _, c := range append([]fault{{name: "well"}}, faults()...) {
		b.Run(c.name, func(b *testing.B) {
			tracing := traced(b, c)
			added := overhead(b, tracing, max(b.N, 30))
			if err := tracing.Close(); err != nil {
				b.Error(err)
			}
			b.ReportMetric(float64(added.Microseconds())/1000, "ms-added/question")
		})
	}
}

// TestAServerThatComesBackGetsAll makes Langfuse refuse the first requests.
func TestAServerThatComesBackGetsAll(t *testing.T) {
	server := langfusetest.Start(t)
	var tries atomic.Int32
	server.Answer(func(w http.ResponseWriter, r *http.Request) {
		if tries.Add(1) == 3 {
			server.Answer(nil)
		}
		status(503, "Retry-After", "0")(w, r)
	})
	tracing := open(t, server, func(c *trace.Config) { c.Pause = time.Millisecond; c.Tries = 10 })
	if _, err := asks(t, tracing, world{one: true}, agent.Config{}).Answer(t.Context(), agent.Question{Text: lampQuestion}); err != nil {
		t.Fatal(err)
	}
	if err := tracing.Close(); err != nil {
		t.Error(err)
	}
	for _, d := range tracing.Drops() {
		t.Error(d)
	}
	scores, posts := server.Scores()
	if len(scores) != 5 || posts != 5 || len(server.Spans()) == 0 {
		t.Errorf("%d spans, scores %v, sent %d times", len(server.Spans()), scores, posts)
	}
}

// TestCancelledIsNoError cancels one turn in the middle and lets the model of
// another one fail.
func TestCancelledIsNoError(t *testing.T) {
	broken := errors.New("the model burst")
	ctx, cancel := context.WithCancel(t.Context())
	for _, c := range []struct {
		name    string
		ctx     context.Context
		fail    func(context.Context, string) error
		budget  agent.Budget
		level   string // level of the root span
		message string
	}{
		{"cancelled", ctx, func(ctx context.Context, prompt string) error {
			if strings.Contains(prompt, "numbered passages only") {
				cancel()
			}
			return ctx.Err()
		}, agent.Budget{}, "DEFAULT", "cancelled"},
		{"failed", t.Context(), func(_ context.Context, prompt string) error {
			if strings.Contains(prompt, "numbered passages only") {
				return broken
			}
			return nil
		}, agent.Budget{}, "ERROR", "the model burst"},
		{"spent", t.Context(), nil, agent.Budget{Calls: 2}, "DEFAULT", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := langfusetest.Start(t)
			tracing := open(t, server, nil)
			_, err := asks(t, tracing, world{fail: c.fail}, agent.Config{Budget: c.budget}).Answer(trace.With(c.ctx, trace.Labels{Session: "s"}), agent.Question{Text: lampQuestion})
			if (err == nil) != (c.name == "spent") {
				t.Errorf("error %v", err)
			}
			if err := tracing.Close(); err != nil {
				t.Error(err)
			}
			for _, p := range server.Problems() {
				t.Error(p)
			}
			for _, s := range server.Spans() {
				level, message := langfusetest.Text(s, "langfuse.observation.level"), langfusetest.Text(s, "langfuse.observation.status_message")
				if len(s.ParentSpanId) == 0 && (level != c.level || !strings.Contains(message, c.message)) {
					t.Errorf("the root has level %s, message %q; want %s, %q", level, message, c.level, c.message)
				}
				if c.level != "ERROR" && (level == "ERROR" || s.Status.GetCode() == 2) {
					t.Errorf("%s has level %s (%s)", s.Name, level, message)
				}
			}
		})
	}
}
