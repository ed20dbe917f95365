package text

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestTermsOfACorpusStay checks that the terms of 720 Korean pages are those in
// stored indexes. It compares one hash for each ten pages, over every term in
// order.
func TestTermsOfACorpusStay(t *testing.T) {
	var got strings.Builder
	sum, n := sha256.New(), 0
	flush := func() {
		fmt.Fprintf(&got, "%d %x\n", n, sum.Sum(nil))
		sum.Reset()
	}
	for _, page := range corpus(t, "autorag-ko") {
		for _, term := range termsOf(page) {
			fmt.Fprintf(sum, "%s\n", term)
		}
		if n++; n%10 == 0 {
			flush()
		}
	}
	flush()
	golden := filepath.Join("testdata", "terms-autorag-ko.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(want), "\n") {
		if have := strings.Split(got.String(), "\n"); i >= len(have) || have[i] != line {
			t.Fatalf("the terms changed in the ten pages before page %s: collections that are stored would have to be ingested anew", strings.Fields(line)[0])
		}
	}
}

// corpus returns the texts of a data set in $SELFRAG_DATA, or in shared/data
// beside the repository.
func corpus(t *testing.T, name string) []string {
	t.Helper()
	root := os.Getenv("SELFRAG_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	content, err := os.ReadFile(filepath.Join(root, name, "corpus.jsonl"))
	if err != nil {
		t.Fatalf("this test reads the shared data; set SELFRAG_DATA to their folder: %v", err)
	}
	var out []string
	lines := bufio.NewScanner(bytes.NewReader(content))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var page struct{ Title, Text string }
		if err := json.Unmarshal(lines.Bytes(), &page); err != nil {
			t.Fatal(err)
		}
		out = append(out, page.Title+"\n"+page.Text)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
