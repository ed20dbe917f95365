package source_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	gosync "sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
	"selfrag/retrieval/source"
	"selfrag/retrieval/source/sourcetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shelf is a source whose files are in memory. Each file's text is its version.
type shelf struct {
	files map[string]string
	opens map[string]func() (io.ReadCloser, error)
	part  bool // the scan is not complete
	scans int

	mu    gosync.Mutex // for what a test changes while a schedule runs
	err   error
	takes time.Duration
}

// become sets what the next scans return and how long they take.
func (s *shelf) become(err error, takes time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err, s.takes = err, takes
}

func (s *shelf) Scan(_ context.Context, _ source.Known, visit func(source.File) error) (source.Extent, error) {
	s.scans++
	s.mu.Lock()
	err, takes := s.err, s.takes
	s.mu.Unlock()
	time.Sleep(takes) // in a bubble of synctest
	if err != nil {
		return source.Extent{}, err
	}
	for name, text := range s.files {
		open := s.opens[name]
		if open == nil {
			open = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
		}
		if err := visit(source.File{Name: name, Version: text, Extension: filepath.Ext(name), Open: open}); err != nil {
			return source.Extent{}, err
		}
	}
	if s.part {
		return source.Extent{}, nil
	}
	return source.Extent{Covers: func(name string) bool { return strings.HasPrefix(name, "shelf/") }}, nil
}

