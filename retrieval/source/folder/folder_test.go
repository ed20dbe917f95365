package folder_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"selfrag/retrieval/ingest"
	"selfrag/retrieval/source"
	"selfrag/retrieval/source/folder"
	"selfrag/retrieval/source/sourcetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// disk is a folder on the disk.
type disk struct {
	dir  string
	time time.Time // of the last change
}

func (d *disk) Source(*testing.T) source.Source {
	return folder.New(folder.Config{Paths: []string{d.dir}})
}

func (d *disk) Put(t *testing.T, path, text string) {
	t.Helper()
	path = filepath.Join(d.dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	d.time = d.time.Add(time.Second)
	if err := os.Chtimes(path, d.time, d.time); err != nil {
		t.Fatal(err)
	}
}

func (d *disk) Remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(filepath.Join(d.dir, filepath.FromSlash(path))); err != nil {
		t.Fatal(err)
	}
}

func (d *disk) Name(path string) string { return filepath.ToSlash(filepath.Join(d.dir, path)) }
func (d *disk) Also() []string          { return nil }

func newDisk(t *testing.T) *disk {
	return &disk{t.TempDir(), time.Now().Add(-time.Hour)}
}

func TestFolder(t *testing.T) {
	sourcetest.Run(t, func(t *testing.T) sourcetest.Place { return newDisk(t) })
}

// A file whose time is too new to prove anything is read again.
func TestAFreshFileIsReadAgain(t *testing.T) {
	d := newDisk(t)
	d.time = time.Now()
	d.Put(t, "a.md", "one")
	version := "none"
	_, err := d.Source(t).Scan(t.Context(), func(string) string { return "" }, func(f source.File) error {
		version = f.Version
		return nil
	})
	if err != nil || version != "" {
		t.Errorf("version %q, %v", version, err)
	}
}

// A file that becomes a link out of the folder after the listing is not read.
func TestALinkDoesNotLeaveTheFolder(t *testing.T) {
	d, outside := newDisk(t), filepath.Join(t.TempDir(), "secret.md")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.Put(t, "a.md", "one")
	d.Put(t, "sub/b.md", "two")
	swap := func(path, to string) {
		t.Helper()
		if err := errors.Join(os.RemoveAll(path), os.Symlink(to, path)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := d.Source(t).Scan(t.Context(), func(string) string { return "" }, func(f source.File) error {
		if strings.HasSuffix(f.Name, "a.md") {
			swap(filepath.Join(d.dir, "a.md"), outside)
		} else {
			swap(filepath.Join(d.dir, "sub"), filepath.Dir(outside))
			if err := os.WriteFile(filepath.Join(filepath.Dir(outside), "b.md"), []byte("secret"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if in, err := f.Open(); err == nil {
			_ = in.Close()
			t.Errorf("%s was opened", f.Name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var left []string // the links are not listed either
	_, err = d.Source(t).Scan(t.Context(), func(string) string { return "" }, func(f source.File) error {
		left = append(left, f.Name)
		return nil
	})
	if err != nil || len(left) != 1 || left[0] != d.Name("") { // the failure of the empty folder
		t.Errorf("listed %q, %v", left, err)
	}
}

// patience bounds what a test waits for.
const patience = 30 * time.Second

// watched keeps a collection up to date with a folder until the test ends, and
// returns a function that waits until the documents are those of some paths.
func watched(t *testing.T, d *disk, every time.Duration) func(paths ...string) {
	t.Helper()
	c, to := sourcetest.Collection(t)
	w := folder.Watch(ingest.Config{})
	synced := make(chan struct{}, 1)
	s := source.NewSchedule(source.Config{
		Source: folder.New(folder.Config{Paths: []string{d.dir}, Watch: w}), Every: every, Changed: w.Changes(),
		Open: func(context.Context) (source.Target, error) { return to, nil },
		Ended: func(r source.Report, err error) {
			if err != nil || len(r.Notes) > 0 {
				t.Errorf("got %+v, %v", r, err)
			}
			select {
			case synced <- struct{}{}:
			default:
			}
		},
	})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Run(ctx)
	}()
	t.Cleanup(func() {
		stop()
		<-done
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return func(paths ...string) {
		t.Helper()
		var want []string
		for _, p := range paths {
			want = append(want, d.Name(p))
		}
		slices.Sort(want)
		deadline := time.After(patience)
		for {
			got := sourcetest.Stored(t, c)
			if slices.Equal(got, want) {
				return
			}
			select {
			case <-synced:
			case <-deadline:
				t.Fatalf("stored are %q, want %q", got, want)
			}
		}
	}
}

func TestWatch(t *testing.T) {
	d := newDisk(t)
	d.Put(t, "a.md", "one")
	until := watched(t, d, time.Hour) // so only the system tells
	until("a.md")
	d.Put(t, "b.md", "two")
	until("a.md", "b.md")
	d.Put(t, "new/deep/휴가.md", "연차") // folders that were not there
	until("a.md", "b.md", "new/deep/휴가.md")
	d.Put(t, "new/deep/c.md", "three")
	until("a.md", "b.md", "new/deep/휴가.md", "new/deep/c.md")
	d.Remove(t, "b.md")
	until("a.md", "new/deep/휴가.md", "new/deep/c.md")
	if err := os.Rename(filepath.Join(d.dir, "new"), filepath.Join(d.dir, "moved")); err != nil {
		t.Fatal(err)
	}
	until("a.md", "moved/deep/휴가.md", "moved/deep/c.md")
	d.Put(t, ".selfragignore", "/moved/\n")
	until("a.md")
	if err := os.RemoveAll(filepath.Join(d.dir, "moved")); err != nil {
		t.Fatal(err)
	}
	d.Put(t, "moved.txt", "a file now")
	until("a.md", "moved.txt")
}

// Without word of the system the next scan finds the change.
func TestRescan(t *testing.T) {
	d := newDisk(t)
	d.Put(t, "a.md", "one")
	c, to := sourcetest.Collection(t)
	ctx, stop := context.WithCancel(t.Context())
	rounds := 0
	s := source.NewSchedule(source.Config{
		Source: d.Source(t), Every: time.Millisecond,
		Open: func(context.Context) (source.Target, error) { return to, nil },
		Ended: func(_ source.Report, err error) {
			if rounds++; rounds == 1 {
				d.Put(t, "b.md", "two")
			}
			if err != nil || len(sourcetest.Stored(t, c)) == 2 || rounds > 1000 {
				stop()
			}
		},
	})
	s.Run(ctx)
	if got := sourcetest.Stored(t, c); len(got) != 2 {
		t.Errorf("stored are %q after %d rounds", got, rounds)
	}
}
