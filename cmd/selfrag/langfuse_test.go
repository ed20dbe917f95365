package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"selfrag/internal/langfusetest"
)

// withLangfuse starts a Langfuse server that commands in this process use.
func withLangfuse(t *testing.T) *langfusetest.Server {
	t.Helper()
	s := langfusetest.Start(t)
	for _, pair := range s.Environment() {
		key, value, _ := strings.Cut(pair, "=")
		t.Setenv(key, value)
	}
	t.Setenv("SELFRAG_CACHE", t.TempDir())
	return s
}

// command runs a command in this process. Its output must not contain a key.
func command(t *testing.T, want int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(args, strings.NewReader(""), &out, &errs); code != want {
		t.Fatalf("%v: exit code %d, want %d: %s%s", args, code, want, out.String(), errs.String())
	}
	for _, said := range []string{out.String(), errs.String()} {
		if strings.Contains(said, langfusetest.SecretKey) {
			t.Errorf("%v tells the key: %s", args, said)
		}
	}
	return out.String(), errs.String()
}

func says(t *testing.T, text string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("no %q in\n%s", w, text)
		}
	}
}

func TestPromptsInLangfuse(t *testing.T) {
	s := withLangfuse(t)
	stdout, _ := command(t, exitDone, "prompts", "push", "--dry-run")
	says(t, stdout, "selfrag/draft.ko", "created")
	if n := s.Names(); len(n) != 0 {
		t.Errorf("a trial made %v", n)
	}
	stdout, _ = command(t, exitDone, "prompts", "push", "draft", "--label", "production", "--message", "first")
	says(t, stdout, "selfrag/draft.en  1", "selfrag/draft.ko  1")
	stdout, _ = command(t, exitDone, "prompts", "push", "draft", "--label", "production")
	says(t, stdout, "unchanged")
	kept := s.Prompts("selfrag/draft.en")[0]
	var text string
	if err := json.Unmarshal(kept.Text, &text); err != nil {
		t.Fatal(err)
	}
	says(t, text, "{{data .Question}}", "### user")
	says(t, string(kept.Config), `"takes":["Question","Passages"]`, `"returns":"text"`, `"version":"1"`)

	dir := filepath.Join(t.TempDir(), "mine")
	_, stderr := command(t, exitDone, "prompts", "pull", dir)
	says(t, stderr, "2 prompts written")
	stdout, _ = command(t, exitDone, "prompts", "list", "--prompts", dir)
	says(t, stdout, "selfrag/draft.ko, version 1 in Langfuse")

	// One prompt is edited in Langfuse, and another one is broken.
	s.Edit("selfrag/draft.en", strings.Replace(text, "version: 1", "version: edited", 1), "production")
	s.Edit("selfrag/draft.ko", "version: broken\n---\n### user\n{{data .Question}}", "production")
	_, stderr = command(t, exitFailed, "prompts", "pull", dir)
	says(t, stderr, "selfrag/draft.ko: version 2: it does not use {{.Passages}}", "1 prompt written")
	stdout, _ = command(t, exitDone, "prompts", "list", "--prompts", dir)
	says(t, stdout, "selfrag/draft.en, version 2 in Langfuse", "selfrag/draft.ko, version 1 in Langfuse")

	for _, wrong := range [][]string{{"push", "drift"}, {"push", "--label", "latest"}, {"pull"}} {
		command(t, exitUsage, append([]string{"prompts"}, wrong...)...)
	}
	t.Setenv("LANGFUSE_SECRET_KEY", "")
	_, stderr = command(t, exitUsage, "prompts", "push")
	says(t, stderr, "LANGFUSE_SECRET_KEY")
}

// TestPromptLabel uses the prompts of a label, and works without Langfuse in
// each of the ways in which it may fail.
func TestPromptLabel(t *testing.T) {
	s := withLangfuse(t)
	command(t, exitDone, "prompts", "push", "draft")
	var text string
	if err := json.Unmarshal(s.Prompts("selfrag/draft.en")[0].Text, &text); err != nil {
		t.Fatal(err)
	}
	s.Edit("selfrag/draft.en", strings.Replace(text, "version: 1", "version: edited", 1), "production")
	list := func() (string, string) {
		return command(t, exitDone, "prompts", "list", "--prompt-label", "production")
	}

	s.Fail(500)
	stdout, stderr := list()
	says(t, stdout, "draft             en        1 ")
	says(t, stderr, "cannot be fetched", "the built-in ones are used")
	s.Fail(0)
	stdout, stderr = list()
	says(t, stdout, "edited", "selfrag/draft.en, version 2 in Langfuse")
	if stderr != "" {
		t.Errorf("all is well, and it warns: %s", stderr)
	}
	for status, why := range map[int]string{400: "400", 401: "refused the key", 404: "404", 429: "429", 500: "500", langfusetest.Hang: "no answer"} {
		s.Fail(status)
		stdout, stderr = list()
		says(t, stdout, "edited")
		says(t, stderr, why, "those fetched before are used")
		if n := strings.Count(stderr, "\n"); n != 1 {
			t.Errorf("%d: %d warnings: %s", status, n, stderr)
		}
	}
	s.Fail(0)
	// The folder of the settings comes above the label.
	dir := t.TempDir()
	own := strings.Replace(text, "version: 1", "version: own", 1)
	if err := os.WriteFile(filepath.Join(dir, "draft.en.tmpl"), []byte(own), 0o600); err != nil {
		t.Fatal(err)
	}
	stdout, _ = command(t, exitDone, "prompts", "list", "--prompt-label", "production", "--prompts", dir)
	says(t, stdout, "own")

	// A prompt that others refer to is released again.
	for _, release := range []string{"first", "second"} {
		s.Edit("common/version", "version: "+release, "production")
		if release == "first" {
			s.Edit("selfrag/draft.en", strings.Replace(text, "version: 1", "@@@langfusePrompt:name=common/version|label=production@@@", 1), "production")
		}
		stdout, _ = list()
		says(t, stdout, release, "selfrag/draft.en, version 3 in Langfuse")
	}
}

// TestAskWithAPromptLabel asks with a prompt from Langfuse. The trace must
// contain its name and version.
func TestAskWithAPromptLabel(t *testing.T) {
	s := withLangfuse(t)
	command(t, exitDone, "prompts", "push", "--label", "production")
	s.Requests()
	code, _, stderr := measuring(t, newScriptedModel(t), "eval", "qa", "--data", bridgeData(t, 2), "--strategy", "two-stage", "--prompt-label", "production")
	if code != exitDone || strings.Contains(stderr, "prompts") {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	lists := 0
	for _, r := range s.Requests() {
		if r == "GET /api/public/v2/prompts" {
			lists++
		}
	}
	if lists != 1 {
		t.Errorf("the prompts were listed %d times", lists)
	}
	generations := 0
	for _, span := range s.Spans() {
		if langfusetest.Type(span) == "generation" {
			generations++
			if got := langfusetest.Text(span, "langfuse.observation.prompt.name"); got != "selfrag/draft.en" {
				t.Errorf("the span %s leads to prompt %q", span.Name, got)
			}
			if got := langfusetest.Attributes(span)["langfuse.observation.prompt.version"].GetIntValue(); got != 1 {
				t.Errorf("the span %s leads to version %d", span.Name, got)
			}
		}
	}
	if problems := s.Problems(); generations != 2 || len(problems) != 0 {
		t.Errorf("%d generations; %v", generations, problems)
	}
}
