//go:build figures

package agent_test

import (
	"cmp"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"selfrag/eval"
	"selfrag/internal/onnx"
	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
	"selfrag/retrieval/sqlite"
)

// handbookSet is the data set whose replies are in the repository.
const handbookSet = "handbook"

// ablationSet is a data set to measure rules on.
type ablationSet struct {
	name       string
	questions  []eval.Query
	collection *sqlite.Collection
	recording  string // path of the recorded replies
}

// readAblationSet reads the demo handbook, or the first 20 questions of a data
// set in $SELFRAG_DATA or in shared/data beside the project. The recorded
// replies of such a data set are in the cache folder, because they quote texts
// of others. SELFRAG_QUESTIONS sets another number of questions; 0 means all.
func readAblationSet(t *testing.T, name string) ablationSet {
	t.Helper()
	if name == handbookSet {
		data := loadQuestions(t, filepath.Join("..", "examples", "handbook"), numberFrom(t, "SELFRAG_QUESTIONS", 0))
		return ablationSet{name, data.Queries, ingestHandbook(t), filepath.Join("testdata", "ablation.jsonl.gz")}
	}
	cache, err := onnx.CacheDir()
	if err != nil {
		t.Fatal(err)
	}
	root := cmp.Or(os.Getenv("SELFRAG_DATA"), filepath.Join("..", "..", "shared", "data"))
	data := loadQuestions(t, filepath.Join(root, name), numberFrom(t, "SELFRAG_QUESTIONS", 20))
	return ablationSet{name, data.Queries, ingestCorpus(t, data.Corpus), filepath.Join(cache, "recordings", "ablation-"+name+".jsonl.gz")}
}

func loadQuestions(t *testing.T, path string, first int) eval.Dataset {
	t.Helper()
	data, err := eval.LoadQA(path)
	if err != nil {
		t.Fatalf("%v: set SELFRAG_DATA to the folder of the data sets", err)
	}
	data.Queries = eval.Sample(data.Queries, first, 0)
	return data
}

// ingestCorpus ingests each document of a corpus.jsonl as one passage into a
// collection without vectors.
func ingestCorpus(t *testing.T, path string) *sqlite.Collection {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "selfrag.db"), sqlite.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	c, err := db.Create(t.Context(), "corpus", retrieval.EmbedderSpec{Model: "none"})
	if err != nil {
		t.Fatal(err)
	}
	in, err := ingest.New(c, nil, ingest.Config{Split: ingest.SplitNone})
	if err != nil {
		t.Fatal(err)
	}
	report, err := in.Run(t.Context(), []string{path}, nil)
	if err != nil || len(report.Failed) > 0 || report.Added == 0 {
		t.Fatalf("ingest %s: %+v, %v", path, report, err)
	}
	return c
}

// numberFrom reads a whole number from an environment variable.
func numberFrom(t *testing.T, variable string, otherwise int) int {
	t.Helper()
	value := os.Getenv(variable)
	if value == "" {
		return otherwise
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 {
		t.Fatalf("%s is %q: use a whole number", variable, value)
	}
	return n
}
