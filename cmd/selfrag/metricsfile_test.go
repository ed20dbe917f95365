package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"selfrag/cmd/selfrag/internal/measure"
)

// TestMetricsFile compares the counts of commands with the requests to the
// scripted model.
func TestMetricsFile(t *testing.T) {
	data := bridgeData(t, 3)
	for name, c := range map[string]struct {
		args []string
		want []string
	}{
		"eval qa": {
			args: []string{"eval", "qa", "--data", data, "--strategy", "two-stage", "--limit", "2"},
			want: []string{
				`selfrag_questions_total{outcome="answered",strategy="two-stage"} 2`, `selfrag_llm_calls_total{step="draft"} 2`,
				`selfrag_llm_tokens_total{kind="prompt",step="draft"} 100`, `selfrag_search_seconds_count{stage="total"} 2`,
				`selfrag_step_seconds_count{step="search"} 2`, `selfrag_stops_total{stopped_by="single-pass",strategy="two-stage"} 2`,
			},
		},
		"ab": {
			args: []string{"ab", "--a", "two-stage", "--b", "self-rag", "--data", data},
			want: []string{
				`selfrag_questions_total{outcome="answered",strategy="two-stage"} 3`, `selfrag_questions_total{outcome="answered",strategy="self-rag"} 3`,
				// Code and evidence give the grades, because the draft repeats
				// its passage word for word.
				`selfrag_grade_count{kind="relevance"} 3`, `selfrag_grade_count{kind="support"} 3`, `selfrag_llm_calls_total{step="draft"} 6`,
			},
		},
		"eval retrieval": {
			args: []string{"eval", "retrieval", "--data", data},
			want: []string{`selfrag_search_seconds_count{stage="total"} 3`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "selfrag.prom")
			code, _, stderr := measuring(t, newScriptedModel(t), append(c.args, "--metrics-file", file)...)
			if code != exitDone {
				t.Fatalf("exit code %d: %s", code, stderr)
			}
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range c.want {
				if !strings.Contains(string(b), want+"\n") {
					t.Errorf("no %s in\n%s", want, b)
				}
			}
		})
	}
}

// TestMetricsOfAFailure checks that a failed command writes its file too, and
// that an unwritable file is reported.
func TestMetricsOfAFailure(t *testing.T) {
	t.Parallel()
	model := newScriptedModel(t)
	data := bridgeData(t, 2)
	model.onDraft(func(int) { panic(http.ErrAbortHandler) }) // breaks the connection
	file := filepath.Join(t.TempDir(), "selfrag.prom")
	code, _, stderr := measuring(t, model, "eval", "qa", "--data", data, "--strategy", "two-stage", "--metrics-file", file)
	if code != exitUnreachable {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	b, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(b), `selfrag_errors_total{kind="unreachable"} 1`) {
		t.Errorf("%v:\n%s", err, b)
	}
	// The failed draft counts as a call, too.
	for _, want := range []string{`selfrag_llm_calls_total{step="draft"} 1`, `selfrag_step_seconds_count{step="search"} 1`} {
		if !strings.Contains(string(b), want+"\n") {
			t.Errorf("no %s in\n%s", want, b)
		}
	}
	model.onRequest(func(int) func() { panic(http.ErrAbortHandler) })
	code, _, stderr = measuring(t, model, "eval", "retrieval", "--data", chainData(t, 2), "--take-apart", "--metrics-file", file)
	if b, err = os.ReadFile(file); code != exitUnreachable || err != nil || !strings.Contains(string(b), `selfrag_errors_total{kind="unreachable"} `) {
		t.Errorf("exit code %d, %s, %v:\n%s", code, stderr, err, b)
	}
	code, _, stderr = measuring(t, newScriptedModel(t), "search", "who?", "--metrics-file", file) // the collection does not exist
	if b, err = os.ReadFile(file); code != exitFailed || err != nil || !strings.Contains(string(b), `selfrag_errors_total{kind="failed"} 1`) {
		t.Errorf("exit code %d, %s, %v:\n%s", code, stderr, err, b)
	}
	code, _, stderr = measuring(t, newScriptedModel(t), "eval", "retrieval", "--data", data, "--metrics-file", filepath.Join(file, "x"))
	if code != exitFailed || !strings.Contains(stderr, "write the metrics") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

// TestPerformanceOfEval checks the times of an evaluation, which are summed up
// like those of a batch.
func TestPerformanceOfEval(t *testing.T) {
	data := bridgeData(t, 3)
	for _, c := range [][]string{
		{"eval", "qa", "--data", data, "--strategy", "two-stage", "--json"}, {"eval", "retrieval", "--data", data, "--json"},
	} {
		code, stdout, stderr := measuring(t, newScriptedModel(t), c...)
		if code != exitDone {
			t.Fatalf("%s: exit code %d: %s", c[1], code, stderr)
		}
		var r measure.QAReport
		if err := json.Unmarshal([]byte(stdout), &r); err != nil {
			t.Fatal(err)
		}
		p := r.Performance
		if p.Queries != 3 || p.Search <= 0 || p.Total < p.Search || p.SearchShare <= 0 || p.SearchShare > 1 || (p.LLM > 0) != (c[1] == "qa") {
			t.Errorf("%s: %+v", c[1], p)
		}
	}
}
