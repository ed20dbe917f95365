package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"selfrag/internal/onnx"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"selfrag": main})
}

// TestScripts runs the scenarios that need no server and no model.
func TestScripts(t *testing.T) { runScripts(t, "testdata/script") }

// runScripts runs the scenarios of a folder. Besides testscript's own commands
// they have:
//
//	exits CODE ARGS...      runs selfrag and demands that exit code
//	await PATTERN ARGS...   runs selfrag until its output matches
//
// vars are additional environment variables, as "KEY=VALUE".
func runScripts(t *testing.T, dir string, vars ...string) {
	t.Helper()
	testscript.Run(t, testscript.Params{
		Dir: dir,
		Setup: func(env *testscript.Env) error {
			// The scenario has its own home and none of the caller's settings.
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("SELFRAG_DATA_DIR", filepath.Join(env.WorkDir, "data"))
			for _, key := range []string{"OLLAMA_HOST", "SELFRAG_ONNXRUNTIME"} {
				env.Setenv(key, os.Getenv(key))
			}
			cache, err := onnx.CacheDir()
			if err != nil {
				return err
			}
			env.Setenv("SELFRAG_CACHE", cache)
			// Ollama also speaks OpenAI's protocol.
			env.Setenv("OLLAMA_URL", "http://"+strings.TrimPrefix(cmp.Or(os.Getenv("OLLAMA_HOST"), "127.0.0.1:11434"), "http://"))
			env.Setenv("HANDBOOK", handbookDir(t))
			env.Setenv("PDFS", pdfDir(t))
			env.Vars = append(env.Vars, vars...)
			large := strings.Repeat("A line of a long text.\n", 1<<20/20)
			if err := os.WriteFile(filepath.Join(env.WorkDir, "large.txt"), []byte(large), 0o600); err != nil {
				return err
			}
			// A txtar archive cannot contain a binary file.
			return os.WriteFile(filepath.Join(env.WorkDir, "binary.txt"), []byte("PK\x00\x01\x02\xff\xfe\x00"), 0o600)
		},
		// [onnx] is true in a program that was built with ONNX Runtime.
		Condition: func(name string) (bool, error) {
			if name != "onnx" {
				return false, fmt.Errorf("unknown condition %q", name)
			}
			return onnx.Built, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "await": await},
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec("selfrag", args[1:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("run selfrag: %v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// longestAwait bounds how long a scenario waits for a condition.
const longestAwait = time.Minute

func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: await PATTERN ARGS...")
	}
	pattern, err := regexp.Compile(args[0])
	ts.Check(err)
	for end := time.Now().Add(longestAwait); ; {
		err := ts.Exec("selfrag", args[1:]...) // it may fail until the condition holds
		if out := ts.ReadFile("stdout"); err == nil && pattern.MatchString(out) {
			return
		}
		if time.Now().After(end) {
			ts.Fatalf("%s did not come within %s", args[0], longestAwait)
		}
	}
}

func handbookDir(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../examples/handbook")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func pdfDir(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../retrieval/ingest/testdata/pdf")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
