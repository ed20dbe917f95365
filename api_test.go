package selfrag_test

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the goldens of the public API anew")

// public are the packages whose API other programs build on.
var public = []string{"agent", "eval", "rerank", "retrieval", "serve", "session"}

// TestPublicAPI holds each public package to the API in testdata/api, so that no
// change of it goes unnoticed: not of a name, a type, a default nor a promise in a
// comment.
func TestPublicAPI(t *testing.T) {
	for _, pkg := range public {
		t.Run(pkg, func(t *testing.T) {
			got, err := exec.CommandContext(t.Context(), "go", "doc", "-all", module+pkg).Output()
			if err != nil {
				t.Fatalf("read the documentation: %v", err)
			}
			golden := filepath.Join("testdata", "api", pkg+".txt")
			if *update {
				if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != string(want) {
				t.Errorf("the API is not that of %s. If it is meant to change, `go test . -run PublicAPI -update` writes it anew, and git diff shows what other programs will see", golden)
			}
		})
	}
}
