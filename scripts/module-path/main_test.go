package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheckPath(t *testing.T) {
	for path, good := range map[string]bool{
		"github.com/me/selfrag": true, "example.org/selfrag/v2": true,
		"": false, "selfrag": false, "selfrag/agent": false, "github.com/": false, "github.com//x": false, "github.com/a b": false, "github.com/../x": false,
	} {
		if err := checkPath(path); (err == nil) != good {
			t.Errorf("%q: got %v", path, err)
		}
	}
}

// Imports and go.mod change. Other texts stay, but for the packages that the
// tests at the root name.
func TestRename(t *testing.T) {
	dir := t.TempDir()
	files := map[string][2]string{
		"go.mod":               {"module selfrag\n\ngo 1.26.0\n", "module example.org/me/rag\n\ngo 1.26.0\n"},
		"agent/a.go":           {"package agent\n\nimport (\n\tr \"selfrag/retrieval\"\n\t_ \"selfragged\"\n)\n\nconst name = \"selfrag/agent\" // selfrag/agent\n", "package agent\n\nimport (\n\tr \"example.org/me/rag/retrieval\"\n\t_ \"selfragged\"\n)\n\nconst name = \"selfrag/agent\" // selfrag/agent\n"},
		"root_test.go":         {"package selfrag_test\n\nconst module = \"selfrag/\"\n\nvar s = \"selfrag\"\n", "package selfrag_test\n\nconst module = \"example.org/me/rag/\"\n\nvar s = \"selfrag\"\n"},
		"a/testdata/broken.go": {"import \"selfrag/x\"", "import \"selfrag/x\""},
		"other/go.mod":         {"module other\n", "module other\n"},
		"other/o.go":           {"package other\n\nimport \"selfrag/x\"\n", "package other\n\nimport \"selfrag/x\"\n"},
		"README.md":            {"selfrag/agent", "selfrag/agent"},
	}
	for name, c := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(c[0]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []int{3, 0} { // the second time there is nothing to do
		if n, err := rename(dir, "example.org/me/rag"); err != nil || n != want {
			t.Errorf("%d files, %v; want %d", n, err, want)
		}
	}
	for name, c := range files {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != c[1] {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if code := run([]string{"selfrag"}); code != 2 {
		t.Errorf("a path without a host: exit code %d", code)
	}
	if code := run([]string{"example.org/x", filepath.Join(dir, "nowhere")}); code != 1 {
		t.Errorf("no folder: exit code %d", code)
	}
}

// A copy of this module builds under another path: the packages that a program
// embeds, and the program of the example.
func TestRenamedCopyBuilds(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles the core packages anew")
	}
	dir := t.TempDir()
	list := exec.Command("git", "ls-files", "--", "go.mod", "go.sum", "*.go", "prompts", "retrieval", "rerank", "agent", ":!*testdata*", ":!*_test.go")
	list.Dir = filepath.Join("..", "..")
	names, err := list.Output()
	if err != nil {
		t.Fatalf("list the files of the checkout: %v", err)
	}
	for name := range strings.Lines(string(names)) {
		name = strings.TrimSpace(name)
		content, err := os.ReadFile(filepath.Join(list.Dir, name))
		if os.IsNotExist(err) {
			continue // removed, and not yet committed
		}
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if code := run([]string{"example.org/me/rag", dir}); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	vet := exec.Command("go", "vet", "./agent/...", "./retrieval", "./rerank", "./eval", "./examples/embed")
	vet.Dir = dir
	vet.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=mod", "GOWORK=off")
	if out, err := vet.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
