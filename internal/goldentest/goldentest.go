// Package goldentest compares what code makes of texts with golden files that hold
// both.
package goldentest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Texts runs a subtest for each file testdata/*.txt. made returns the content that
// the file should have, given the content that it has: it usually copies the lines
// of the input and writes the results anew. If update is set, Texts writes that
// content, and compares nothing. Fewer than two files fail the test, because English
// and Korean count the same.
func Texts(t *testing.T, update bool, made func(t *testing.T, content string) string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "*.txt"))
	if err != nil || len(files) < 2 {
		t.Fatalf("goldens: %v, %v", files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := made(t, string(content))
			if update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want := strings.Split(string(content), "\n")
			for i, line := range strings.Split(got, "\n") {
				if i >= len(want) || want[i] != line {
					t.Fatalf("line %d: got\n%s\nrun the test with -update if that is right", i+1, line)
				}
			}
			if got != string(content) {
				t.Error("the file has more lines than the test makes")
			}
		})
	}
}
