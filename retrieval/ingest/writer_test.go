package ingest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"selfrag/retrieval"
	"selfrag/retrieval/sqlite"
)

// meeting is a store whose first writers wait for each other.
type meeting struct {
	*sqlite.Collection
	want int

	mu      sync.Mutex
	here    int
	all     chan struct{} // closed when want writers are here
	missed  bool
	present int
	most    int
	failing func(source string) error
}

func (m *meeting) Put(ctx context.Context, doc retrieval.Document, passages []retrieval.Passage, vectors [][]float32) error {
	m.mu.Lock()
	m.here++
	m.present++
	m.most = max(m.most, m.present)
	if m.here == m.want {
		close(m.all)
	}
	m.mu.Unlock()
	defer func() {
		m.mu.Lock()
		m.present--
		m.mu.Unlock()
	}()
	select {
	case <-m.all:
	case <-time.After(time.Minute):
		m.mu.Lock()
		m.missed = true
		m.mu.Unlock()
	}
	if m.failing != nil {
		if err := m.failing(doc.Source); err != nil {
			return err
		}
	}
	return m.Collection.Put(ctx, doc, passages, vectors)
}

func manyFiles(t *testing.T, n int) string {
	t.Helper()
	dir, files := t.TempDir(), map[string]string{}
	for i := range n {
		files[fmt.Sprintf("%02d.txt", i)] = fmt.Sprintf("등대 %d lighthouse", i)
	}
	writeFiles(t, dir, files)
	return dir
}

// Several documents are stored at a time, no more than asked for, and reported one
// after the other in their order.
func TestWriters(t *testing.T) {
	const writers, files = 4, 18
	store := &meeting{Collection: newCollection(t), want: writers, all: make(chan struct{})}
	in, err := New(store, &hashEmbedder{}, Config{Writers: writers})
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	report, err := in.Run(t.Context(), []string{manyFiles(t, files)}, func(e Event) { order = append(order, e.Source) })
	if err != nil || report.Added != files {
		t.Fatalf("%+v, %v", report, err)
	}
	if store.missed || store.most != writers {
		t.Errorf("%d documents were stored at the same time, want %d", store.most, writers)
	}
	for i := 1; i < len(order); i++ {
		if order[i-1] >= order[i] {
			t.Errorf("%s was reported before %s", order[i-1], order[i])
		}
	}
	if docs, err := store.Documents(t.Context()); err != nil || len(docs) != files {
		t.Errorf("there are %d documents of %d, %v", len(docs), files, err)
	}
}

// A store that fails for one document keeps the others of the same moment. One that
// fails for all ends the run.
func TestWritersFail(t *testing.T) {
	dir := manyFiles(t, 9)
	for name, tt := range map[string]struct {
		bad   func(string) bool
		added int
		ends  bool
	}{
		"one": {func(source string) bool { return source[len(source)-6:] == "04.txt" }, 8, false},
		"all": {func(string) bool { return true }, 0, true},
	} {
		store := &meeting{Collection: newCollection(t), want: 1, all: make(chan struct{})}
		store.failing = func(source string) error {
			if tt.bad(source) {
				return errors.New("disk full")
			}
			return nil
		}
		report, err := tryRun(t.Context(), store, &hashEmbedder{}, Config{Writers: 3}, dir)
		if report.Added != tt.added || (err != nil) != tt.ends {
			t.Errorf("%s: %+v, %v", name, report, err)
		}
	}
	if _, err := New(newCollection(t), nil, Config{Writers: -1}); err == nil {
		t.Error("-1 writers were taken")
	}
}

// Two versions of one source are not stored at the same time.
func TestTogether(t *testing.T) {
	of := func(sources ...string) (list []outcome) {
		for _, s := range sources {
			o := outcome{prepared: prepared{doc: retrieval.Document{Source: s}}}
			if s == "" {
				o.settled = &settled{}
			}
			list = append(list, o)
		}
		return list
	}
	for _, tt := range []struct {
		outcomes []outcome
		want     int
	}{
		{of("a", "b", "c", "d"), 3},
		{of("a", "b"), 2},
		{of("a", "a", "b"), 1},
		{of("a", "b", "a"), 2},
		{of("", "", ""), 3},
	} {
		w := writer{writers: 3}
		if got := w.together(tt.outcomes); got != tt.want {
			t.Errorf("%d of %d", got, len(tt.outcomes))
		}
	}
}
