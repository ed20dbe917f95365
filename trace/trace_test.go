package trace_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"go.opentelemetry.io/otel/attribute"

	"selfrag/agent"
	"selfrag/internal/langfusetest"
	"selfrag/trace"
)

func answer(t *testing.T, tracing *trace.Tracing, labels trace.Labels) agent.Answer {
	t.Helper()
	a, err := asks(t, tracing, world{one: true}, agent.Config{}).Answer(trace.With(t.Context(), labels), agent.Question{Text: lampQuestion})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestScoresOfATurn(t *testing.T) {
	server := langfusetest.Start(t)
	tracing := open(t, server, nil)
	a := answer(t, tracing, trace.Labels{})
	for _, good := range []bool{true, false} { // the second replaces the first
		if err := tracing.Feedback(a.TraceID, good, "wrong city"); err != nil {
			t.Fatal(err)
		}
	}
	if err := tracing.Close(); err != nil {
		t.Fatal(err)
	}
	scores, _ := server.Scores()
	for name, want := range map[string]float64{"abstained": 0, "iterations": 1, "support": 0.9, "usefulness": 0.8, "user-feedback": 0} {
		s, ok := scores[a.TraceID+"-"+name]
		if !ok || s.Value == nil || *s.Value < want-1e-9 || *s.Value > want+1e-9 {
			t.Errorf("score %s: %+v, want %g", name, s, want)
		}
	}
	if s := scores[a.TraceID+"-relevance"]; s.Value == nil || *s.Value < 0.8 || s.Environment != "test" || s.Observation == "" {
		t.Errorf("relevance: %+v", s)
	}
	if s := scores[a.TraceID+"-user-feedback"]; s.Comment != "wrong city" || s.DataType != "BOOLEAN" {
		t.Errorf("feedback: %+v", s)
	}
	for _, p := range server.Problems() {
		t.Error(p)
	}
}

// TestWhatLeavesTheMachine checks masking, cutting and leaving out.
func TestWhatLeavesTheMachine(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*trace.Config)
		never  string // a text in no attribute
		once   string // a text in some attribute
	}{
		{"masked", func(c *trace.Config) {
			c.Mask = func(s string) string { return strings.ReplaceAll(s, "Norvale", "[firm]") }
		}, "Norvale", "[firm] Lighting"},
		{"mask that fails", func(c *trace.Config) { c.Mask = func(string) string { panic("no") } }, "Norvale", "(masking failed)"},
		{"without content", func(c *trace.Config) { c.WithoutContent = true }, "Larkspur", "grade-support"},
		{"cut", func(c *trace.Config) { c.MaxRunes = 200 }, "Moss grows on the north side", " characters)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := langfusetest.Start(t)
			tracing := open(t, server, c.change)
			labels := trace.Experiment{ID: "e", Name: "a", Dataset: "d"}.Item("i", map[string]any{"answers": []string{"Norvale, of the Larkspur lamp"}})
			labels.Session = "s"
			for _, key := range []string{"input", "metadata", "metadata.note"} {
				labels.Root = append(labels.Root, attribute.String("langfuse.experiment.item."+key, "Norvale made the Larkspur lamp"))
			}
			answer(t, tracing, labels)
			if err := tracing.Close(); err != nil {
				t.Fatal(err)
			}
			problems := strings.Join(server.Problems(), "\n")
			if c.name != "without content" && problems != "" {
				t.Error(problems)
			}
			once := false
			for _, s := range server.Spans() {
				for _, a := range s.Attributes {
					text := a.Value.GetStringValue()
					once = once || strings.Contains(text, c.once)
					if strings.Contains(text, c.never) {
						t.Errorf("%s of %s holds %q: %s", a.Key, s.Name, c.never, text)
					}
					if n := utf8.RuneCountInString(text); c.name == "cut" && n > 200 {
						t.Errorf("%s of %s has %d characters", a.Key, s.Name, n)
					}
				}
			}
			if !once {
				t.Errorf("nowhere is %q", c.once)
			}
		})
	}
}

