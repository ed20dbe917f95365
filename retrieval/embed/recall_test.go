//go:build onnx

package embed

import (
	"bufio"
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"selfrag/retrieval"
)

// TestONNXRecall holds dense search over 1,890 passages to its known quality:
// of the passages that a multi-hop question of MuSiQue needs, the share among
// the first 5, averaged over 100 questions.
func TestONNXRecall(t *testing.T) {
	const known, tolerance = 0.622, 0.007
	passages, questions := musique(t)
	o := newONNX(t)
	texts := make([]string, len(passages))
	for i, p := range passages {
		texts[i] = p.Searchable()
	}
	vectors, err := o.EmbedDocuments(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	var recall float64
	for _, q := range questions {
		query, err := o.EmbedQuery(t.Context(), q.text)
		if err != nil {
			t.Fatal(err)
		}
		ranked := make([]retrieval.Passage, len(passages))
		for i, p := range passages {
			for j, x := range vectors[i] {
				p.Score += float64(x) * float64(query[j])
			}
			ranked[i] = p
		}
		retrieval.SortByScore(ranked)
		found := 0
		for _, p := range ranked[:5] {
			if slices.Contains(q.needs, p.ID) {
				found++
			}
		}
		recall += float64(found) / float64(len(q.needs)) / float64(len(questions))
	}
	t.Logf("recall@5 is %.3f over %d questions", recall, len(questions))
	if recall < known-tolerance {
		t.Errorf("recall@5 is %.3f, known is %.3f", recall, known)
	}
}

type question struct {
	text  string
	needs []string // ids of passages
}

// musique reads the data set from SELFRAG_DATA, else from shared/data beside
// the project.
func musique(t *testing.T) ([]retrieval.Passage, []question) {
	t.Helper()
	dir := filepath.Join(cmp.Or(os.Getenv("SELFRAG_DATA"), filepath.Join("..", "..", "..", "shared", "data")), "musique-100")
	var passages []retrieval.Passage
	for _, line := range lines(t, filepath.Join(dir, "corpus.jsonl")) {
		var row struct {
			ID          string `json:"_id"`
			Title, Text string
		}
		decode(t, line, &row)
		passages = append(passages, retrieval.Passage{ID: row.ID, Title: row.Title, Text: row.Text})
	}
	needs := map[string][]string{}
	for _, line := range lines(t, filepath.Join(dir, "qrels.tsv"))[1:] {
		if f := strings.Split(line, "\t"); f[2] != "0" {
			needs[f[0]] = append(needs[f[0]], f[1])
		}
	}
	var questions []question
	for _, line := range lines(t, filepath.Join(dir, "queries.jsonl")) {
		var row struct {
			ID   string `json:"_id"`
			Text string
		}
		decode(t, line, &row)
		questions = append(questions, question{row.Text, needs[row.ID]})
	}
	if len(passages) != 1890 || len(questions) != 100 {
		t.Fatalf("%s has %d passages and %d questions, want 1890 and 100", dir, len(passages), len(questions))
	}
	return passages, questions
}

func lines(t *testing.T, path string) []string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatalf("%v: set SELFRAG_DATA to the folder of the data sets", err)
	}
	defer f.Close()
	var out []string
	s := bufio.NewScanner(f)
	s.Buffer(nil, 16<<20)
	for s.Scan() {
		out = append(out, s.Text())
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func decode(t *testing.T, line string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(line), into); err != nil {
		t.Fatal(err)
	}
}
