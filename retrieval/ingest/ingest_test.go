package ingest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"selfrag/retrieval"
)

func TestRunAgain(t *testing.T) {
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{
		"a.md": "# 여비 규정\n\n출장비는 하루 5만원이다.", "b.txt": strings.Repeat("The gate opens at high water. ", 60),
		"c.jsonl": `{"_id":"1","text":"one"}` + "\n" + `{"_id":"2","text":"two"}`, "picture.png": "x",
	})
	c, embedder := newCollection(t), &hashEmbedder{}
	first := run(t, c, embedder, Config{}, dir)
	if first.Added != 4 || first.Passages < 6 || first.Updated+first.Unchanged+len(first.Failed) != 0 || first.Skipped != 1 || first.Elapsed <= 0 {
		t.Errorf("the first run reports %+v", first)
	}
	embedded := embedder.texts.Load()
	if again := run(t, c, embedder, Config{}, dir); again.Unchanged != 4 || again.Added+again.Updated+again.Passages != 0 {
		t.Errorf("the second run reports %+v", again)
	}
	if embedder.texts.Load() != embedded {
		t.Error("unchanged documents were embedded again")
	}
	writeFiles(t, dir, map[string]string{"a.md": "# 여비 규정\n\n출장비는 하루 7만원이다."})
	if changed := run(t, c, embedder, Config{}, dir); changed.Updated != 1 || changed.Unchanged != 3 {
		t.Errorf("after a change: %+v", changed)
	}
	if resplit := run(t, c, embedder, Config{ChunkSize: 200}, dir); resplit.Updated != 4 {
		t.Errorf("with another chunk size: %+v", resplit)
	}
	whole := run(t, c, embedder, Config{Split: SplitNone}, dir)
	if whole.Updated != 4 || whole.Passages != 4 {
		t.Errorf("without splitting: %+v", whole)
	}
	docs, err := c.Documents(t.Context())
	if err != nil || len(docs) != 4 {
		t.Fatalf("got %+v, %v", docs, err)
	}
	// What a passage says it is, it is.
	found, err := c.Lexical(t.Context(), retrieval.Request{Text: "7만원", K: 5})
	if err != nil || len(found) != 1 || found[0].Title != "여비 규정" || found[0].Metadata[retrieval.Heading] != "여비 규정" || found[0].Metadata[retrieval.Modified] == nil {
		t.Fatalf("got %+v, %v", found, err)
	}
	text, err := c.Text(t.Context(), found[0].Document, found[0].Source)
	if err != nil || string([]rune(text)[found[0].Start:found[0].End]) != found[0].Text {
		t.Errorf("got %q, %v", text, err)
	}
	if found, err = c.Lexical(t.Context(), retrieval.Request{Text: "two", K: 5}); err != nil || found[0].Metadata["_id"] != "2" {
		t.Errorf("got %+v, %v", found, err)
	}
}

// Each thing that cannot be ingested is named with its reason; the rest goes
// in.
func TestRunNamesFailures(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	writeFiles(t, dir, map[string]string{
		"docs/binary.txt": "\x00\x01\x02", "docs/blank.md": " \n\n ", "docs/empty.txt": "", "docs/empty.html": "<nav>menu</nav>",
		"docs/good.md": "good", "docs/large.txt": strings.Repeat("x", 2000), "docs/lines.jsonl": "{\"text\":\"good\"}\nbad\n",
		"docs/zz-vanishes.txt": "soon gone", "odd.xyz": "x",
	})
	embedder := &hashEmbedder{before: func([]string) error {
		if err := os.Remove("docs/zz-vanishes.txt"); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		return nil
	}}
	// A batch of one, so that the first call comes before the last file is read.
	report := run(t, newCollection(t), embedder, Config{MaxBytes: 1000, Batch: 1}, "docs", "odd.xyz", "missing.md")
	want := map[string]string{
		"docs/binary.txt": "not a text file", "docs/blank.md": "empty", "docs/empty.txt": "empty", "docs/empty.html": "empty",
		"docs/large.txt": "larger than 1000 bytes", "docs/lines.jsonl#line 2": "not a JSON object",
		"docs/zz-vanishes.txt": "no such file", "odd.xyz": "unknown file type", "missing.md": "no such file",
	}
	if report.Added != 2 || len(report.Failed) != len(want) {
		t.Errorf("got %+v", report)
	}
	for _, f := range report.Failed {
		if w, ok := want[f.Source]; !ok || !strings.Contains(f.Err.Error(), w) {
			t.Errorf("%s: %v, want %q", f.Source, f.Err, w)
		}
	}
}

