//go:build onnx && integration

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"selfrag/agent"
	"selfrag/session"
)

// realModel is the model that scripts/model-small creates.
const realModel = "qwen2.5-coder:0.5b"

// TestRealScripts runs the scenarios that need Ollama and local models.
func TestRealScripts(t *testing.T) { runScripts(t, "testdata/real") }

// selfrag runs a command in this process.
func selfrag(t *testing.T, dataDir string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(append(args, "--data-dir", dataDir), strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

// TestRealAskFollowsTheContract asks an English, a Korean, a two-hop and an
// unanswerable question with real parts. The answers of a small model are not
// checked, except that the last question must be abstained from.
func TestRealAskFollowsTheContract(t *testing.T) {
	dir := t.TempDir()
	if code, _, stderr := selfrag(t, dir, "ingest", handbookDir(t)); code != exitDone {
		t.Fatalf("ingest: exit code %d: %s", code, stderr)
	}
	for _, tc := range []struct {
		name, question string
		abstains       bool
	}{
		{"English", "How many characters must passwords have at least under the information security rules of Narubyeol?", false},
		{"Korean", "나루별에서 그해에 쓰지 못한 연차는 최대 며칠까지 다음 해로 이월할 수 있나요?", false},
		{"two-hop", "On which floor does the team that owns Waymoth work?", false},
		{"unanswerable", "How many car parking spaces does the Bristol office of Narubyeol have?", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			code, stdout, stderr := selfrag(t, dir, "ask", tc.question, "--json", "--model", realModel, "--max-iterations", "2")
			t.Logf("exit code %d: %s", code, stdout)
			var answer agent.Answer
			decoder := json.NewDecoder(strings.NewReader(stdout))
			if err := decoder.Decode(&answer); err != nil {
				t.Fatalf("exit code %d, %v: %s", code, err, stderr)
			}
			if decoder.More() {
				t.Error("more than one JSON document on standard output")
			}
			if want := map[bool]int{true: exitAbstained, false: exitDone}[answer.Abstained]; code != want {
				t.Errorf("exit code %d, want %d", code, want)
			}
			if tc.abstains && !answer.Abstained {
				t.Errorf("answered %q", answer.Text)
			}
			if answer.Question != tc.question || answer.Strategy != "self-rag" || answer.StoppedBy == "" || len(answer.Iterations) == 0 ||
				answer.Usage.Calls == 0 || answer.Usage.PromptTokens == 0 || answer.Timings.LLM == 0 || answer.Timings.Total < answer.Timings.LLM {
				t.Errorf("a field is missing: %+v", answer)
			}
			for _, key := range []string{"question", "answer", "abstained", "strategy", "citations", "iterations", "stopped_by", "usage", "timings_ms", "trace_id"} {
				if !strings.Contains(stdout, "\n  \""+key+"\": ") {
					t.Errorf("the document has no %q", key)
				}
			}
			for _, c := range answer.Citations {
				content, err := os.ReadFile(c.Source)
				if err != nil {
					t.Fatal(err)
				}
				if !strings.HasSuffix(c.Source, ".html") && string([]rune(string(content))[c.Start:c.End]) != c.Quote {
					t.Errorf("the quote %q is not in %s at [%d:%d]", c.Quote, c.Source, c.Start, c.End)
				}
			}
		})
	}
}

// TestRealInterrupt presses Ctrl-C while the model works on an answer.
func TestRealInterrupt(t *testing.T) {
	dir := t.TempDir()
	if code, _, stderr := selfrag(t, dir, "ingest", handbookDir(t)); code != exitDone {
		t.Fatalf("ingest: exit code %d: %s", code, stderr)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, "ask", "Who leads the Device Team?", "--data-dir", dir, "--model", realModel)
	cmd.Args[0] = "selfrag" // TestMain runs main under this name
	cmd.Env = append(os.Environ(), "TESTSCRIPT_COMMAND=selfrag")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		// After the first grade the model works on the next.
		if strings.Contains(lines.Text(), "grade-relevance") {
			break
		}
	}
	begin := time.Now()
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, stderr); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted {
		t.Errorf("exit code %d, want %d", code, exitInterrupted)
	}
	if took := time.Since(begin); took > time.Second {
		t.Errorf("it took %s to stop", took)
	}
}

// dataDir returns the folder of the measuring data.
func dataDir(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("SELFRAG_DATA")
	if dir == "" {
		dir = "../../../shared/data"
	}
	if _, err := os.Stat(dir); err != nil {
		t.Fatalf("the measuring data is not there; name its folder in SELFRAG_DATA: %v", err)
	}
	return dir
}

// TestRealChatAnswersAFollowUp asks a question and follow-up questions through
// a pipe, with real parts. The search must name the subject that the follow-up
// refers to.
func TestRealChatAnswersAFollowUp(t *testing.T) {
	dir := t.TempDir()
	if code, _, stderr := selfrag(t, dir, "ingest", handbookDir(t)); code != exitDone {
		t.Fatalf("ingest: exit code %d: %s", code, stderr)
	}
	for _, tc := range []struct{ language, questions, names, source string }{
		{"English", "How many characters must passwords have at least under the information security rules of Narubyeol?\nHow often are they changed?\n", "assword", "information-security"},
		{"Korean", "부산 오피스는 평일 몇 시부터 몇 시까지 사원증으로 출입할 수 있나요?\n거기 냉동 시험실에는 몇 사람이 함께 들어가야 하나요?\n", "부산", "busan.txt"},
	} {
		t.Run(tc.language, func(t *testing.T) {
			var out, errs bytes.Buffer
			code := run([]string{"chat", "--data-dir", dir, "--model", realModel, "--strategy", "two-stage", "--session", tc.language},
				strings.NewReader(tc.questions), &out, &errs)
			t.Logf("exit code %d: %s\n%s", code, out.String(), errs.String())
			if code != exitDone {
				t.Fatalf("exit code %d", code)
			}
			_, kept, _, err := session.In(dir + "/sessions").Open(tc.language)
			if err != nil || len(kept.Turns) != 2 {
				t.Fatalf("%d turns kept, %v", len(kept.Turns), err)
			}
			second := kept.Turns[1].Answer
			if searched := second.Iterations[0].Subquery; !strings.Contains(searched, tc.names) {
				t.Errorf("the follow-up was searched as %q", searched)
			}
			// Whether such a small model answers is not checked.
			if near := slices.Concat(second.Citations, second.Nearest); !slices.ContainsFunc(near, func(c agent.Citation) bool { return strings.Contains(c.Source, tc.source) }) {
				t.Errorf("the follow-up neither cites nor quotes %s: %+v", tc.source, near)
			}
		})
	}
}
