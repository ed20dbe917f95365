package eval

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMetrics(t *testing.T) {
	judged := map[string]int{"a": 2, "b": 1, "c": 0, "d": 1}
	for _, tc := range []struct {
		name    string
		ranking []string
		k       int
		recall  float64
		ndcg    float64
	}{
		{"ideal", []string{"a", "b", "d", "c"}, 10, 1, 1},
		{"empty", nil, 10, 0, 0},
		{"irrelevant", []string{"c", "x"}, 10, 0, 0},
		// (1/log2(2) + 2/log2(4)) / (2/log2(2) + 1/log2(3))
		{"cut at two", []string{"b", "x", "a"}, 2, 1.0 / 3, 1 / (2 + 1/math.Log2(3))},
		{"third first", []string{"b", "x", "a"}, 3, 2.0 / 3, 2 / (2 + 1/math.Log2(3) + 0.5)},
	} {
		if got := RecallAt(tc.k, tc.ranking, judged); math.Abs(got-tc.recall) > 1e-12 {
			t.Errorf("%s: recall is %v, want %v", tc.name, got, tc.recall)
		}
		if got := NDCGAt(tc.k, tc.ranking, judged); math.Abs(got-tc.ndcg) > 1e-12 {
			t.Errorf("%s: nDCG is %v, want %v", tc.name, got, tc.ndcg)
		}
	}
	if RecallAt(5, []string{"c"}, map[string]int{"c": 0}) != 0 || NDCGAt(5, []string{"c"}, map[string]int{"c": 0}) != 0 {
		t.Error("nothing relevant is not 0")
	}
}

func TestLoadAndMeasure(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("corpus.jsonl", `{"_id":"d1","text":"x"}`)
	write("queries.jsonl", "{\"_id\":\"q1\",\"text\":\"one\"}\n\n{\"_id\":\"q2\",\"text\":\"둘\"}\n")
	write("qrels.tsv", "query-id\tcorpus-id\tscore\r\nq1\td1\t1\r\n")
	d, err := Load(dir)
	if err != nil || len(d.Queries) != 2 || d.Judgements["q1"]["d1"] != 1 {
		t.Fatalf("got %+v, %v", d, err)
	}
	digest := func() string {
		t.Helper()
		d, err := Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		sum, err := d.Digest()
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	before := digest()
	write("corpus.jsonl", `{"_id":"d1","text":"y"}`)
	if digest() == before {
		t.Error("other documents have the same digest")
	}
	scores, err := Retrieval(t.Context(), d, func(context.Context, string) ([]string, error) { return []string{"x", "d1"}, nil }, nil)
	if err != nil || scores.Queries != 1 || scores.Recall5 != 1 || math.Abs(scores.NDCG10-1/math.Log2(3)) > 1e-12 {
		t.Errorf("got %+v, %v", scores, err)
	}
	// BEIR's own data sets have one file of judgements per split.
	if err := os.Mkdir(filepath.Join(dir, "qrels"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, "qrels.tsv"), filepath.Join(dir, "qrels", "test.tsv")); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(t.TempDir()); err == nil {
		t.Error("an empty folder is a data set")
	}
	if beir, err := Load(dir); err != nil || beir.Judgements["q1"]["d1"] != 1 || len(beir.Judged()) != 1 {
		t.Errorf("got %+v, %v", beir, err)
	}
	if err := os.Remove(filepath.Join(dir, "qrels", "test.tsv")); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), "holds no judgements: it needs qrels.tsv or ") {
		t.Errorf("without judgements: %v", err)
	}
	write("qrels.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t1\n")
	for _, tc := range []struct{ file, content, want string }{
		{"qrels.tsv", "h\nq1\td1\n", "line 2: 2 fields"},
		{"qrels.tsv", "h\nq1\td1\tyes\n", `score "yes"`},
		{"queries.jsonl", "{\n", "line 1"},
		{"queries.jsonl", "{\"text\":\"x\"}\n", `needs "_id"`},
	} {
		old, err := os.ReadFile(filepath.Join(dir, tc.file))
		if err != nil {
			t.Fatal(err)
		}
		write(tc.file, tc.content)
		if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s with %q: got %v", tc.file, tc.content, err)
		}
		write(tc.file, string(old))
	}
}

func TestLoadQAReadsWhatAQuestionSaysOfItself(t *testing.T) {
	path := filepath.Join(t.TempDir(), "q.jsonl")
	lines := `{"_id": "1", "text": "How long?", "answers": ["3 days"], "evidence": [{"source": "a.md", "quote": "3 days"}, {"source": "b.md"}, {"source": "a.md"}], "review": "kept"}
{"_id": "2", "text": "누가?", "answers": ["아나"], "review": "dropped"}
{"_id": "3", "text": "Why?", "answers": [], "review": "open"}
{"_id": "4", "text": "When?", "answers": ["now"], "evidence": "another data set's text"}
`
	if err := os.WriteFile(path, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := LoadQA(path)
	if err != nil || len(d.Queries) != 2 || d.Queries[0].Review != ReviewKept || d.Queries[1].ID != "4" {
		t.Fatalf("got %+v, %v", d.Queries, err)
	}
	if len(d.Judgements) != 1 || len(d.Judgements["1"]) != 2 || d.Judgements["1"]["b.md"] != 1 {
		t.Errorf("got %v", d.Judgements)
	}
}