func TestRunBatches(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{"0.txt": strings.Repeat("word ", 5000)} // far more than a batch
	for i := range 30 {
		files[fmt.Sprintf("%02d.md", i+1)] = fmt.Sprint("small ", i)
	}
	writeFiles(t, dir, files)
	embedder := &hashEmbedder{}
	report := run(t, newCollection(t), embedder, Config{Batch: 10}, dir)
	large := report.Passages - 30
	if calls, want := int(embedder.calls.Load()), (large+9)/10+3; calls != want || embedder.largest.Load() != 10 {
		t.Errorf("%d calls of up to %d texts, want %d of 10", calls, embedder.largest.Load(), want)
	}
}

func TestProgress(t *testing.T) {
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"a.md": "aa", "b.md": "", "c.jsonl": "{\"text\":\"x\"}\n{}\n", "d.txt": "dddd"})
	in, err := New(newCollection(t), &hashEmbedder{}, Config{})
	if err != nil {
		t.Fatal(err)
	}
	outcomes := map[Outcome]int{}
	var last Event
	report, err := in.Run(t.Context(), []string{dir}, func(e Event) {
		outcomes[e.Outcome]++
		if e.DoneBytes < last.DoneBytes || e.DoneBytes > e.TotalBytes || (e.Err != nil) != (e.Outcome == Failed) {
			t.Errorf("%+v after %+v", e, last)
		}
		last = e
	})
	if err != nil {
		t.Fatal(err)
	}
	if last.DoneBytes != last.TotalBytes || outcomes[Added] != report.Added || outcomes[Failed] != len(report.Failed) || report.Added != 3 || len(report.Failed) != 2 {
		t.Errorf("ended with %+v, %v, %+v", last, outcomes, report)
	}
}

func TestRunWithBadEmbedder(t *testing.T) {
	down := errors.New("connection refused")
	nan := func(texts []string) [][]float32 {
		vectors := make([][]float32, len(texts))
		for i, text := range texts {
			vectors[i] = make([]float32, hashDimensions)
			vectors[i][0] = 1
			if strings.Contains(text, "poison") {
				vectors[i][0] = float32(math.NaN())
			}
		}
		return vectors
	}
	refusePoison := func(texts []string) ([][]float32, error) {
		if slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(s, "poison") }) {
			return nil, errors.New("input too long")
		}
		return nan(texts), nil
	}
	calls := 0
	tests := []struct {
		name          string
		embed         func(texts []string) ([][]float32, error)
		fatal         string
		added, failed int
	}{
		{"down", func([]string) ([][]float32, error) { return nil, down }, "connection refused", 0, 2},
		{"one document is refused", refusePoison, "", 9, 1},
		{"one document gets no direction", func(texts []string) ([][]float32, error) { return nan(texts), nil }, "", 9, 1},
		{"too few vectors", func(texts []string) ([][]float32, error) { return nan(texts[1:]), nil }, "gave 0 vectors for 1 texts", 0, 2},
		{"goes down", func(texts []string) ([][]float32, error) {
			if calls++; calls > 1 {
				return nil, down
			}
			return nan(texts), nil
		}, "connection refused", 4, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			files := map[string]string{"5.md": "poison"}
			for _, i := range []int{0, 1, 2, 3, 4, 6, 7, 8, 9} {
				files[fmt.Sprintf("%d.md", i)] = fmt.Sprint("fine ", i)
			}
			writeFiles(t, dir, files)
			report, err := tryRun(t.Context(), newCollection(t), embedFunc(tt.embed), Config{Batch: 4}, dir)
			if (err == nil) != (tt.fatal == "") || err != nil && !strings.Contains(err.Error(), tt.fatal) {
				t.Errorf("got %v, want %q", err, tt.fatal)
			}
			if report.Added != tt.added || len(report.Failed) != tt.failed {
				t.Errorf("got %+v", report)
			}
		})
	}
	// However few documents there are, an embedder that is down is no fault of
	// theirs.
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"one.md": "one"})
	embed := embedFunc(func([]string) ([][]float32, error) { return nil, down })
	if _, err := tryRun(t.Context(), newCollection(t), embed, Config{}, dir); !errors.Is(err, down) {
		t.Errorf("got %v", err)
	}
}

type embedFunc func(texts []string) ([][]float32, error)

func (f embedFunc) EmbedDocuments(_ context.Context, texts []string) ([][]float32, error) {
	return f(texts)
}

// failingStore fails like a disk that is full.
type failingStore struct {
	Store
	lookup, put error
}

func (s failingStore) Document(ctx context.Context, source string) (retrieval.Document, bool, error) {
	if s.lookup != nil {
		return retrieval.Document{}, false, s.lookup
	}
	return s.Store.Document(ctx, source)
}

func (s failingStore) Put(context.Context, retrieval.Document, []retrieval.Passage, [][]float32) error {
	return s.put
}

func TestRunWithBadStore(t *testing.T) {
	dir := t.TempDir()
	for i := range 5 {
		writeFiles(t, dir, map[string]string{fmt.Sprintf("%d.md", i): "text"})
	}
	full := errors.New("disk is full")
	for name, store := range map[string]Store{
		"reading": failingStore{Store: newCollection(t), lookup: full},
		"writing": failingStore{Store: newCollection(t), put: full},
	} {
		if report, err := tryRun(t.Context(), store, &hashEmbedder{}, Config{}, dir); !errors.Is(err, full) || report.Added != 0 {
			t.Errorf("%s: got %+v, %v", name, report, err)
		}
	}
}

