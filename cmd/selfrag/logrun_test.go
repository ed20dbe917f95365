//go:build integration

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// logRun runs scripts/log-run in a folder of its own, in which the clients find
// neither a key nor an account.
func logRun(t *testing.T, dir string, args ...string) (code int, said string) {
	t.Helper()
	script, err := filepath.Abs("../../scripts/log-run")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), installed(t, "run-loggers", "bin", "python"), append([]string{script}, args...)...)
	cmd.Dir = dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "WANDB_MODE=offline", "WANDB_ERROR_REPORTING=false",
		"MLFLOW_TRACKING_URI=file:" + dir + "/mlruns", "MLFLOW_ALLOW_FILE_STORE=true", "MLFLOW_DISABLE_TELEMETRY=true",
	}
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// measuredRun asks the questions of a data set by both arms of ab. It returns
// the file of the outcomes and what ab printed as JSON.
func measuredRun(t *testing.T, dir string) (outcomes, scores string) {
	t.Helper()
	model := newScriptedModel(t)
	outcomes, scores = filepath.Join(dir, "ab.jsonl"), filepath.Join(dir, "ab.json")
	var out, errs bytes.Buffer
	code := run([]string{
		"ab", "--a", "extractive", "--b", "two-stage", "--data", bridgeData(t, 3), "--out", outcomes, "--json",
		"--model", "scripted:1", "--ollama-address", model.URL, "--embedder", "none", "--rerank", "none", "--data-dir", t.TempDir(),
	}, strings.NewReader(""), &out, &errs)
	if code != exitDone {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	if err := os.WriteFile(scores, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return outcomes, scores
}

// only returns the one file of a pattern.
func only(t *testing.T, n int, pattern ...string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(pattern...))
	if err != nil || len(found) != n {
		t.Fatalf("%d files %v, %v; want %d", len(found), pattern, err, n)
	}
	return found
}

func TestRunsAreLoggedToMLflow(t *testing.T) {
	dir := t.TempDir()
	outcomes, scores := measuredRun(t, dir)
	if code, said := logRun(t, dir, outcomes, "--scores", scores, "--to", "mlflow", "--project", "bridge"); code != 0 {
		t.Fatalf("exit code %d: %s", code, said)
	}
	for _, file := range only(t, 2, dir, "mlruns", "*", "*", "artifacts", "answers.json") {
		answers := decodeJSON[struct {
			Columns []string
			Data    [][]any
		}](t, contentOf(t, file))
		if len(answers.Data) != 3 || len(answers.Data[0]) != len(answers.Columns) {
			t.Errorf("%s: %v", file, answers)
		}
		of := filepath.Dir(filepath.Dir(file))
		for _, metric := range []string{"questions", "seconds_p50", "llm_calls", "accuracy", "ndcg_at_10"} {
			if fields := strings.Fields(contentOf(t, filepath.Join(of, "metrics", metric))); len(fields) < 2 || metric == "questions" && fields[1] != "3.0" {
				t.Errorf("%s is %v", metric, fields)
			}
		}
		if arm := contentOf(t, filepath.Join(of, "params", "arm")); arm != "a" && arm != "b" {
			t.Errorf("arm %q", arm)
		}
	}
}

func TestRunsAreLoggedToWeightsAndBiases(t *testing.T) {
	dir := t.TempDir()
	outcomes, scores := measuredRun(t, dir)
	if code, said := logRun(t, dir, outcomes, "--scores", scores, "--to", "wandb", "--project", "bridge"); code != 0 {
		t.Fatalf("exit code %d: %s", code, said)
	}
	for _, file := range only(t, 2, dir, "wandb", "offline-run-*", "files", "wandb-summary.json") {
		summary := decodeJSON[map[string]any](t, contentOf(t, file))
		if summary["questions"] != 3.0 || summary["accuracy"] == nil || summary["answers"] == nil {
			t.Errorf("%s: %v", file, summary)
		}
	}
}

func TestWhatIsNoRunIsNotLogged(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const header = `{"fingerprint":"f","config":{"data":"d"}}` + "\n"
	outcome, err := json.Marshal(map[string]any{
		"arm": "run", "id": "1", "answer": "둘", "short": "둘", "abstained": false, "stopped_by": "done", "ranking": nil,
		"usage": map[string]int{"llm_calls": 1, "prompt_tokens": 2, "completion_tokens": 3}, "timings_ms": map[string]int{"total": 5},
	})
	if err != nil {
		t.Fatal(err)
	}
	good := write("good.jsonl", header+string(outcome)+"\n"+string(outcome[:20]))
	for name, c := range map[string]struct {
		args []string
		code int
		say  string
	}{
		"a run that was killed": {[]string{good, "--to", "mlflow"}, 0, ""},
		"no file":               {[]string{filepath.Join(dir, "없음.jsonl"), "--to", "mlflow"}, 2, "없음.jsonl"},
		"another file":          {[]string{write("notes.txt", "notes\n"), "--to", "mlflow"}, 2, "line 1"},
		"a broken line":         {[]string{write("broken.jsonl", header+"{\n"+string(outcome)+"\n"), "--to", "mlflow"}, 2, "line 2"},
		"no answers":            {[]string{write("empty.jsonl", header), "--to", "mlflow"}, 2, "no answers"},
		"other scores":          {[]string{good, "--to", "mlflow", "--scores", write("s.json", `{"a":{"means":{}},"b":{"means":{}}}`)}, 2, "2 arms"},
		"no scores":             {[]string{good, "--to", "mlflow", "--scores", write("n.json", `[]`)}, 2, "--json"},
		"elsewhere":             {[]string{good, "--to", "tensorboard"}, 2, "invalid choice"},
	} {
		t.Run(name, func(t *testing.T) {
			if code, said := logRun(t, dir, c.args...); code != c.code || !strings.Contains(said, c.say) || strings.Contains(said, "Traceback") {
				t.Errorf("exit code %d: %s", code, said)
			}
		})
	}
}

func contentOf(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
