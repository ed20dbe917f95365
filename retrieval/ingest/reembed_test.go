package ingest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"selfrag/retrieval"
	"selfrag/retrieval/sqlite"
	"selfrag/retrieval/storetest"
)

// otherEmbedder makes vectors of as many dimensions as hashEmbedder and in other
// directions.
type otherEmbedder struct{ hashEmbedder }

func (o *otherEmbedder) EmbedDocuments(ctx context.Context, texts []string) ([][]float32, error) {
	reversed := make([]string, len(texts))
	for i, text := range texts {
		reversed[i] = reverse(text)
	}
	return o.hashEmbedder.EmbedDocuments(ctx, reversed)
}

func (o *otherEmbedder) EmbedQuery(ctx context.Context, text string) ([]float32, error) {
	return o.hashEmbedder.EmbedQuery(ctx, reverse(text))
}

func reverse(text string) string {
	var b strings.Builder
	runes := []rune(text)
	for i := range runes {
		b.WriteRune(runes[len(runes)-1-i])
	}
	return b.String()
}

func otherSpec() retrieval.EmbedderSpec {
	return retrieval.EmbedderSpec{Model: "test/other", Dimensions: hashDimensions, Metric: "cosine"}
}

// reembedInChild changes a collection over and says a line before each batch.
// It returns the exit code.
func reembedInChild(path string) int {
	err := func() error {
		ctx := context.Background()
		db, err := sqlite.Open(ctx, path, sqlite.Config{})
		if err != nil {
			return err
		}
		defer db.Close()
		r, err := db.Reembed(ctx, "test", otherSpec())
		if err != nil {
			return err
		}
		embedder := &otherEmbedder{hashEmbedder{before: func([]string) error {
			_, err := fmt.Println("embed")
			return err
		}}}
		_, err = Reembed(ctx, r, embedder, nil)
		return err
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// A process killed many times while it changes a collection over loses nothing:
// until the change is finished the collection is searched as before, and then as
// one that the other embedder made. No batch that was stored is embedded again.
func TestReembedKilled(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	total := kills(t)
	files := map[string]string{}
	for i := range 40 * total {
		files[fmt.Sprintf("%d/문서 %d.md", i%4, i)] = fmt.Sprintf("# 제목 %d\n\n", i) + prose(r, 20+r.IntN(600))
	}
	folder := t.TempDir()
	writeFiles(t, folder, files)
	before, after := newCollection(t), madeByOther(t)
	run(t, before, &hashEmbedder{}, Config{}, folder)
	run(t, after, &otherEmbedder{}, Config{}, folder)

	path := filepath.Join(t.TempDir(), "killed.db")
	db, c, err := openCollection(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	run(t, c, &hashEmbedder{}, Config{}, folder)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	killed, left := 0, 1<<30
	for range total {
		if _, inTime := storetest.KillChild(t, 1+r.IntN(60), "REEMBED_TEST_DB="+path); !inTime {
			break
		}
		killed++
		db, c, err := openCollection(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		compareCollections(t, c, before)
		change, err := db.Reembed(t.Context(), "test", otherSpec())
		if err != nil {
			t.Fatal(err)
		}
		_, now, err := change.Next(t.Context())
		if err != nil || now > left {
			t.Errorf("after a kill %d passages are left, before it %d, %v", now, left, err)
		}
		left = now
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if killed < total/2 {
		t.Errorf("only %d of %d children were killed in time: give them more to do", killed, total)
	}
	t.Logf("%d children were killed; %d passages are left", killed, left)

	db, err = sqlite.Open(t.Context(), path, sqlite.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	change, err := db.Reembed(t.Context(), "test", otherSpec())
	if err != nil {
		t.Fatal(err)
	}
	embedder := &otherEmbedder{}
	if done, err := Reembed(t.Context(), change, embedder, nil); err != nil || done > left || int(embedder.texts.Load()) != done {
		t.Errorf("the last run did %d passages of %d and embedded %d, %v", done, left, embedder.texts.Load(), err)
	}
	c, err = db.Create(t.Context(), "test", otherSpec())
	if err != nil {
		t.Fatal(err)
	}
	compareCollections(t, c, after)
}

func madeByOther(t *testing.T) *sqlite.Collection {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "other.db"), sqlite.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	c, err := db.Create(t.Context(), "test", otherSpec())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// An embedder that fails, or gives too few vectors, ends the run with what it
// was doing, and what was done stays.
func TestReembedFails(t *testing.T) {
	folder := t.TempDir()
	for i := range 3 {
		writeFiles(t, folder, map[string]string{fmt.Sprintf("%d.md", i): fmt.Sprintf("문서 %d", i)})
	}
	path := filepath.Join(t.TempDir(), "selfrag.db")
	db, c, err := openCollection(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	run(t, c, &hashEmbedder{}, Config{}, folder)
	change := func() *sqlite.Reembedding {
		r, err := db.Reembed(t.Context(), "test", otherSpec())
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	broken := errors.New("the embedder broke")
	calls := 0
	failing := &otherEmbedder{hashEmbedder{before: func([]string) error {
		if calls++; calls > 1 {
			return broken
		}
		return nil
	}}}
	var told [][2]int
	done, err := Reembed(t.Context(), change(), failing, func(done, left int) { told = append(told, [2]int{done, left}) })
	if done != 1 || !errors.Is(err, broken) || !strings.Contains(err.Error(), "1.md") {
		t.Errorf("did %d: %v", done, err)
	}
	if want := [][2]int{{1, 2}}; !reflect.DeepEqual(told, want) {
		t.Errorf("it told %v, want %v", told, want)
	}
	if _, err := Reembed(t.Context(), change(), tooFew{}, nil); err == nil || !strings.Contains(err.Error(), "gave 0 vectors for 1 texts") {
		t.Errorf("too few vectors: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	stopping := &otherEmbedder{hashEmbedder{before: func([]string) error { cancel(); return nil }}}
	if _, err := Reembed(ctx, change(), stopping, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if done, err := Reembed(t.Context(), change(), &otherEmbedder{}, nil); done != 2 || err != nil {
		t.Errorf("at last it did %d: %v", done, err)
	}
}

type tooFew struct{}

func (tooFew) EmbedDocuments(context.Context, []string) ([][]float32, error) { return nil, nil }