func sync(t *testing.T, s *shelf, to source.Target, state *source.State) source.Report {
	t.Helper()
	r, err := source.Sync(t.Context(), s, to, state, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestLinesThatAreGone(t *testing.T) {
	c, to := sourcetest.Collection(t)
	state := &source.State{}
	s := &shelf{files: map[string]string{"shelf/l.jsonl": `{"_id":"1","text":"one"}` + "\n" + `{"_id":"2","text":"two"}`, "shelf/a#b.md": "x"}}
	if r := sync(t, s, to, state); r.Added != 3 {
		t.Fatalf("got %+v", r)
	}
	if r := sync(t, s, to, state); r.Unchanged != 2 || r.Removed != 0 { // files
		t.Errorf("again: %+v", r)
	}
	s.files["shelf/l.jsonl"] = `{"_id":"1","text":"one"}` + "\n{"
	if r := sync(t, s, to, state); r.Removed != 0 || len(r.Failed) != 1 {
		t.Errorf("a line cannot be read: %+v", r)
	}
	s.files["shelf/l.jsonl"] = `{"_id":"1","text":"one"}`
	if r := sync(t, s, to, state); r.Removed != 1 {
		t.Errorf("a line is gone: %+v; stored %q", r, sourcetest.Stored(t, c))
	}
}

func TestWhatIsKept(t *testing.T) {
	c, to := sourcetest.Collection(t)
	other := &shelf{files: map[string]string{"elsewhere/x.md": "x"}}
	sync(t, other, to, &source.State{})
	state := &source.State{}
	s := &shelf{files: map[string]string{"shelf/a.md": "a", "shelf/b.md": "b"}}
	sync(t, s, to, state)
	delete(s.files, "shelf/b.md")
	s.part = true
	if r := sync(t, s, to, state); r.Removed != 0 {
		t.Errorf("an incomplete scan: %+v", r)
	}
	s.part = false
	if r := sync(t, s, to, state); r.Removed != 1 || len(sourcetest.Stored(t, c)) != 2 {
		t.Errorf("complete: %+v; stored %q", r, sourcetest.Stored(t, c))
	}
}

// A file that no reader can read is not read again before it changes; one that could
// not be opened is.
func TestFailures(t *testing.T) {
	_, to := sourcetest.Collection(t)
	state, opened := &source.State{}, 0
	s := &shelf{files: map[string]string{"shelf/empty.md": " ", "shelf/locked.md": "text"}, opens: map[string]func() (io.ReadCloser, error){
		"shelf/locked.md": func() (io.ReadCloser, error) { opened++; return nil, errors.New("locked") },
		"shelf/empty.md":  func() (io.ReadCloser, error) { opened += 100; return io.NopCloser(strings.NewReader(" ")), nil },
	}}
	for range 3 {
		r := sync(t, s, to, state)
		if len(r.Failed) != 2 || r.Removed != 0 {
			t.Errorf("got %+v", r)
		}
		for _, f := range r.Failed {
			want := map[string]retrieval.Cause{"shelf/empty.md": retrieval.CauseEmpty}[f.Source]
			if cause := retrieval.CauseOf(f.Err); cause != want {
				t.Errorf("%s fails because it is %q", f.Source, cause)
			}
		}
	}
	if opened != 103 {
		t.Errorf("opened %d", opened)
	}
	delete(s.opens, "shelf/locked.md")
	if r := sync(t, s, to, state); r.Added != 1 || len(r.Failed) != 1 {
		t.Errorf("unlocked: %+v", r)
	}
}

func TestStateFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sources", "a.json")
	s, err := source.LoadState(path, "of")
	if err != nil || len(s.Files) > 0 {
		t.Fatalf("got %+v, %v", s, err)
	}
	s.Files["a.md"] = source.Memory{Version: "1"}
	if err := s.Save(path); err != nil {
		t.Fatal(err)
	}
	for of, want := range map[string]int{"of": 1, "other rules": 0} {
		if s, err = source.LoadState(path, of); err != nil || len(s.Files) != want || s.Of != of {
			t.Errorf("%s: got %+v, %v", of, s, err)
		}
	}
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err = source.LoadState(path, "of"); err != nil || len(s.Files) != 0 {
		t.Errorf("damaged: got %+v, %v", s, err)
	}
}

// empty is a collection without documents.
type empty struct{ ingest.Pruner }

func (empty) Sources(context.Context) iter.Seq2[string, error] {
	return func(func(string, error) bool) {}
}

func TestSchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{err: errors.New("the site is away")}
		changed := make(chan struct{})
		var mu gosync.Mutex
		var all []time.Duration
		started := func() []time.Duration {
			mu.Lock()
			defer mu.Unlock()
			return slices.Clone(all)
		}
		begin := time.Now()
		schedule := source.NewSchedule(source.Config{
			Source: s, Every: time.Hour, Retry: time.Minute, Changed: changed,
			Open: func(context.Context) (source.Target, error) {
				mu.Lock()
				defer mu.Unlock()
				all = append(all, time.Since(begin))
				return source.Target{Store: empty{}}, nil
			},
		})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); schedule.Run(ctx) }()
		at := func(d time.Duration) source.Status {
			time.Sleep(time.Until(begin.Add(d)))
			synctest.Wait()
			return schedule.Status()
		}
		// Failures are tried again after 1, 2, 4 minutes.
		if st, starts := at(7*time.Minute+time.Second), started(); len(starts) != 4 || st.Error != "the site is away" || !st.Success.IsZero() || st.Next != begin.Add(15*time.Minute) {
			t.Errorf("starts %v, status %+v", starts, st)
		}
		s.become(nil, 10*time.Second)
		if st := at(15*time.Minute + time.Second); !st.Running || st.Error == "" {
			t.Errorf("running: %+v", st)
		}
		if st := at(16 * time.Minute); st.Running || st.Error != "" || st.Success.IsZero() || st.Next != begin.Add(15*time.Minute+10*time.Second+time.Hour) {
			t.Errorf("status %+v", st)
		}
		schedule.Now()
		at(16*time.Minute + 11*time.Second)
		changed <- struct{}{} // it rests as long as the last one took
		at(16*time.Minute + 19*time.Second)
		if starts := started(); len(starts) != 6 {
			t.Errorf("starts %v", starts)
		}
		at(16*time.Minute + 21*time.Second)
		if starts := started(); len(starts) != 7 || starts[6] != 16*time.Minute+20*time.Second {
			t.Errorf("starts %v", starts)
		}
		stop()
		<-done
	})
}
