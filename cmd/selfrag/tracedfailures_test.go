package main

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/internal/oddmodel"
)

// TestFailuresAreTracedWithTheirReasons asks models that fail, and reads the
// reason in the root span of the trace. The root of an answer that did without
// something has it as a warning, the root of a question without an answer as its
// status.
func TestFailuresAreTracedWithTheirReasons(t *testing.T) {
	for _, c := range []struct{ mode, reason string }{
		{"thinks without an end", "limit of 16640 tokens"},
		{"writes nothing", "its answer was empty"},
		{"calls a tool", "tool"},
		{"refuses", "can't help with that"},
		{"is filtered", "filter"},
		{"grades nothing to be read", "grade"},
		{"has spent its quota", "quota"},
		{"is a web page", "a web page (Sign in) in place of JSON"},
	} {
		t.Run(c.mode, func(t *testing.T) {
			t.Parallel()
			model := oddmodel.Start(t, c.mode, oddmodel.Replies{Draft: "The bridge has two lanes [1].", Holds: "two lanes", Else: "bridge lanes"})
			file := filepath.Join(t.TempDir(), "traces.jsonl")
			a := newServedAppWith(t, newBridgeModel(t), func(s *config.Settings) {
				s.Model, s.OpenAIAddress = "openai/m", model.Address
				s.Without = []string{"verbatim", "quote"}
				s.Tracing.File = file
			})
			a.getenv = func(name string) string { return map[string]string{"OPENAI_API_KEY": "sk-odd"}[name] }
			a.Out, a.Err = io.Discard, io.Discard
			err := runAsk(t.Context(), a, &askOptions{question: "How many lanes has the bridge?", quiet: true})
			if err == nil {
				t.Fatal("the question was answered")
			}
			status, warning := rootOf(t, file)
			if !strings.Contains(status+warning, c.reason) {
				t.Errorf("the root has status %q and warning %q: no %q; ask says %v", status, warning, c.reason, err)
			}
		})
	}
}

// rootOf returns the message of the status and the warning of the one root span
// of a file of traces.
func rootOf(t *testing.T, file string) (status, warning string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	roots := 0
	for line := range strings.Lines(string(content)) {
		var batch struct {
			ResourceSpans []struct {
				ScopeSpans []struct {
					Spans []struct {
						ParentSpanID string
						Status       struct{ Message string }
						Attributes   []struct {
							Key   string
							Value struct{ StringValue string }
						}
					}
				}
			}
		}
		if err := json.Unmarshal([]byte(line), &batch); err != nil {
			t.Fatal(err)
		}
		for _, r := range batch.ResourceSpans {
			for _, s := range r.ScopeSpans {
				for _, span := range s.Spans {
					if span.ParentSpanID != "" {
						continue
					}
					roots++
					status = span.Status.Message
					for _, a := range span.Attributes {
						if a.Key == "selfrag.warning" {
							warning = a.Value.StringValue
						}
					}
				}
			}
		}
	}
	if roots != 1 {
		t.Fatalf("%d root spans in %s", roots, content)
	}
	return status, warning
}
