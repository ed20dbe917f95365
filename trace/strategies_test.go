package trace_test

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"

	"selfrag/agent"
	"selfrag/internal/langfusetest"
	"selfrag/trace"
)

var update = flag.Bool("update", false, "write the trees anew")

// TestEveryStrategyKeepsLangfusesRules answers a question with every strategy.
// A real receiver checks each span against Langfuse's rules, and the tree of
// each trace is compared with a golden file.
func TestEveryStrategyKeepsLangfusesRules(t *testing.T) {
	type run struct {
		name     string
		strategy agent.Strategy
		world    world
	}
	runs := []run{{"self-rag-rounds", agent.SelfRAG{}, world{rounds: true}}, {"self-rag-hops", agent.SelfRAG{}, world{hops: true}},
		{"self-rag-refused", agent.SelfRAG{}, world{invents: true}}}
	for _, s := range agent.Strategies() {
		runs = append(runs, run{s.Name(), s, world{}})
	}
	for _, r := range runs {
		for _, parallel := range []int{1, 4} {
			t.Run(fmt.Sprintf("%s/%d", r.name, parallel), func(t *testing.T) {
				server := langfusetest.Start(t)
				tracing := open(t, server, nil)
				a := asks(t, tracing, r.world, agent.Config{Strategy: r.strategy, Parallel: parallel})
				ctx := trace.With(t.Context(), trace.Labels{Name: "chat", Session: "회의", Tags: []string{"test"}, Metadata: map[string]string{"arm": "a"}})
				answer, err := a.Answer(ctx, agent.Question{Text: lampQuestion})
				if err != nil {
					t.Fatal(err)
				}
				if err := tracing.Close(); err != nil {
					t.Error(err)
				}
				for _, d := range tracing.Drops() {
					t.Error(d)
				}
				for _, p := range server.Problems() {
					t.Error(p)
				}
				spans := server.Spans()
				for _, s := range spans {
					if got := hex.EncodeToString(s.TraceId); got != answer.TraceID {
						t.Errorf("span %s is in trace %s, the answer in %s", s.Name, got, answer.TraceID)
					}
				}
				checkRoot(t, spans, answer)
				if parallel == 1 {
					golden(t, r.name, tree(spans))
				}
			})
		}
	}
}

func checkRoot(t *testing.T, spans []*tracepb.Span, answer agent.Answer) {
	t.Helper()
	i := slices.IndexFunc(spans, func(s *tracepb.Span) bool { return len(s.ParentSpanId) == 0 })
	if i < 0 {
		t.Fatal("no root")
	}
	var in struct{ Question string }
	var out struct{ Answer string }
	if err := json.Unmarshal([]byte(langfusetest.Text(spans[i], "langfuse.observation.input")), &in); err != nil {
		t.Error(err)
	}
	if err := json.Unmarshal([]byte(langfusetest.Text(spans[i], "langfuse.observation.output")), &out); err != nil {
		t.Error(err)
	}
	if in.Question != lampQuestion || out.Answer != answer.Text {
		t.Errorf("the root shows %+v and %+v", in, out)
	}
	for key, want := range map[string]string{
		"session.id": "%ED%9A%8C%EC%9D%98", "user.id": "u-1", "langfuse.trace.name": "chat", "langfuse.environment": "test",
		"langfuse.release": "v1.2.3", "langfuse.trace.metadata.arm": "a",
	} {
		for _, s := range spans {
			if got := langfusetest.Text(s, key); got != want {
				t.Errorf("%s of %s is %q, not %q", key, s.Name, got, want)
			}
		}
	}
	if len(answer.Tree) > 0 && len(nodes(spans)) != len(answer.Tree) {
		t.Errorf("the trace has %d nodes of the tree, the answer %d", len(nodes(spans)), len(answer.Tree))
	}
	for _, n := range answer.Tree {
		span, parent := nodes(spans)[fmt.Sprint(n.ID)], nodes(spans)[fmt.Sprint(n.Parent)]
		if n.Parent >= 0 && (span == nil || parent == nil || string(span.ParentSpanId) != string(parent.SpanId)) {
			t.Errorf("node %d is not below node %d in the trace", n.ID, n.Parent)
		}
	}
}

// nodes returns the spans of the tree of mcts by node.
func nodes(spans []*tracepb.Span) map[string]*tracepb.Span {
	out := map[string]*tracepb.Span{}
	for _, s := range spans {
		if id := langfusetest.Text(s, "langfuse.observation.metadata.node"); id != "" {
			out[id] = s
		}
	}
	return out
}

// tree draws a trace: the name, type and identifying values of each span.
func tree(spans []*tracepb.Span) string {
	below := map[string][]*tracepb.Span{}
	for _, s := range spans {
		below[string(s.ParentSpanId)] = append(below[string(s.ParentSpanId)], s)
	}
	var b strings.Builder
	var draw func(parent, indent string)
	draw = func(parent, indent string) {
		slices.SortFunc(below[parent], func(a, b *tracepb.Span) int { return int(int64(a.StartTimeUnixNano) - int64(b.StartTimeUnixNano)) })
		for _, s := range below[parent] {
			fmt.Fprintf(&b, "%s%s (%s)", indent, s.Name, langfusetest.Type(s))
			for _, key := range []string{"iteration", "model", "k", "k1", "reward", "refuted_rule", "refuted_fact"} {
				if v := langfusetest.Text(s, "langfuse.observation.metadata."+key); v != "" {
					fmt.Fprintf(&b, " %s=%s", key, v)
				}
			}
			for _, key := range []string{"model.name", "prompt.name", "usage_details", "model.parameters"} {
				if v := langfusetest.Text(s, "langfuse.observation."+key); v != "" {
					fmt.Fprintf(&b, " %s=%s", key, v)
				}
			}
			if langfusetest.Text(s, "langfuse.observation.completion_start_time") != "" {
				b.WriteString(" first-token")
			}
			b.WriteString("\n")
			draw(string(s.SpanId), indent+"  ")
		}
	}
	draw("", "")
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".tree")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the trace is\n%s\nnot\n%s", got, want)
	}
}
