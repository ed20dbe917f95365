package ingest

import (
	"context"
	"errors"
	"hash/fnv"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"selfrag/internal/onnx"
	"selfrag/retrieval"
	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/pdf"
	"selfrag/retrieval/sqlite"
)

// pdfs is the reader of PDF files that the tests share: a start costs 0.1 s
// with what is in the cache, and 4 s without.
var pdfs = sync.OnceValue(func() *pdf.Reader { return pdf.New(pdf.Config{CacheDir: pdfCache()}) })

// pdfCache is where the compiled PDFium is kept; empty where there is no cache.
func pdfCache() string {
	dir, err := onnx.CacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "pdfium")
}

func readPDF(ctx context.Context, raw []byte, maxBytes int64) (content.Content, error) {
	return pdfBy(pdfs())(ctx, raw, maxBytes)
}

func TestMain(m *testing.M) {
	// TestKilled and TestReembedKilled start this binary again to have a process to
	// kill.
	if db := os.Getenv("REEMBED_TEST_DB"); db != "" {
		os.Exit(reembedInChild(db))
	}
	if db, folder := os.Getenv("INGEST_TEST_DB"), os.Getenv("INGEST_TEST_FOLDER"); db != "" {
		os.Exit(ingestInChild(db, folder))
	}
	goleak.VerifyTestMain(m)
}

// hashEmbedder is a fixture for the pipeline: a text's vector counts its
// bigrams, hashed. It tells apart texts that differ, no more.
type hashEmbedder struct {
	calls, texts atomic.Int64
	largest      atomic.Int64
	before       func(texts []string) error // called before each call, if set
}

const hashDimensions = 64

func (h *hashEmbedder) EmbedDocuments(ctx context.Context, texts []string) ([][]float32, error) {
	h.calls.Add(1)
	h.texts.Add(int64(len(texts)))
	h.largest.Store(max(h.largest.Load(), int64(len(texts))))
	if h.before != nil {
		if err := h.before(texts); err != nil {
			return nil, err
		}
	}
	vectors := make([][]float32, len(texts))
	for i, text := range texts {
		vectors[i], _ = h.EmbedQuery(ctx, text)
	}
	return vectors, ctx.Err()
}

func (h *hashEmbedder) EmbedQuery(_ context.Context, text string) ([]float32, error) {
	v := make([]float32, hashDimensions)
	runes := []rune(" " + text + " ")
	for i := 1; i < len(runes); i++ {
		sum := fnv.New32a()
		sum.Write([]byte(string(runes[i-1 : i+1])))
		v[sum.Sum32()%hashDimensions]++
	}
	return v, nil
}

func openCollection(ctx context.Context, path string) (*sqlite.DB, *sqlite.Collection, error) {
	db, err := sqlite.Open(ctx, path, sqlite.Config{})
	if err != nil {
		return nil, nil, err
	}
	c, err := db.Create(ctx, "test", retrieval.EmbedderSpec{Model: "test/hash", Dimensions: hashDimensions, Metric: "cosine"})
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return db, c, nil
}

func newCollection(tb testing.TB) *sqlite.Collection {
	tb.Helper()
	db, c, err := openCollection(tb.Context(), filepath.Join(tb.TempDir(), "selfrag.db"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return c
}

// writeFiles makes files, in folders as their names say.
func writeFiles(tb testing.TB, dir string, files map[string]string) {
	tb.Helper()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
}

func run(tb testing.TB, store Store, embedder Embedder, cfg Config, paths ...string) Report {
	tb.Helper()
	report, err := tryRun(tb.Context(), store, embedder, cfg, paths...)
	if err != nil {
		tb.Fatal(err)
	}
	return report
}

func tryRun(ctx context.Context, store Store, embedder Embedder, cfg Config, paths ...string) (Report, error) {
	in, err := New(store, embedder, cfg)
	if err != nil {
		return Report{}, err
	}
	return in.Run(ctx, paths, nil)
}
