package main

import (
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// killsOf returns the number of kills in a test: SELFRAG_KILLS, or a few.
func killsOf(t *testing.T) int {
	t.Helper()
	text := os.Getenv("SELFRAG_KILLS")
	if text == "" {
		return 2
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("SELFRAG_KILLS %q is no number of kills", text)
	}
	return n
}

// TestKilledRunsReportTheSame kills measuring commands (SIGKILL) at random
// requests to their model, before or right after the answer, and runs them
// again. At the end they must report the same as an undisturbed run, and must
// have repeated only the requests that a kill cut off.
func TestKilledRunsReportTheSame(t *testing.T) {
	kills := killsOf(t)
	seed := rand.Uint64()
	t.Logf("%d kills, seed %d", kills, seed)
	for _, c := range []struct {
		name string
		args []string
		most int // maximum number of requests for one answer or judgement, which a kill may repeat
	}{
		{"eval qa", []string{"eval", "qa", "--strategy", "two-stage", "--judge", "scripted:1", "--concurrency", "2"}, 30},
		{"eval retrieval", []string{"eval", "retrieval", "--take-apart"}, 4},
		{"ab", []string{"ab", "--a", "two-stage", "--b", "self-rag", "--judge", "scripted:1", "--seed", "3"}, 15},
	} {
		t.Run(c.name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			data := bridgeData(t, max(6, 2*kills))
			if c.name == "eval retrieval" {
				data = chainData(t, max(6, 2*kills))
			}
			report := func(name string) []string {
				if c.name != "ab" {
					return nil
				}
				return []string{"--report", filepath.Join(t.TempDir(), name)}
			}
			args := append(c.args, "--data", data, "--json")

			undisturbed := newScriptedModel(t)
			wholeReport := report("whole.json")
			code, whole, stderr := measuring(t, undisturbed, append(args, wholeReport...)...)
			if code != exitDone {
				t.Fatalf("exit code %d: %s", code, stderr)
			}

			wholeRequests := int(undisturbed.requests.Load())

			model := newScriptedModel(t)
			out := filepath.Join(t.TempDir(), "run.jsonl")
			for range kills {
				killAt(t, model, 1+random.IntN(max(1, wholeRequests/kills)), random.IntN(2) == 0, append(args, "--out", out)...)
			}
			againReport := report("again.json")
			code, again, stderr := measuring(t, model, append(append(args, "--out", out), againReport...)...)
			if code != exitDone {
				t.Fatalf("exit code %d: %s", code, stderr)
			}
			if got, want := withoutTimes(t, again), withoutTimes(t, whole); !reflect.DeepEqual(got, want) {
				t.Errorf("after %d kills the run reports\n%v\nan undisturbed one\n%v", kills, got, want)
			}
			requests, most := int(model.requests.Load()), wholeRequests+kills*c.most
			if requests < wholeRequests || requests > most {
				t.Errorf("%d requests, %d undisturbed, want at most %d", requests, wholeRequests, most)
			}
			t.Logf("%d requests, %d undisturbed", requests, wholeRequests)
			if c.name == "ab" {
				if got, want := withoutTimes(t, fileText(t, againReport[1])), withoutTimes(t, fileText(t, wholeReport[1])); !reflect.DeepEqual(got, want) {
					t.Errorf("after %d kills the report is\n%v\nthat of an undisturbed run\n%v", kills, got, want)
				}
			}
		})
	}
}

func fileText(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// killAt runs a command in a process of its own and kills it at the given
// request to the model, counted from now. It kills it while the command waits
// for the answer, or, if afterwards is set, when the answer arrives.
func killAt(t *testing.T, model *scriptedModel, request int, afterwards bool, args ...string) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, append(args, "--ollama-address", model.URL, "--model", "scripted:1",
		"--embedder", "none", "--rerank", "none", "--data-dir", t.TempDir())...)
	cmd.Args[0] = "selfrag" // TestMain runs main under this name
	temporary := t.TempDir()
	cmd.Env = append(os.Environ(), "TESTSCRIPT_COMMAND=selfrag", "TMPDIR="+temporary)
	var stderr strings.Builder
	cmd.Stdout, cmd.Stderr = io.Discard, &stderr

	reached, killed := make(chan struct{}), make(chan struct{})
	target := int(model.requests.Load()) + request
	model.onRequest(func(n int) func() {
		if n == target && !afterwards {
			close(reached)
		}
		if n >= target && !afterwards {
			<-killed // do not answer any more
		}
		return func() {
			if n == target && afterwards {
				close(reached)
			}
		}
	})
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case <-reached:
	case err := <-done:
		t.Fatalf("the run ended before request %d: %v: %s", request, err, stderr.String())
	}
	if err := cmd.Process.Kill(); err != nil && err != os.ErrProcessDone {
		t.Fatal(err)
	}
	close(killed)
	<-done
	model.onRequest(nil)
}