func TestSampling(t *testing.T) {
	server := langfusetest.Start(t)
	tracing := open(t, server, func(c *trace.Config) { c.Sample = 0.3 })
	ids := map[string]bool{}
	for range 100 {
		if a := answer(t, tracing, trace.Labels{Session: "s"}); a.TraceID != "" {
			ids[a.TraceID] = true
		}
	}
	if err := tracing.Close(); err != nil {
		t.Fatal(err)
	}
	if len(ids) < 10 || len(ids) > 55 {
		t.Errorf("%d of 100 turns are traced", len(ids))
	}
	for _, s := range server.Spans() {
		if !ids[hex.EncodeToString(s.TraceId)] {
			t.Errorf("a span of another trace")
		}
	}
	if problems := server.Problems(); len(problems) > 0 {
		t.Error(strings.Join(problems, "\n")) // all traces must be complete
	}
}

func TestTheQueueIsBounded(t *testing.T) {
	server := langfusetest.Start(t)
	tracing := open(t, server, func(c *trace.Config) { c.Queue, c.Every = 5, time.Hour })
	answer(t, tracing, trace.Labels{})
	if err := tracing.Close(); err != nil {
		t.Fatal(err)
	}
	if got := len(server.Spans()); got != 5 {
		t.Errorf("%d spans arrived, want 5", got)
	}
	drops := tracing.Drops()
	if len(drops) != 1 || drops[0].Count != drops[0].Of-5 || !strings.Contains(drops[0].String(), "more than 5 were waiting") {
		t.Errorf("drops %v", drops)
	}
}

// TestWithoutAServer writes OTLP as JSON to a file and sends it to another
// endpoint.
func TestWithoutAServer(t *testing.T) {
	var got atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/traces" && r.Header.Get("X-Team") == "blue" {
			got.Add(1)
		}
	}))
	defer other.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", other.URL)
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-team=blue")
	path := filepath.Join(t.TempDir(), "traces.jsonl")
	tracing, err := trace.New(t.Context(), trace.Config{File: path, OTLP: trace.Endpoint() != ""})
	if err != nil {
		t.Fatal(err)
	}
	a := answer(t, tracing, trace.Labels{Session: "s"})
	if err := tracing.Close(); err != nil {
		t.Fatal(err)
	}
	if got.Load() == 0 {
		t.Error("the endpoint of the standard variables got nothing")
	}
	if err := tracing.Feedback(a.TraceID, true, ""); err == nil {
		t.Error("feedback went nowhere without an error")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	spans := 0
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		var line struct {
			ResourceSpans []struct {
				ScopeSpans []struct {
					Spans []struct{ TraceID, SpanID, ParentSpanID, Name string }
				}
			}
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		for _, r := range line.ResourceSpans {
			for _, s := range r.ScopeSpans {
				for _, span := range s.Spans {
					spans++
					if span.TraceID != a.TraceID || len(span.SpanID) != 16 {
						t.Errorf("span %+v of trace %s", span, a.TraceID)
					}
				}
			}
		}
	}
	if spans < 5 {
		t.Errorf("the file has %d spans", spans)
	}
}

func TestOffCostsNothing(t *testing.T) {
	tracing, err := trace.New(t.Context(), trace.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if a := answer(t, tracing, trace.Labels{}); a.TraceID != "" || tracing.On() {
		t.Errorf("a trace %q without a destination", a.TraceID)
	}
	if err := tracing.Close(); err != nil {
		t.Error(err)
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	for name, c := range map[string]struct {
		cfg  trace.Config
		want string
	}{
		"no folder": {trace.Config{File: filepath.Join(t.TempDir(), "none", "f")}, "open the file for traces"},
		"half a key": {func() trace.Config {
			var cfg trace.Config
			cfg.Langfuse.PublicKey = "pk"
			return cfg
		}(), "LANGFUSE_SECRET_KEY"},
	} {
		if _, err := trace.New(t.Context(), c.cfg); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
