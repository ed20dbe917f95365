package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"selfrag/internal/langfusetest"
)

// TestLangfuseDataset stores questions as a dataset, and each arm of a
// comparison as an experiment with the traces of its items.
func TestLangfuseDataset(t *testing.T) {
	s := withLangfuse(t)
	data := bridgeData(t, 3)
	out := filepath.Join(t.TempDir(), "ab.jsonl")
	ab := func(limit string) string {
		t.Helper()
		code, _, stderr := measuring(t, newScriptedModel(t), "ab", "--a", "two-stage", "--b", "self-rag", "--data", data, "--limit", limit, "--out", out,
			"--langfuse-dataset", "bridges")
		if code != exitDone {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
		return stderr
	}
	says(t, ab("2"), "Dataset bridges in Langfuse has the 2 questions (2 new or changed).")
	if problems := s.Problems(); len(problems) != 0 {
		t.Errorf("rules are broken: %v", problems)
	}
	says(t, ab("3"), "has the 3 questions (1 new or changed).")

	items := s.Items("bridges")
	slices.SortFunc(items, func(a, b langfusetest.Item) int { return bytes.Compare(a.Input, b.Input) })
	if len(items) != 3 || string(items[0].Input) != `{"question":"How many lanes has bridge 0?"}` || string(items[0].ExpectedOutput) != `{"answers":["two lanes"]}` {
		t.Fatalf("got %d items, %s", len(items), items[0].Input)
	}
	// Every span of a trace carries the experiment and the id of the root. No
	// item has two traces in one experiment, and a continued run is one
	// experiment.
	traces := map[string]map[string]string{} // id by experiment and item
	roots := map[string]string{}             // id of the root span by trace
	for _, span := range s.Spans() {
		at := func(key string) string { return langfusetest.Text(span, "langfuse.experiment."+key) }
		if at("dataset.id") != s.Dataset("bridges") || at("id") == "" || at("name") == "" || at("item.root_observation_id") == "" {
			t.Fatalf("span %s lacks a part of its experiment", span.Name)
		}
		trace := string(span.TraceId)
		if traces[at("id")] == nil {
			traces[at("id")] = map[string]string{}
		}
		if before, ok := traces[at("id")][at("item.id")]; ok && before != trace {
			t.Errorf("item %s has two traces", at("item.id"))
		}
		traces[at("id")][at("item.id")] = trace
		if len(span.ParentSpanId) == 0 {
			roots[trace] = at("item.root_observation_id")
			says(t, at("item.expected_output"), `{"answers":["two lanes"]}`)
			says(t, langfusetest.Text(span, "langfuse.observation.input"), `{"question":"How many lanes has bridge`)
		}
	}
	if len(traces) != 2 {
		t.Errorf("%d experiments", len(traces))
	}
	for id, of := range traces {
		for _, item := range items {
			if roots[of[item.ID]] == "" {
				t.Errorf("experiment %s has no trace of item %s", id, item.ID)
			}
		}
	}
	scores, _ := s.Scores()
	f1 := 0
	for _, score := range scores {
		if score.Name == "f1" {
			f1++
			if score.Observation == "" {
				t.Error("a score belongs to no span")
			}
		}
	}
	if f1 != 6 {
		t.Errorf("%d answers have the score f1", f1)
	}
}

// TestLangfuseDatasetHasWhatTheJudgeSays sends the judge's scores to the spans
// of the answers, both for a new run and for an existing one.
func TestLangfuseDatasetHasWhatTheJudgeSays(t *testing.T) {
	data := bridgeData(t, 3)
	for _, tc := range []struct {
		name string
		runs [][]string // flags of consecutive runs
		want int        // number of judged answers
	}{
		{"at once", [][]string{{"--judge", "scripted:1"}}, 3},
		{"later", [][]string{{}, {"--judge", "scripted:1"}}, 3},
		{"in parts", [][]string{{"--limit", "2"}, {"--judge", "scripted:1"}, {"--judge", "scripted:1"}}, 3},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := withLangfuse(t)
			model := newScriptedModel(t)
			out := filepath.Join(t.TempDir(), "run.jsonl")
			for _, flags := range tc.runs {
				args := append([]string{"eval", "qa", "--data", data, "--strategy", "two-stage", "--out", out, "--langfuse-dataset", "bridges"}, flags...)
				if code, _, stderr := measuring(t, model, args...); code != exitDone {
					t.Fatalf("exit code %d: %s", code, stderr)
				}
			}
			if n := model.drafts.Load(); n != 3 {
				t.Errorf("%d drafts for three questions", n)
			}
			at := map[string]map[string]bool{} // ids of spans by score
			scores, _ := s.Scores()
			for _, score := range scores {
				if at[score.Name] == nil {
					at[score.Name] = map[string]bool{}
				}
				if at[score.Name][score.Observation] {
					t.Errorf("%s of span %q came twice", score.Name, score.Observation)
				}
				at[score.Name][score.Observation] = true
			}
			for _, name := range []string{"f1", "citation_recall", "citation_precision", "faithfulness"} {
				if at[name][""] {
					t.Errorf("%s belongs to no span", name)
				}
				if len(at[name]) != tc.want {
					t.Errorf("%d answers have the score %s, want %d", len(at[name]), name, tc.want)
				}
				for span := range at[name] {
					if !at["f1"][span] {
						t.Errorf("%s is at span %s, where no answer is", name, span)
					}
				}
			}
			if problems := s.Problems(); len(problems) != 0 {
				t.Errorf("rules are broken: %v", problems)
			}
		})
	}
}

