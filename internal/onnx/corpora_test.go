//go:build onnx && !notokenizers

package onnx

import (
	"bufio"
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// e5 is the default embedder's folder.
func e5(t testing.TB) string {
	t.Helper()
	dir, err := ModelDir("multilingual-e5-small")
	if err != nil {
		t.Fatal(err)
	}
	if !exists(filepath.Join(dir, "tokenizer.json")) {
		t.Fatalf("%s is not there: run scripts/multilingual-e5-small", dir)
	}
	return dir
}

// corpora are the texts of the data sets for measuring, as the default embedder
// gets them: those in SELFRAG_DATA, else in shared/data beside the project.
func corpora(t testing.TB) []string {
	t.Helper()
	root := cmp.Or(os.Getenv("SELFRAG_DATA"), filepath.Join("..", "..", "..", "shared", "data"))
	var out []string
	for _, set := range []string{"autorag-ko", "musique-100", "noveleval"} {
		for file, prompt := range map[string]string{"queries.jsonl": "query: ", "corpus.jsonl": "passage: "} {
			f, err := os.Open(filepath.Join(root, set, file))
			if err != nil {
				t.Fatalf("%v: set SELFRAG_DATA to the folder of the data sets", err)
			}
			lines := bufio.NewScanner(f)
			lines.Buffer(nil, 1<<24)
			for lines.Scan() {
				var d struct{ Title, Text string }
				if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
					t.Fatal(err)
				}
				out = append(out, prompt+strings.TrimSpace(d.Title+"\n"+d.Text))
			}
			if err := cmp.Or(lines.Err(), f.Close()); err != nil {
				t.Fatal(err)
			}
		}
	}
	return out
}

// The default embedder's tokens are those that Hugging Face's library makes of
// the same file, in odd texts and in real ones of both languages.
func TestTokensOfTheDefaultEmbedder(t *testing.T) {
	sameIDs(t, filepath.Join(e5(t), "tokenizer.json"), append(corpora(t), oddTexts...))
}
