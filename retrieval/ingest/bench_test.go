//go:build onnx

package ingest

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"selfrag/retrieval/embed"
	"selfrag/retrieval/sqlite"
)

// keeping is an embedder that keeps what it was asked for.
type keeping struct {
	Embedder
	calls [][]string
}

func (k *keeping) EmbedDocuments(ctx context.Context, texts []string) ([][]float32, error) {
	k.calls = append(k.calls, texts)
	return k.Embedder.EmbedDocuments(ctx, texts)
}

// BenchmarkIngest compares a run from file to store with the embedder alone
// on the same passages: the metric "of-bare" is the rate of the first as a
// share of the second's. The documents are those of MuSiQue, a file each. The
// two take turns, so that what else the machine does strikes both.
func BenchmarkIngest(b *testing.B) {
	embedder, err := embed.NewONNX(embed.ONNXConfig{})
	if err != nil {
		b.Fatal(err)
	}
	defer embedder.Close()
	dir := b.TempDir()
	in, err := os.Open(sharedData(b, "musique-100", "corpus.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	defer in.Close()
	lines := bufio.NewScanner(in)
	for n := 0; n < 100 && lines.Scan(); n++ {
		var document struct {
			ID    string `json:"_id"`
			Title string
			Text  string
		}
		if err := json.Unmarshal(lines.Bytes(), &document); err != nil {
			b.Fatal(err)
		}
		writeFiles(b, dir, map[string]string{document.ID + ".md": "# " + document.Title + "\n\n" + document.Text})
	}
	var whole, bare time.Duration
	passages := 0
	for b.Loop() {
		db, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "bench.db"), sqlite.Config{})
		if err != nil {
			b.Fatal(err)
		}
		c, err := db.Create(b.Context(), "bench", embedder.Spec())
		if err != nil {
			b.Fatal(err)
		}
		kept := &keeping{Embedder: embedder}
		report := run(b, c, kept, Config{}, dir)
		whole += report.Elapsed
		passages += report.Passages
		begin := time.Now()
		for _, texts := range kept.calls {
			if _, err := embedder.EmbedDocuments(b.Context(), texts); err != nil {
				b.Fatal(err)
			}
		}
		bare += time.Since(begin)
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(bare.Seconds()/whole.Seconds(), "of-bare")
	b.ReportMetric(float64(passages)/whole.Seconds(), "passages/s")
	b.ReportMetric(0, "ns/op")
}
