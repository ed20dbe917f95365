package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"selfrag/cmd/selfrag/internal/measure"
)

func TestTuneRetrieval(t *testing.T) {
	model := newScriptedModel(t)
	yaml := filepath.Join(t.TempDir(), "found.yaml")
	args := []string{"tune", "retrieval", "--data", bridgeData(t, 8), "--try", "mode", "--try", "k2=1,10", "--yaml", yaml}
	code, stdout, stderr := measuring(t, model, append(args, "--json")...)
	if code != exitDone {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	var r measure.TuneReport
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatal(err)
	}
	// k1 20 and k2 10 are the present settings. The grid has eight
	// combinations.
	if len(r.Trials) != 8 || r.DevQuestions != 4 || r.HeldQuestions != 4 || r.Best.Quality != 1 || r.Held[0].Settings["k1"] != "20" || r.Held[0].Settings["k2"] != "10" {
		t.Errorf("got %s", stdout)
	}
	if !strings.Contains(stderr, "there is no ef to tune") || strings.Count(stderr, "passages stored") != 1 {
		t.Errorf("got %s", stderr)
	}
	if model.requests.Load() != 0 {
		t.Errorf("the model was asked %d times", model.requests.Load())
	}
	b, err := os.ReadFile(yaml)
	if err != nil || string(b) != r.YAML || !strings.Contains(r.YAML, "k1: ") || !strings.Contains(r.YAML, "k2: ") {
		t.Errorf("the settings are %q, %v", b, err)
	}
	// The printed settings are a valid configuration.
	if code, _, stderr := measuring(t, model, "config", "show", "--config", yaml); code != exitDone {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	if code, _, _ := measuring(t, model, args...); code != exitUsage {
		t.Errorf("exit code %d: the file was written over", code)
	}
}

func TestTuneQAGoesOn(t *testing.T) {
	model := newScriptedModel(t)
	out := filepath.Join(t.TempDir(), "tune.jsonl")
	args := []string{"tune", "qa", "--data", bridgeData(t, 16), "--strategy", "self-rag", "--out", out, "--no-short-answer", "--metric", "accuracy"}
	code, stdout, stderr := measuring(t, model, append(args, "--trials", "6")...)
	if code != exitDone {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	for _, want := range []string{"6 combinations on 8 questions, accuracy; 8 questions held out", "front", "present", "max_iterations: ", "support_several: ", "usefulness: "} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
	before := model.drafts.Load()
	code, again, stderr := measuring(t, model, append(args, "--trials", "6")...)
	if code != exitDone || again != stdout || model.drafts.Load() != before {
		t.Errorf("exit code %d, %d drafts more:\n%s\n%s", code, model.drafts.Load()-before, again, stderr)
	}
	if code, _, stderr = measuring(t, model, append(args, "--trials", "8")...); code != exitDone || model.drafts.Load() == before || model.drafts.Load() > 2*before {
		t.Errorf("exit code %d, %d drafts after %d: %s", code, model.drafts.Load(), before, stderr)
	}
}
