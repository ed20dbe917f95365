package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"selfrag/eval"
)

// writeFiles writes files into a folder. The keys of files are paths within the
// folder.
func writeFiles(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSearchesDifferByTheirData checks that a run refuses the file of rankings
// of other data, whether the data is in another place or has changed in the
// same place.
func TestSearchesDifferByTheirData(t *testing.T) {
	const line = `{"_id":"d3","title":"Tower","text":"The tower has no lanes."}` + "\n"
	for _, command := range [][]string{{"eval", "retrieval"}, {"tune", "retrieval", "--try", "k1=1,20"}} {
		for _, change := range []struct {
			what string
			data func(t *testing.T, dir string) string
		}{
			{"documents", func(t *testing.T, dir string) string {
				writeFiles(t, dir, map[string]string{"corpus.jsonl": fileText(t, filepath.Join(dir, "corpus.jsonl")) + line})
				return dir
			}},
			{"judgements", func(t *testing.T, dir string) string {
				writeFiles(t, dir, map[string]string{"qrels.tsv": strings.Replace(fileText(t, filepath.Join(dir, "qrels.tsv")), "d1", "d2", 1)})
				return dir
			}},
			{"another folder", func(t *testing.T, _ string) string { return bridgeData(t, 5) }},
		} {
			t.Run(command[0]+" "+change.what, func(t *testing.T) {
				model := newScriptedModel(t)
				dir := bridgeData(t, 4)
				args := append(slices.Clone(command), "--out", filepath.Join(t.TempDir(), "run.jsonl"))
				for range 2 { // the second run of the same command continues the first
					if code, _, stderr := measuring(t, model, append(args, "--data", dir)...); code != exitDone {
						t.Fatalf("exit code %d: %s", code, stderr)
					}
				}
				code, stdout, stderr := measuring(t, model, append(args, "--data", change.data(t, dir))...)
				if code != exitFailed || !strings.Contains(stderr, "run of another configuration (data: ") {
					t.Errorf("exit code %d: %s%s", code, stdout, stderr)
				}
			})
		}
	}
}

// TestRunsTellTheModelThatWasChosen checks that the fingerprint names the
// chosen model if the command named none and a search asks one.
func TestRunsTellTheModelThatWasChosen(t *testing.T) {
	model := newScriptedModel(t)
	for _, tc := range []struct {
		args []string
		want string
	}{
		{[]string{"eval", "retrieval", "--rerank", "none", "--take-apart"}, `"search.model":"scripted:1"`},
		{[]string{"eval", "retrieval", "--rerank", "llm"}, `"search.model":"scripted:1"`},
		{[]string{"eval", "retrieval", "--rerank", "none"}, `"search.model":""`},
		{[]string{"tune", "retrieval", "--try", "k1", "--try", "rerank=none,llm"}, `"tune.model":"scripted:1"`},
	} {
		out := filepath.Join(t.TempDir(), "run.jsonl")
		command(t, exitDone, append(tc.args, "--data", bridgeData(t, 4), "--embedder", "none", "--ollama-address", model.URL, "--out", out)...)
		if head, _, _ := strings.Cut(fileText(t, out), "\n"); !strings.Contains(head, tc.want) {
			t.Errorf("%v: no %s in %s", tc.args, tc.want, head)
		}
	}
}

// TestRunsGoOnWithTheirModel names no model. If the file has all answers, the
// run needs no model. If some are missing, the run continues with the model
// that it began with.
func TestRunsGoOnWithTheirModel(t *testing.T) {
	t.Parallel()
	data := bridgeData(t, 4)
	for _, args := range [][]string{
		{"eval", "qa", "--strategy", "two-stage"},
		{"ab", "--a", "two-stage", "--b", "two-stage"},
		{"eval", "retrieval", "--take-apart"},
		{"tune", "qa", "--strategy", "two-stage", "--no-short-answer", "--trials", "2"},
	} {
		model := newScriptedModel(t)
		out := filepath.Join(t.TempDir(), "run.jsonl")
		args = append(args, "--data", data, "--embedder", "none", "--rerank", "none", "--out", out)
		first, _ := command(t, exitDone, append(args, "--ollama-address", model.URL)...)
		model.Close()
		gone := append(args, "--ollama-address", model.URL)
		again, stderr := command(t, exitDone, gone...)
		says(t, stderr, "Using model scripted:1, with which run.jsonl was begun.")
		if again != first {
			t.Errorf("%v prints\n%s\nand then\n%s", args, first, again)
		}
		// With one answer removed, the run needs the model that it began with.
		lines := strings.SplitAfter(fileText(t, out), "\n")
		if err := os.WriteFile(out, []byte(strings.Join(lines[:len(lines)-2], "")), 0o600); err != nil {
			t.Fatal(err)
		}
		_, stderr = command(t, exitUnreachable, gone...)
		says(t, stderr, "cannot reach Ollama")
	}
	if got := eval.Recorded(filepath.Join(data, "queries.jsonl")); got != nil {
		t.Errorf("questions are no run, and tell %v", got)
	}
}

// TestRunsDifferByTheirCollection checks that a run refuses the file of answers
// from a collection whose documents have changed since.
func TestRunsDifferByTheirCollection(t *testing.T) {
	model := newScriptedModel(t)
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"notes/bridge.md": "The bridge has two lanes."})
	common := []string{"--data-dir", filepath.Join(dir, "store"), "--collection", "notes", "--embedder", "none"}
	ingest := append([]string{"ingest", filepath.Join(dir, "notes")}, common...)
	command(t, exitDone, ingest...)
	ask := append([]string{"eval", "qa", "--data", bridgeData(t, 1), "--strategy", "two-stage", "--rerank", "none", "--ollama-address", model.URL,
		"--out", filepath.Join(dir, "run.jsonl")}, common...)
	command(t, exitDone, ask...)
	command(t, exitDone, ask...)
	if n := model.drafts.Load(); n != 1 {
		t.Errorf("%d drafts for one question", n)
	}
	writeFiles(t, dir, map[string]string{"notes/bridge.md": "The bridge has four lanes."})
	command(t, exitDone, ingest...)
	_, stderr := command(t, exitFailed, ask...)
	says(t, stderr, "run of another configuration (run.collection_digest: ")
	_, stderr = command(t, exitFailed, append(ask, "--collection", "elsewhere")...)
	says(t, stderr, "elsewhere", "selfrag ingest PATH")
}
