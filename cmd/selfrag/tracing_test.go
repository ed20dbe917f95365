package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"selfrag/agent"
	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/setup"
	"selfrag/internal/langfusetest"
)

// traced runs commands with the scripted model on a small collection, with a
// Langfuse server.
type traced struct {
	t        *testing.T
	langfuse *langfusetest.Server
	args     []string
}

func newTraced(t *testing.T) traced {
	t.Helper()
	model := newScriptedModel(t)
	langfuse := langfusetest.Start(t)
	for key, value := range map[string]string{
		"LANGFUSE_HOST": langfuse.URL, "LANGFUSE_PUBLIC_KEY": langfusetest.PublicKey, "LANGFUSE_SECRET_KEY": langfusetest.SecretKey,
		"SELFRAG_TRACE_USER": "u-1", "SELFRAG_TRACE_RELEASE": "v1", "SELFRAG_TRACE_FLUSH": "1s",
	} {
		t.Setenv(key, value)
	}
	data := t.TempDir()
	c := traced{t, langfuse, []string{"--ollama-address", model.URL, "--model", "scripted:1", "--rerank", "none", "--strategy", "two-stage", "--data-dir", data}}
	var out, errs bytes.Buffer
	if code := run([]string{"ingest", filepath.Join(bridgeData(t, 1), "corpus.jsonl"), "--embedder", "none", "--data-dir", data},
		strings.NewReader(""), &out, &errs); code != exitDone {
		t.Fatalf("ingest: exit code %d: %s", code, errs.String())
	}
	return c
}

func (c traced) run(stdin string, args ...string) (stdout, stderr string) {
	c.t.Helper()
	var out, errs bytes.Buffer
	if code := run(append(args, c.args...), strings.NewReader(stdin), &out, &errs); code != exitDone {
		c.t.Fatalf("%v: exit code %d: %s", args, code, errs.String())
	}
	return out.String(), errs.String()
}

func TestAskIsTraced(t *testing.T) {
	c := newTraced(t)
	stdout, stderr := c.run("", "ask", "How many lanes has the bridge?", "--json")
	var answer agent.Answer
	if err := json.Unmarshal([]byte(stdout), &answer); err != nil {
		t.Fatal(err)
	}
	spans := c.langfuse.Spans()
	if len(spans) < 4 || answer.TraceID == "" {
		t.Fatalf("trace %q of %d spans", answer.TraceID, len(spans))
	}
	for _, s := range spans {
		if hex.EncodeToString(s.TraceId) != answer.TraceID {
			t.Errorf("span %s is in another trace", s.Name)
		}
	}
	for _, p := range c.langfuse.Problems() {
		t.Error(p)
	}
	if scores, _ := c.langfuse.Scores(); len(scores) != 2 { // two-stage has no grades
		t.Errorf("scores %v", scores)
	}
	if strings.Contains(stderr, "Traces:") {
		t.Errorf("told: %s", stderr)
	}
}

func TestChatGroupsTurnsAndTakesFeedback(t *testing.T) {
	c := newTraced(t)
	c.run("How many lanes has the bridge?\n/good 고마워요\nHow wide is the bridge?\n/bad\n", "chat", "--session", "bridges")
	sessions, traces := map[string]bool{}, map[string]bool{}
	for _, s := range c.langfuse.Spans() {
		sessions[langfusetest.Text(s, "session.id")] = true
		traces[hex.EncodeToString(s.TraceId)] = true
	}
	if len(sessions) != 1 || !sessions["bridges"] || len(traces) != 2 {
		t.Errorf("sessions %v, traces %v", sessions, traces)
	}
	scores, _ := c.langfuse.Scores()
	said := map[float64]string{}
	for _, s := range scores {
		if s.Name == "user-feedback" {
			said[*s.Value] = s.Comment
		}
	}
	if len(said) != 2 || said[1] != "고마워요" {
		t.Errorf("feedback %v", said)
	}
	for _, p := range c.langfuse.Problems() {
		t.Error(p)
	}
}

