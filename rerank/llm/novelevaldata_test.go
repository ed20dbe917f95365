//go:build onnx && integration && figures

package llm_test

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"selfrag/eval"
	"selfrag/internal/replay"
	"selfrag/ollama"
	"selfrag/rerank/late"
	"selfrag/retrieval"
	"selfrag/retrieval/embed"
	"selfrag/retrieval/sqlite"
)

// readQuestions reads the data set from SELFRAG_DATA, or from shared/data
// beside the project.
func readQuestions(t *testing.T) []question {
	t.Helper()
	dir := filepath.Join(cmp.Or(os.Getenv("SELFRAG_DATA"), filepath.Join("..", "..", "..", "shared", "data")), "noveleval")
	data, err := eval.Load(dir)
	if err != nil {
		t.Fatalf("%v: set SELFRAG_DATA to the folder of the data sets", err)
	}
	corpus, err := os.Open(data.Corpus)
	if err != nil {
		t.Fatal(err)
	}
	defer corpus.Close()
	var all []retrieval.Passage
	lines := bufio.NewScanner(corpus)
	for lines.Scan() {
		var row struct {
			ID          string `json:"_id"`
			Title, Text string
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatalf("%s: %v", data.Corpus, err)
		}
		all = append(all, retrieval.Passage{ID: row.ID, Title: row.Title, Text: row.Text})
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	var questions []question
	for _, q := range data.Queries {
		asked := question{text: q.Text, judged: data.Judgements[q.ID]}
		for _, p := range all {
			if _, judged := asked.judged[p.ID]; judged {
				asked.passages = append(asked.passages, p)
			}
		}
		if len(asked.passages) != 20 {
			t.Fatalf("question %s has %d passages, want 20", q.ID, len(asked.passages))
		}
		questions = append(questions, asked)
	}
	if len(questions) != 21 {
		t.Fatalf("%s has %d questions, want 21", dir, len(questions))
	}
	most := len(questions)
	if first := os.Getenv("SELFRAG_QUESTIONS"); first != "" {
		if most, err = strconv.Atoi(first); err != nil || most < 3 || most > len(questions) {
			t.Fatalf("SELFRAG_QUESTIONS is %q, want 3 to %d", first, len(questions))
		}
	}
	return questions[:most]
}

// searchScores returns the scores of BM25 over each question's 20 passages, and
// of late interaction over MiniLM's token vectors.
func searchScores(t *testing.T, questions []question) map[string]scored {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "selfrag.db"), sqlite.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	model, err := embed.NewONNX(embed.ONNXConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = model.Close() })
	maxSim, err := late.New(model, late.Config{})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]scored{}
	for i, q := range questions {
		collection, err := db.Create(t.Context(), fmt.Sprintf("q%d", i), retrieval.EmbedderSpec{Model: "none"})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range q.passages {
			doc := retrieval.Document{ID: p.ID, Source: p.ID, Text: p.Text}
			p.Document, p.Source, p.End = p.ID, p.ID, len([]rune(p.Text))
			if err := collection.Put(t.Context(), doc, []retrieval.Passage{p}, [][]float32{nil}); err != nil {
				t.Fatal(err)
			}
		}
		found, err := collection.Lexical(t.Context(), retrieval.Request{Text: q.text, K: len(q.passages)})
		if err != nil {
			t.Fatal(err)
		}
		near, err := maxSim.Rerank(t.Context(), q.text, append([]retrieval.Passage(nil), q.passages...))
		if err != nil {
			t.Fatal(err)
		}
		for name, ranked := range map[string][]retrieval.Passage{"BM25": found, "MaxSim": near} {
			score := map[string]float64{}
			for _, p := range ranked {
				score[p.ID] = p.Score
			}
			out[name] = append(out[name], score)
		}
	}
	return out
}

// keptClient returns a client of the server at OLLAMA_HOST. With SELFRAG_KEEP
// its answers are kept in a file for each model and way, and are read from it
// the next time.
func keptClient(t *testing.T, model, way string) *ollama.Client {
	t.Helper()
	cfg := ollama.Config{Model: model}
	if dir := os.Getenv("SELFRAG_KEEP"); dir != "" {
		server := &http.Transport{}
		name := strings.NewReplacer(":", "-", "/", "-").Replace(model + "." + way)
		transport, err := replay.OpenMode(filepath.Join(dir, name+".jsonl"), server, replay.Missing)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			server.CloseIdleConnections()
			if err := transport.Close(); err != nil {
				t.Error(err)
			}
		})
		cfg.Transport = transport
	}
	client, err := ollama.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}
