package ingest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"selfrag/retrieval"
)

// The passage that defines Word2Vec is the first that is found for a question
// in Korean, in whichever encoding the glossary is read.
func TestGlossaryInThreeEncodings(t *testing.T) {
	root := os.Getenv("SELFRAG_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	dir := filepath.Join(root, "appendix-keywords")
	raw, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	if err != nil {
		t.Fatalf("this test reads the shared data; set SELFRAG_DATA to their folder: %v", err)
	}
	var expected struct {
		Query string `json:"query"`
		Top   []struct {
			Contains string `json:"contains"`
		} `json:"expected_top"`
	}
	if err := json.Unmarshal(raw, &expected); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"utf8.txt", "cp949.txt", "euckr.txt"} {
		t.Run(file, func(t *testing.T) {
			c := newCollection(t)
			run(t, c, &hashEmbedder{}, Config{}, filepath.Join(dir, file))
			found, err := c.Lexical(t.Context(), retrieval.Request{Text: expected.Query, K: 3})
			if err != nil || len(found) == 0 {
				t.Fatalf("found %v, %v", found, err)
			}
			if want := expected.Top[0].Contains; !strings.Contains(found[0].Text, want) {
				t.Errorf("the first passage does not hold %q:\n%s", want, found[0].Text)
			}
		})
	}
}
