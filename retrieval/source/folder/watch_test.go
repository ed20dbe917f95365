package folder

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"

	"selfrag/retrieval/ingest"
)

func TestDebounce(t *testing.T) {
	for name, tc := range map[string]struct {
		changes []time.Duration // from the begin
		want    []time.Duration
	}{
		"one":            {[]time.Duration{0}, []time.Duration{quiet}},
		"several at one": {[]time.Duration{0, 100 * time.Millisecond, 250 * time.Millisecond}, []time.Duration{250*time.Millisecond + quiet}},
		"two apart":      {[]time.Duration{0, 5 * time.Second}, []time.Duration{quiet, 5*time.Second + quiet}},
		"without end": {func() (all []time.Duration) {
			for d := time.Duration(0); d < 3*time.Second; d += 200 * time.Millisecond {
				all = append(all, d)
			}
			return all
		}(), []time.Duration{longest, 2800*time.Millisecond + quiet}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				in, out := make(chan struct{}), make(chan struct{}, 1)
				go debounce(ctx, in, out)
				begin := time.Now()
				go func() {
					for _, at := range tc.changes {
						time.Sleep(time.Until(begin.Add(at)))
						in <- struct{}{}
					}
				}()
				for _, want := range tc.want {
					<-out
					if got := time.Since(begin); got != want {
						t.Errorf("told after %s, want %s", got, want)
					}
				}
				select {
				case <-out:
					t.Error("told once more")
				case <-time.After(time.Minute):
				}
			})
		})
	}
}

func TestWhatMatters(t *testing.T) {
	dir := t.TempDir()
	w := Watch(ingest.Config{})
	defer w.Close()
	w.begin()
	w.enter(dir)
	if notes := w.end(); notes != nil {
		t.Fatal(notes)
	}
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		op   fsnotify.Op
		want bool
	}{
		{"a.md", fsnotify.Write, true}, {"a.MD", fsnotify.Remove, true}, {"a.md", fsnotify.Chmod, false}, {"a.md", fsnotify.Chmod | fsnotify.Write, true},
		{"server.log", fsnotify.Write, false}, {".a.md.swp", fsnotify.Create, false}, {".selfragignore", fsnotify.Write, true},
		{"sub", fsnotify.Create, true}, {"gone", fsnotify.Create, false}, {"", fsnotify.Remove, true},
	} {
		if got := w.matters(fsnotify.Event{Name: filepath.Join(dir, tc.name), Op: tc.op}); got != tc.want {
			t.Errorf("%s %s: %v", tc.op, tc.name, got)
		}
	}
}

// A limit of the system is told with what raises it, and nothing stops.
func TestLimits(t *testing.T) {
	for err, want := range map[error]string{
		syscall.ENOSPC: "max_user_watches", syscall.EMFILE: "max_user_instances", errors.New("odd"): "odd",
	} {
		if got := limit(fmt.Errorf("watch: %w", err)); !strings.Contains(got, want) {
			t.Errorf("%v: %s", err, got)
		}
	}
	w := &Watcher{reason: syscall.EMFILE} // as if the system had no watcher left
	w.begin()
	w.enter("a")
	w.enter("b")
	if notes := w.end(); len(notes) != 1 || !strings.Contains(notes[0], "2 folders cannot be watched") {
		t.Errorf("notes %q", notes)
	}
}