// TestLangfuseDatasetSurvivesAnUnfinishedLine continues after a process that
// was killed while it stored the trace of a question.
func TestLangfuseDatasetSurvivesAnUnfinishedLine(t *testing.T) {
	s := withLangfuse(t)
	out := filepath.Join(t.TempDir(), "run.jsonl")
	ask := []string{"eval", "qa", "--data", bridgeData(t, 3), "--strategy", "two-stage", "--out", out, "--langfuse-dataset", "bridges"}
	if code, _, stderr := measuring(t, newScriptedModel(t), append(ask, "--limit", "2")...); code != exitDone {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	beside := out + ".langfuse.json"
	whole := fileText(t, beside)
	if err := os.WriteFile(beside, []byte(whole[:len(whole)-5]), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if code, _, stderr := measuring(t, newScriptedModel(t), append(ask, "--judge", "scripted:1")...); code != exitDone {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
	}
	// The question of the broken line has lost its trace, the others have not.
	judged := 0
	scores, _ := s.Scores()
	for _, score := range scores {
		if score.Name == "faithfulness" {
			judged++
		}
	}
	if judged != 2 {
		t.Errorf("%d answers have what the judge says, want 2", judged)
	}
	experiments := map[string]bool{}
	for _, span := range s.Spans() {
		experiments[langfusetest.Text(span, "langfuse.experiment.id")] = true
	}
	if len(experiments) != 1 {
		t.Errorf("the run is %d experiments", len(experiments))
	}
}

func TestLangfuseDatasetNeedsLangfuse(t *testing.T) {
	s := withLangfuse(t)
	data := bridgeData(t, 1)
	ask := func(want int, args ...string) string {
		t.Helper()
		model := newScriptedModel(t)
		code, _, stderr := measuring(t, model, append([]string{"eval", "qa", "--data", data, "--strategy", "two-stage", "--langfuse-dataset", "bridges"}, args...)...)
		if code != want || model.drafts.Load() > 0 {
			t.Errorf("%v: exit code %d, want %d, after %d answers: %s", args, code, want, model.drafts.Load(), stderr)
		}
		if strings.Contains(stderr, langfusetest.SecretKey) {
			t.Errorf("the key is told: %s", stderr)
		}
		return stderr
	}
	ask(exitUsage, "--trace", "off")
	ask(exitUsage, "--trace-sample", "0.5")
	s.Fail(401)
	says(t, ask(exitUnreachable), "refused the key")
	t.Setenv("LANGFUSE_HOST", "http://127.0.0.1:1")
	says(t, ask(exitUnreachable), "http://127.0.0.1:1")
	t.Setenv("LANGFUSE_SECRET_KEY", "")
	t.Setenv("LANGFUSE_PUBLIC_KEY", "")
	says(t, ask(exitUsage), "LANGFUSE_PUBLIC_KEY")
}