// Cancelled in the middle, a run keeps what was stored, and the next one goes
// on from there.
func TestRunCancelled(t *testing.T) {
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(5, 6))
	for i := range 40 {
		writeFiles(t, dir, map[string]string{fmt.Sprintf("%02d.md", i): prose(r, 900)})
	}
	c := newCollection(t)
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	embedder := &hashEmbedder{before: func([]string) error {
		if calls++; calls == 4 {
			cancel()
		}
		return nil
	}}
	report, err := tryRun(ctx, c, embedder, Config{Batch: 8}, dir)
	if !errors.Is(err, context.Canceled) || report.Added == 0 || report.Added == 40 || len(report.Failed) > 0 {
		t.Fatalf("got %+v, %v", report, err)
	}
	info, err := c.Info(t.Context())
	if err != nil || info.Documents != report.Added || info.Passages != report.Passages {
		t.Errorf("stored %+v, %v; reported %+v", info, err, report)
	}
	if rest := run(t, c, &hashEmbedder{}, Config{Batch: 8}, dir); rest.Unchanged != report.Added || rest.Added != 40-report.Added {
		t.Errorf("the next run reports %+v", rest)
	}
	undisturbed := newCollection(t)
	run(t, undisturbed, &hashEmbedder{}, Config{Batch: 8}, dir)
	compareCollections(t, c, undisturbed)
}

// Two runs over the same files at once leave what one leaves.
func TestRunTwiceAtOnce(t *testing.T) {
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(7, 8))
	for i := range 30 {
		writeFiles(t, dir, map[string]string{fmt.Sprintf("%02d.md", i): prose(r, 700)})
	}
	path := filepath.Join(t.TempDir(), "selfrag.db")
	g, ctx := errgroup.WithContext(t.Context())
	for range 2 {
		g.Go(func() error {
			db, c, err := openCollection(ctx, path)
			if err != nil {
				return err
			}
			defer db.Close()
			report, err := tryRun(ctx, c, &hashEmbedder{}, Config{Batch: 4}, dir)
			if len(report.Failed) > 0 {
				err = errors.Join(err, report.Failed[0].Err)
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	db, c, err := openCollection(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	one := newCollection(t)
	run(t, one, &hashEmbedder{}, Config{}, dir)
	compareCollections(t, c, one)
}

// The glossary, from file to two-stage search.
func TestHybridSearch(t *testing.T) {
	c, embedder := newCollection(t), &hashEmbedder{}
	report := run(t, c, embedder, Config{}, sharedData(t, "appendix-keywords", "cp949.txt"))
	if report.Added != 1 || report.Passages != 15 {
		t.Fatalf("got %+v", report)
	}
	for _, mode := range []retrieval.Mode{retrieval.Hybrid, retrieval.Dense, retrieval.Lexical} {
		search, err := retrieval.New(c, embedder, nil, retrieval.Config{Mode: mode})
		if err != nil {
			t.Fatal(err)
		}
		res, err := search.Search(t.Context(), "Word2Vec은 단어를 벡터 공간에 매핑")
		if err != nil || len(res.Passages) != 5 || !strings.Contains(res.Passages[0].Text, "Word2Vec은 단어를 벡터 공간에 매핑") {
			t.Errorf("%s: got %+v, %v", mode, res.Passages, err)
		}
		if best := res.Passages[0]; (best.Dense == nil) != (mode == retrieval.Lexical) || (best.Lexical == nil) != (mode == retrieval.Dense) {
			t.Errorf("%s: scores of the stages are %v and %v", mode, best.Dense, best.Lexical)
		}
	}
}

func TestConfig(t *testing.T) {
	for _, cfg := range []Config{
		{Split: "by moon"}, {ChunkSize: -1}, {ChunkSize: 10, Overlap: 10}, {Split: SplitParent, ParentSize: 100}, {Overlap: -2}, {Batch: -1}, {MaxBytes: -1},
	} {
		if _, err := New(newCollection(t), &hashEmbedder{}, cfg); err == nil {
			t.Errorf("%+v was taken", cfg)
		}
	}
	for want, cfg := range map[string]Config{
		"parent 2000/500/100": {Split: SplitParent}, "sentence@2 500/100": {Split: SplitSentence},
		"recursive 500/100": {}, "recursive 50/10": {ChunkSize: 50}, "recursive 500/0": {Overlap: NoOverlap}, "none": {Split: SplitNone},
	} {
		full, err := cfg.withDefaults()
		if err != nil || full.splitting() != want {
			t.Errorf("%+v splits %q, %v, want %q", cfg, full.splitting(), err, want)
		}
	}
}
