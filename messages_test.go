package selfrag_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestMessagesNeedNoCheckout holds what the program says to what somebody with
// the program alone can follow: no text names a script, a target of the Makefile
// or a page of docs.
func TestMessagesNeedNoCheckout(t *testing.T) {
	makefile, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	var targets []string
	for _, m := range regexp.MustCompile(`(?m)^([a-z-]+):.*## `).FindAllStringSubmatch(string(makefile), -1) {
		targets = append(targets, m[1])
	}
	if len(targets) < 10 {
		t.Fatalf("the Makefile has the targets %q", targets)
	}
	checkout := regexp.MustCompile(`\bscripts/|\bmake (` + strings.Join(targets, "|") + `)\b|\bdocs/[a-z-]+(/[a-z-]+)*\.md\b|\bCONTRIBUTING\b`)
	for text, bad := range map[string]bool{
		"run scripts/onnxruntime": true, "build with `make build`": true, "see docs/service.md": true,
		"make the prompt": false, "selfrag ingest docs/": false, "'docs/**/*.md'": false,
	} {
		if checkout.MatchString(text) != bad {
			t.Errorf("%q is taken for a message that needs a checkout: %t", text, !bad)
		}
	}
	seen := 0
	err = filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			switch d.Name() {
			case ".git", ".ci", "bin", "deploy", "docs", "examples", "scripts", "shared", "testdata", "node_modules":
				return fs.SkipDir
			}
			return nil
		case strings.HasSuffix(path, "_test.go"):
			return nil
		case filepath.Ext(path) == ".go":
			seen++
			texts, err := literals(path)
			for _, text := range texts {
				if found := checkout.FindString(text); found != "" {
					t.Errorf("%s says %q: somebody without a checkout has no %s", path, text, found)
				}
			}
			return err
		case strings.Contains("serve prompts", strings.Split(path, string(filepath.Separator))[0]):
			content, err := os.ReadFile(path)
			if found := checkout.Find(content); found != nil {
				t.Errorf("%s names %s", path, found)
			}
			return err
		}
		return nil
	})
	if err != nil || seen < 300 {
		t.Errorf("read %d files of Go, %v", seen, err)
	}
}

// literals returns the strings of a file of Go, without its imports.
func literals(path string) ([]string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		return nil, err
	}
	var texts []string
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
				texts = append(texts, text)
			}
		}
		return true
	})
	return texts, nil
}
