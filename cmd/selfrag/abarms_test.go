package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"selfrag/eval"
)

// TestABOfTwoCollections compares two existing collections, each named in the
// file of an arm. It needs no corpus and ingests none.
func TestABOfTwoCollections(t *testing.T) {
	model := newScriptedModel(t)
	dir := t.TempDir()
	common := []string{"--data-dir", filepath.Join(dir, "store"), "--embedder", "none"}
	writeFiles(t, dir, map[string]string{
		"questions.jsonl": `{"_id":"q1","text":"How many lanes has the bridge?","answers":["two lanes"]}`,
		"one.jsonl":       `{"_id":"d1","text":"The bridge has two lanes."}`,
		"two.jsonl":       `{"_id":"d2","text":"The bridge has two lanes, and a toll."}`,
		"one.yaml":        "collection: one\nstrategy: two-stage\n",
		"two.yaml":        "collection: two\nstrategy: two-stage\n",
	})
	for _, name := range []string{"one", "two"} {
		command(t, exitDone, append([]string{"ingest", filepath.Join(dir, name+".jsonl"), "--collection", name, "--split", "none"}, common...)...)
	}
	out := filepath.Join(dir, "ab.jsonl")
	ab := append([]string{"ab", "--a-config", filepath.Join(dir, "one.yaml"), "--b-config", filepath.Join(dir, "two.yaml"), "--data", filepath.Join(dir, "questions.jsonl"),
		"--rerank", "none", "--ollama-address", model.URL, "--out", out}, common...)
	command(t, exitDone, ab...)
	found := map[string][]string{}
	for line := range strings.Lines(fileText(t, out)) {
		var o eval.Outcome
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatal(err)
		}
		found[o.Arm] = o.Ranking
	}
	if !slices.Equal(found["a"], []string{"d1"}) || !slices.Equal(found["b"], []string{"d2"}) {
		t.Errorf("the arms found %q", found)
	}
	says(t, fileText(t, out), `"a.collection":"one"`, `"b.collection":"two"`, `"a.collection_digest":`)
	// The flag applies to both arms.
	_, stderr := command(t, exitFailed, append(ab, "--collection", "two")...)
	says(t, stderr, `a.collection: "one", not "two"`)
}

// TestABLeavesARuleOut checks that only the arm without the rule says what no
// passage holds.
func TestABLeavesARuleOut(t *testing.T) {
	server := scriptedOllama(t, func(w http.ResponseWriter, r *http.Request) {
		var req struct {
			Messages []struct{ Content string }
			Logprobs bool
		}
		if err := json.NewDecoder(r.Body).Decode(&req); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		message := map[string]any{"role": "assistant", "content": "The bridge has 12 lanes [1]."}
		answer := map[string]any{"message": message, "done": true, "done_reason": "stop", "prompt_eval_count": 50, "eval_count": 5}
		if req.Logprobs {
			message["content"] = "Yes"
			answer["logprobs"] = []any{map[string]any{"token": "Yes", "logprob": -0.1, "top_logprobs": []any{map[string]any{"token": "Yes", "logprob": -0.1}}}}
		}
		_ = json.NewEncoder(w).Encode(answer)
	})
	out := filepath.Join(t.TempDir(), "ab.jsonl")
	args := []string{"ab", "--a", "self-rag", "--b", "self-rag", "--b-without-rule", "number",
		"--data", bridgeData(t, 1), "--out", out, "--no-short-answer", "--max-iterations", "1"}
	code, stdout, stderr := measuring(t, &scriptedModel{Server: server}, append(args, "--json")...)
	if code != exitDone || !strings.Contains(stdout, `"without": [`) {
		t.Fatalf("exit code %d: %s%s", code, stdout, stderr)
	}
	for arm, want := range map[string]string{"a": `"refuted":{"rule":"number","fact":"12"}`, "b": `"answer":"The bridge has 12 lanes. [1]"`} {
		line := ""
		for l := range strings.Lines(fileText(t, out)) {
			if strings.Contains(l, `"arm":"`+arm+`"`) {
				line = l
			}
		}
		if !strings.Contains(line, want) {
			t.Errorf("arm %s: no %s in %s", arm, want, line)
		}
	}
	// The claims in the run's file are counted by arm.
	code, stdout, stderr = measuring(t, &scriptedModel{Server: server}, args...)
	if claims := regexp.MustCompile(`(?m)^ +claims +(.*)$`).FindAllStringSubmatch(stdout, -1); code != exitDone || len(claims) != 2 ||
		claims[0][1] != "1 graded, 1 refused by code: number 1" || claims[1][1] != "1 graded, 0 refused by code" {
		t.Errorf("exit code %d: claims %q in\n%s%s", code, claims, stdout, stderr)
	}
}

func TestABArmsOfFiles(t *testing.T) {
	model := newScriptedModel(t)
	dir := t.TempDir()
	for name, content := range map[string]string{"a.yaml": "strategy: two-stage\nk2: 1\n", "b.yaml": "k2: 2\n", "bad.yaml": "k3: 1\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := filepath.Join(dir, "ab.jsonl")
	code, _, stderr := measuring(t, model, "ab", "--a-config", filepath.Join(dir, "a.yaml"), "--b-config", filepath.Join(dir, "b.yaml"), "--b", "two-stage",
		"--data", bridgeData(t, 1), "--out", out)
	if code != exitDone {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"a.k2":"1"`, `"b.k2":"2"`, `"a.model":"scripted:1"`, `"b.embedder":"none"`, `"b.strategy":"two-stage"`} {
		if !bytes.Contains(b, []byte(want)) {
			t.Errorf("no %s in %s", want, b)
		}
	}
	code, _, stderr = measuring(t, model, "ab", "--a-config", filepath.Join(dir, "bad.yaml"), "--b", "two-stage", "--data", bridgeData(t, 1))
	if code != exitUsage || !strings.Contains(stderr, `unknown key "k3"`) {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}