func TestAnAbsentLangfuseIsToldAtTheEnd(t *testing.T) {
	c := newTraced(t)
	c.langfuse.Close()
	begin := time.Now()
	stdout, stderr := c.run("", "ask", "How many lanes has the bridge?", "--quiet")
	if !strings.Contains(stdout, "The bridge has two lanes. [1]") {
		t.Errorf("the answer: %s", stdout)
	}
	for _, want := range []string{"spans did not reach Langfuse at " + c.langfuse.URL, "scores did not reach Langfuse", "cannot be used"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("no %q in %s", want, stderr)
		}
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestEvalIsTracedAQuestionATrace(t *testing.T) {
	model := newScriptedModel(t)
	path := filepath.Join(t.TempDir(), "traces.jsonl")
	if code, _, stderr := measuring(t, model, "eval", "qa", "--data", bridgeData(t, 3), "--strategy", "two-stage", "--trace-file", path); code != exitDone {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(string(text), `"name":"ask"`); got != 3 {
		t.Errorf("%d traces of 3 questions", got)
	}
}

func TestTracingIsShownAndChecked(t *testing.T) {
	c := newTraced(t)
	t.Setenv("SELFRAG_LANGFUSE_SECRET_KEY", "sk-very-secret")
	var out, errs bytes.Buffer
	if code := run([]string{"config", "show"}, strings.NewReader(""), &out, &errs); code != exitDone {
		t.Fatal(errs.String())
	}
	if strings.Contains(out.String(), "sk-very-secret") || !strings.Contains(out.String(), "environment SELFRAG_LANGFUSE_SECRET_KEY") {
		t.Errorf("config show: %s", out.String())
	}
	for _, set := range [][2]string{{"ENVIRONMENT", "Langfuse!"}, {"SAMPLE", "2"}, {"MASK", "("}, {"CONTENT", "maybe"}} {
		t.Run(set[0], func(t *testing.T) {
			t.Setenv("SELFRAG_TRACE_"+set[0], set[1])
			if code := run([]string{"config", "show"}, strings.NewReader(""), &out, &errs); code != exitUsage {
				t.Errorf("exit code %d", code)
			}
		})
	}
	s := config.Default(os.Getenv)
	if p := setup.CheckTraces(t.Context(), s, os.Getenv); !p.Found || !strings.Contains(p.Speed, "project handbook") {
		t.Errorf("doctor tells %+v", p)
	}
	c.langfuse.Close()
	if p := setup.CheckTraces(t.Context(), s, os.Getenv); p.Found || p.Remedy == "" {
		t.Errorf("doctor tells %+v", p)
	}
}

// TestTheEnvironmentOfLangfusesVariable checks that the variable obeys the rule
// of the setting, which overrides it, whenever anything is traced.
func TestTheEnvironmentOfLangfusesVariable(t *testing.T) {
	c := newTraced(t)
	for name, of := range map[string]struct {
		variable, setting, trace string
		want                     int
		found                    bool
	}{
		"fit":               {"staging", "", "auto", exitDone, true},
		"unfit":             {"Staging!", "", "auto", exitUsage, false},
		"Langfuse's own":    {"langfuse-x", "", "auto", exitUsage, false},
		"below the setting": {"Staging!", "test", "auto", exitDone, true},
		"nothing is traced": {"Staging!", "", "off", exitDone, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("LANGFUSE_TRACING_ENVIRONMENT", of.variable)
			t.Setenv("SELFRAG_TRACE_ENVIRONMENT", of.setting)
			t.Setenv("SELFRAG_TRACE", of.trace)
			var out, errs bytes.Buffer
			code := run(append([]string{"ask", "How many lanes has the bridge?"}, c.args...), strings.NewReader(""), &out, &errs)
			if told := strings.Contains(errs.String(), "LANGFUSE_TRACING_ENVIRONMENT \""+of.variable); code != of.want || told != (code == exitUsage) {
				t.Errorf("exit code %d, want %d: %s", code, of.want, errs.String())
			}
			s := config.Default(os.Getenv)
			s.Tracing.Environment, s.Tracing.Trace = of.setting, of.trace
			if p := setup.CheckTraces(t.Context(), s, os.Getenv); p.Found != of.found || !of.found && !strings.Contains(p.Remedy, "LANGFUSE_TRACING_ENVIRONMENT") {
				t.Errorf("doctor tells %+v", p)
			}
		})
	}
	for _, p := range c.langfuse.Problems() {
		t.Error(p)
	}
}
