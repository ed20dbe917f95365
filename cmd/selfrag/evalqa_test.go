package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"selfrag/cmd/selfrag/internal/measure"
)

// bridgeData writes a data set with the given number of questions. Each has one
// right answer.
func bridgeData(t *testing.T, questions int) string {
	return dataAsking(t, questions, "How many lanes has bridge %d?")
}

// chainData is like bridgeData, but one passage is not enough to answer its
// questions.
func chainData(t *testing.T, questions int) string {
	return dataAsking(t, questions, "How many lanes has the bridge that crosses the river which town %d lies on?")
}

func dataAsking(t *testing.T, questions int, format string) string {
	t.Helper()
	dir := t.TempDir()
	var queries, qrels strings.Builder
	qrels.WriteString("query-id\tcorpus-id\tscore\n")
	for i := range questions {
		fmt.Fprintf(&queries, `{"_id":"q%d","text":%q,"answers":["two lanes"]}`+"\n", i, fmt.Sprintf(format, i))
		fmt.Fprintf(&qrels, "q%d\td1\t1\n", i)
	}
	for name, content := range map[string]string{
		"corpus.jsonl": `{"_id":"d1","title":"Bridge","text":"The bridge has two lanes."}` + "\n" +
			`{"_id":"d2","title":"서울","text":"서울에 있는 다리입니다."}` + "\n",
		"queries.jsonl": queries.String(), "qrels.tsv": qrels.String(),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// measuring runs a command with the scripted model in this process.
func measuring(t *testing.T, model *scriptedModel, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(append(args, "--ollama-address", model.URL, "--model", "scripted:1", "--embedder", "none", "--rerank", "none", "--data-dir", t.TempDir()),
		strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

// withoutTimes parses a report and removes what differs from run to run.
func withoutTimes(t *testing.T, report string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(report), &v); err != nil {
		t.Fatalf("%v: %s", err, report)
	}
	return timeless(v)
}

func timeless(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if v["metric"] == "seconds" {
			return nil
		}
		for _, key := range []string{"seconds", "timings_ms", "performance", "made", "verdict"} {
			delete(v, key)
		}
		for key, of := range v {
			v[key] = timeless(of)
		}
	case []any:
		for i, of := range v {
			v[i] = timeless(of)
		}
	}
	return v
}

func TestEvalQA(t *testing.T) {
	model := newScriptedModel(t)
	code, stdout, stderr := measuring(t, model, "eval", "qa", "--data", bridgeData(t, 3), "--strategy", "two-stage", "--limit", "2", "--json")
	if code != exitDone {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	var r measure.QAReport
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]float64{"f1": 1, "em": 1, "accuracy": 1, "recall@5": 1, "recall@10": 1, "mrr": 1, "llm_calls": 1, "tokens": 55, "abstained": 0} {
		if got := r.Means[name]; got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if r.Questions != 2 || r.StoppedBy["single-pass"] != 2 || r.ShortCalls != 1 || r.ShortTokens != 55 || r.Correct.Answers != 2 {
		t.Errorf("got %+v", r)
	}
}

// TestEvalQAJudges judges an existing run: no question is asked again, and the
// cost of the judge is separate.
func TestEvalQAJudges(t *testing.T) {
	model := newScriptedModel(t)
	out := filepath.Join(t.TempDir(), "run.jsonl")
	args := []string{"eval", "qa", "--data", bridgeData(t, 3), "--strategy", "two-stage", "--out", out}
	code, stdout, stderr := measuring(t, model, append(args, "--json")...)
	if code != exitDone {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	var before, after measure.QAReport
	if err := json.Unmarshal([]byte(stdout), &before); err != nil {
		t.Fatal(err)
	}
	drafts := model.drafts.Load()
	code, stdout, stderr = measuring(t, model, append(args, "--judge", "scripted:1", "--json")...)
	if code != exitDone || model.drafts.Load() != drafts {
		t.Fatalf("exit code %d, %d drafts more: %s", code, model.drafts.Load()-drafts, stderr)
	}
	if err := json.Unmarshal([]byte(stdout), &after); err != nil {
		t.Fatal(err)
	}
	// The scripted grader has no answer about support. An unknown grade
	// supports nothing.
	if after.Judged != 3 || after.JudgeCalls < 2 || after.JudgeTokens == 0 || after.Means["llm_calls"] != before.Means["llm_calls"] {
		t.Errorf("got %s", stdout)
	}
	for _, name := range []string{"citation_recall", "citation_precision", "faithfulness"} {
		if _, ok := after.Means[name]; !ok {
			t.Errorf("no %s in %v", name, after.Means)
		}
	}
	if _, ok := after.Means["answer_relevancy"]; ok {
		t.Error("answer relevancy without an embedder")
	}
	requests := model.requests.Load()
	if code, _, stderr = measuring(t, model, append(args, "--judge", "scripted:1")...); code != exitDone || model.requests.Load() != requests {
		t.Errorf("exit code %d, judged again by %d requests: %s", code, model.requests.Load()-requests, stderr)
	}
	code, text, stderr := measuring(t, model, append(args, "--judge", "scripted:1")...)
	if code != exitDone || !strings.Contains(text, "3 answers judged, by") {
		t.Errorf("exit code %d: %s%s", code, text, stderr)
	}
	if code, _, stderr = measuring(t, model, append(args, "--judge", "nobody:1")...); code != exitUnreachable || !strings.Contains(stderr, "nobody:1") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

// TestRunsDifferByWhatTheyDependOn checks that a run refuses the file of a run
// with another seed, other prompts or other documents, even if the paths are
// the same.
func TestRunsDifferByWhatTheyDependOn(t *testing.T) {
	model := newScriptedModel(t)
	dir := t.TempDir()
	prompts, corpus, out := filepath.Join(dir, "prompts"), filepath.Join(dir, "notes"), filepath.Join(dir, "run.jsonl")
	write := func(path, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	draft := filepath.Join(prompts, "draft.en.tmpl")
	write(draft, "version: 1\n---\n### system\nAnswer from the numbered passages.\n### user\n{{data .Question}}")
	write(filepath.Join(corpus, "bridge.md"), "The bridge has two lanes.")
	args := []string{"eval", "qa", "--data", bridgeData(t, 2), "--corpus", corpus, "--prompts", prompts, "--strategy", "two-stage", "--out", out}
	if code, _, stderr := measuring(t, model, args...); code != exitDone {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	refused := func(want string, args ...string) {
		t.Helper()
		if code, _, stderr := measuring(t, model, args...); code != exitFailed || !strings.Contains(stderr, want) {
			t.Errorf("exit code %d, no %q: %s", code, want, stderr)
		}
	}
	refused(`seed: "0", not "5"`, append(args, "--seed", "5")...)
	refused(`run.without_rule: "", not "name,number"`, append(args, "--without-rule", "number,name")...)
	write(filepath.Join(corpus, "bridge.md"), "The bridge has four lanes.")
	refused("corpus_digest", args...)
	write(filepath.Join(corpus, "bridge.md"), "The bridge has two lanes.")
	write(draft, "version: 1\n---\n### system\nAnswer briefly from the numbered passages.\n### user\n{{data .Question}}")
	refused("run.prompts_digest", args...)
}

// TestEvalQAOfFlashRAG reads questions and documents in FlashRAG's format.
func TestEvalQAOfFlashRAG(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"dev.jsonl": `{"id": "dev_0", "question": "How many lanes has the bridge?", "golden_answers": ["two lanes", "2"], "metadata": {"question_decomposition": [{"id": 1}, {"id": 2}]}}` + "\n" +
			`{"id": 7, "question": "다리는 몇 차로인가요?", "golden_answers": [], "metadata": {"answerable": false}}` + "\n",
		"corpus.jsonl": `{"id": "0", "contents": "\"Bridge\"\nThe bridge has two lanes."}` + "\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := filepath.Join(dir, "out.jsonl")
	code, stdout, stderr := measuring(t, newScriptedModel(t), "eval", "qa", "--data", dir, "--strategy", "two-stage", "--json", "--out", out)
	if code != exitDone {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	var r measure.QAReport
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatal(err)
	}
	// The search finds nothing for the second question, so abstaining is right.
	if r.Questions != 2 || r.Means["f1"] != 1 || r.Abstention.Unanswerable != 1 || r.Abstention.Right != 1 {
		t.Errorf("got %s", stdout)
	}
	for _, want := range []string{`"id":"dev_0"`, `"id":"7"`, `"ranking":["0"]`} {
		if text := fileText(t, out); !strings.Contains(text, want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
}

func TestABReports(t *testing.T) {
	model := newScriptedModel(t)
	page := filepath.Join(t.TempDir(), "r.html")
	code, stdout, stderr := measuring(t, model, "ab", "--a", "two-stage", "--b", "self-rag", "--data", bridgeData(t, 4), "--report", page, "--min-effect", "0.1")
	if code != exitDone {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	for _, want := range []string{"4 questions\nA: two-stage, scripted:1\nB: self-rag, scripted:1\n", "win/tie/loss", "0/4/0", "A: a correct answer costs", "questions to find 0.1", "No clear winner between A (two-stage, scripted:1) and B (self-rag, scripted:1). Of 4 questions A answered 4 correctly and B 4. The quality of the answers (F1) is 1.000 and 1.000; there is no difference."} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
	b, err := os.ReadFile(page)
	if err != nil || !bytes.Contains(b, []byte("No clear winner between")) {
		t.Errorf("the report: %v, %d bytes", err, len(b))
	}
	if strings.Count(stderr, "passages stored") != 1 {
		t.Errorf("two arms on one corpus ingest it not once:\n%s", stderr)
	}
}

// TestKilledABGoesOn kills a run in the middle of a question and continues it.
// The continued run must report the same as an undisturbed one and ask no
// answered question again.
func TestKilledABGoesOn(t *testing.T) {
	data := bridgeData(t, 6)
	out := filepath.Join(t.TempDir(), "ab.jsonl")
	args := []string{"ab", "--a", "two-stage", "--b", "two-stage", "--data", data, "--json"}

	model := newScriptedModel(t)
	reached, killed := make(chan struct{}), make(chan struct{})
	model.onDraft(func(draft int) {
		if draft == 8 {
			close(reached)
			<-killed
		}
	})
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, append(args, "--out", out, "--ollama-address", model.URL, "--model", "scripted:1",
		"--embedder", "none", "--rerank", "none", "--data-dir", t.TempDir())...)
	cmd.Args[0] = "selfrag" // TestMain runs main under this name
	cmd.Env = append(os.Environ(), "TESTSCRIPT_COMMAND=selfrag")
	cmd.Stderr = io.Discard
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-reached:
	case <-t.Context().Done():
		t.Fatal("the eighth draft was never asked for")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	close(killed)
	model.onDraft(nil)

	code, resumed, stderr := measuring(t, model, append(args, "--out", out)...)
	if code != exitDone || !strings.Contains(stderr, "7 of 12 were answered before") {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	if model.drafts.Load() != 13 { // the question of the killed run was asked twice
		t.Errorf("%d drafts were asked for", model.drafts.Load())
	}
	// With all answers in the file, the run needs neither model nor corpus.
	model.Close()
	code, again, stderr := measuring(t, model, append(args, "--out", out)...)
	if code != exitDone || again != resumed {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	code, whole, stderr := measuring(t, newScriptedModel(t), args...)
	if code != exitDone {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	if got, want := withoutTimes(t, resumed), withoutTimes(t, whole); !reflect.DeepEqual(got, want) {
		t.Errorf("the resumed run reports\n%v\nan undisturbed one\n%v", got, want)
	}
}
