//go:build onnx

package late_test

import (
	"cmp"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"selfrag/rerank/late"
	"selfrag/retrieval"
	"selfrag/retrieval/embed"
)

// TestNovelEval checks the quality of MaxSim over the token vectors of
// all-MiniLM-L6-v2 on NovelEval (Sun et al., arXiv 2304.09542): 21 questions
// about events after the model was trained, each with 20 passages graded 0 to
// 2. The cosine of the same model's sentence vectors reaches 0.741.
func TestNovelEval(t *testing.T) {
	const want = 0.75 // measured: 0.761
	model, err := embed.NewONNX(embed.ONNXConfig{Model: "all-minilm-l6-v2"})
	if err != nil {
		t.Fatal(err)
	}
	defer model.Close()
	reranker, err := late.New(model, late.Config{})
	if err != nil {
		t.Fatal(err)
	}
	questions := novelEval(t)
	var mean float64
	for _, q := range questions {
		ranked, err := reranker.Rerank(t.Context(), q.text, q.passages)
		if err != nil {
			t.Fatal(err)
		}
		if len(ranked) != len(q.passages) {
			t.Fatalf("%q: %d of %d passages came back", q.text, len(ranked), len(q.passages))
		}
		grades := make([]float64, len(ranked))
		for i, p := range ranked {
			grades[i] = q.grades[p.ID]
		}
		mean += ndcg10(grades) / float64(len(questions))
	}
	t.Logf("nDCG@10 is %.4f", mean)
	if mean < want {
		t.Errorf("nDCG@10 is %.4f, want at least %.2f", mean, want)
	}
}

// ndcg10 returns the nDCG@10 of graded passages in ranked order, with the grade
// as gain, as in trec_eval and BEIR.
func ndcg10(ranked []float64) float64 {
	dcg := func(grades []float64) (sum float64) {
		for i, g := range grades[:min(10, len(grades))] {
			sum += g / math.Log2(float64(i+2))
		}
		return sum
	}
	ideal := slices.Sorted(slices.Values(ranked))
	slices.Reverse(ideal)
	return dcg(ranked) / dcg(ideal)
}

type question struct {
	text     string
	passages []retrieval.Passage
	grades   map[string]float64 // by passage id
}

// novelEval reads the data set from SELFRAG_DATA, or from shared/data beside
// the project.
func novelEval(t *testing.T) []question {
	t.Helper()
	dir := filepath.Join(cmp.Or(os.Getenv("SELFRAG_DATA"), filepath.Join("..", "..", "..", "shared", "data")), "noveleval")
	type row struct {
		ID          string `json:"_id"`
		Title, Text string
	}
	rows := func(name string) (out []row) {
		for _, line := range lines(t, filepath.Join(dir, name)) {
			var r row
			if err := json.Unmarshal([]byte(line), &r); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			out = append(out, r)
		}
		return out
	}
	passages := map[string]retrieval.Passage{}
	for _, r := range rows("corpus.jsonl") {
		passages[r.ID] = retrieval.Passage{ID: r.ID, Title: r.Title, Text: r.Text}
	}
	var questions []question
	position := map[string]int{}
	for _, r := range rows("queries.jsonl") {
		position[r.ID] = len(questions)
		questions = append(questions, question{text: r.Text, grades: map[string]float64{}})
	}
	for _, line := range lines(t, filepath.Join(dir, "qrels.tsv"))[1:] {
		f := strings.Split(line, "\t")
		grade, err := strconv.ParseFloat(f[2], 64)
		if err != nil {
			t.Fatal(err)
		}
		q := &questions[position[f[0]]]
		q.passages = append(q.passages, passages[f[1]])
		q.grades[f[1]] = grade
	}
	if len(questions) != 21 {
		t.Fatalf("%s has %d questions, want 21", dir, len(questions))
	}
	return questions
}

func lines(t *testing.T, path string) []string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: set SELFRAG_DATA to the folder of the data sets", err)
	}
	return strings.Split(strings.TrimSpace(string(data)), "\n")
}
