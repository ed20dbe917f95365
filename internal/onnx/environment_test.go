//go:build onnx

package onnx

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// startVariable makes the test binary start ONNX Runtime from each library of
// its list and print what came of it: a process can start it only once.
const startVariable = "ONNX_TEST_START"

func TestMain(m *testing.M) {
	if list, ok := os.LookupEnv(startVariable); ok {
		for _, library := range strings.Split(list, ",") {
			version, path, err := Version(library)
			fmt.Printf("%s|%s|%v\n", version, path, err)
		}
		return
	}
	os.Exit(m.Run())
}

// startAll starts ONNX Runtime from each library in one new process and returns
// a line each: version|path|error.
func startAll(t *testing.T, environ []string, libraries ...string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), append(environ, startVariable+"="+strings.Join(libraries, ","))...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("the process failed: %v\n%s", err, out)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

func TestStart(t *testing.T) {
	library, err := FindLibrary("")
	if err != nil {
		t.Fatal(err)
	}
	if library == "" {
		t.Fatal("ONNX Runtime is not in the cache: run scripts/onnxruntime")
	}
	garbage := filepath.Join(folder(t, "garbage.so", []byte("no library")), "garbage.so")
	empty := "SELFRAG_CACHE=" + t.TempDir()

	for name, c := range map[string]struct {
		environ   []string
		libraries []string
		want      []string // a part of each line
	}{
		"found":              {nil, []string{""}, []string{"1.31.1|" + library + "|<nil>"}},
		"by the environment": {[]string{empty, LibraryVariable + "=" + library}, []string{""}, []string{library + "|<nil>"}},
		"absent":             {nil, []string{"/absent.so"}, []string{"ONNX Runtime is missing (/absent.so)"}},
		"garbage":            {nil, []string{garbage}, []string{"start ONNX Runtime from " + garbage}},
		"nowhere":            {[]string{empty, LibraryVariable + "=", "LD_LIBRARY_PATH="}, []string{""}, []string{"run `selfrag setup onnxruntime`"}},
		"a failed start is tried again": {nil, []string{garbage, library},
			[]string{"start ONNX Runtime from " + garbage, library + "|<nil>"}},
		"another one is refused": {nil, []string{library, garbage, library},
			[]string{"<nil>", "can run only one", "<nil>"}},
	} {
		t.Run(name, func(t *testing.T) {
			lines := startAll(t, c.environ, c.libraries...)
			if len(lines) != len(c.want) {
				t.Fatalf("got %q", lines)
			}
			for i, want := range c.want {
				if !strings.Contains(lines[i], want) {
					t.Errorf("start %d: got %q, want %q in it", i, lines[i], want)
				}
			}
		})
	}
}
