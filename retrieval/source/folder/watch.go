package folder

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"

	"selfrag/retrieval/ingest"
)

const (
	// quiet is the time without a change after which the files are listed. Editors
	// and copy programs write a file in several steps. Not measured.
	quiet = 300 * time.Millisecond
	// longest is the maximum time by which a series of changes delays the listing.
	// Not measured.
	longest = 2 * time.Second
)

// Watcher reports that something has changed in the folders that a Source has
// listed. It does not report which file: the next Scan of the Source finds the
// changes, and watches new folders.
//
// The operating system limits the number of folders that can be watched. Changes in
// further folders are found only when the files are listed for another reason. A
// note of the scan says how many folders are not watched.
type Watcher struct {
	reads   func(name string) bool
	changes chan struct{}
	stop    context.CancelFunc
	done    chan struct{}

	mu      sync.Mutex
	notify  *fsnotify.Watcher // nil if the system provides no further watcher
	folders map[string]bool   // watched folders; true if the current or last listing has met the folder
	failed  int               // number of folders that could not be watched
	reason  error
}

// Watch returns a watcher for a Source with this configuration of reading. The caller
// must close it.
func Watch(reading ingest.Config) *Watcher {
	ctx, stop := context.WithCancel(context.Background())
	w := &Watcher{reads: reading.Reads, changes: make(chan struct{}, 1), stop: stop, done: make(chan struct{}), folders: map[string]bool{}}
	w.notify, w.reason = fsnotify.NewWatcher()
	seen := make(chan struct{})
	var work sync.WaitGroup
	work.Go(func() { debounce(ctx, seen, w.changes) })
	if w.notify != nil {
		work.Go(func() { w.listen(ctx, seen) })
	}
	go func() {
		work.Wait()
		close(w.done)
	}()
	return w
}

// Changes returns a channel that receives a value when something has changed and no
// further change has come for a moment.
func (w *Watcher) Changes() <-chan struct{} { return w.changes }

// Close stops watching.
func (w *Watcher) Close() error {
	w.stop()
	var err error
	if w.notify != nil {
		err = w.notify.Close()
	}
	<-w.done
	return err
}

// begin is called before a listing.
func (w *Watcher) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for dir := range w.folders {
		w.folders[dir] = false
	}
	w.failed = 0
}

// enter watches a folder that is listed.
func (w *Watcher) enter(dir string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.notify == nil {
		w.failed++
		return
	}
	// Adding a folder that is watched already costs a system call. It is done anyway,
	// because the folder may have been removed and made again.
	if err := w.notify.Add(dir); err != nil {
		if !errors.Is(err, os.ErrNotExist) {
			w.failed++
			w.reason = err
		}
		return
	}
	w.folders[filepath.Clean(dir)] = true
}

// end is called after a listing. It stops watching folders that no longer exist, and
// returns a note if some folders could not be watched.
func (w *Watcher) end() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	for dir, met := range w.folders {
		if !met {
			delete(w.folders, dir)
			_ = w.notify.Remove(dir) // the system has removed the watch of a folder that is gone
		}
	}
	if w.failed == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%d folders cannot be watched, and their changes are found only at the next rescan: %s", w.failed, limit(w.reason))}
}

// limit returns the reason why a folder could not be watched, and how to raise the
// limit of the system that was reached.
func limit(err error) string {
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return "the limit of watched folders is reached; raise it, as in `sysctl fs.inotify.max_user_watches=524288`"
	case errors.Is(err, syscall.EMFILE):
		return "the limit of watchers or of open files is reached; raise it, as in `sysctl fs.inotify.max_user_instances=512` or `ulimit -n 4096`"
	}
	return err.Error()
}

// listen sends a value to seen for each event that matters.
func (w *Watcher) listen(ctx context.Context, seen chan<- struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case e, open := <-w.notify.Events:
			if !open {
				return
			}
			if !w.matters(e) {
				continue
			}
		case _, open := <-w.notify.Errors: // events were lost
			if !open {
				return
			}
		}
		select {
		case seen <- struct{}{}:
		case <-ctx.Done():
			return
		}
	}
}

// matters reports whether an event may change the files that are listed, or their
// content. Files that cannot be read do not matter: logs, for example, are written all
// the time.
func (w *Watcher) matters(e fsnotify.Event) bool {
	name := filepath.Base(e.Name)
	switch {
	case e.Op == fsnotify.Chmod:
		return false
	case name == ingest.IgnoreFile:
		return true
	case w.isWatched(e.Name): // a folder was moved or removed, even a hidden one that a path names
		return true
	case strings.HasPrefix(name, "."):
		return false
	case w.reads(name):
		return true
	case e.Op.Has(fsnotify.Create):
		info, err := os.Lstat(e.Name)
		return err == nil && info.IsDir()
	}
	return false
}

func (w *Watcher) isWatched(dir string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, ok := w.folders[filepath.Clean(dir)]
	return ok
}

// debounce sends one value to out when no value has come from in for the time quiet,
// or when values have come without a pause for the time longest.
func debounce(ctx context.Context, in <-chan struct{}, out chan<- struct{}) {
	var pause, end <-chan time.Time // nil if nothing has come
	for {
		select {
		case <-ctx.Done():
			return
		case <-in:
			pause = time.After(quiet)
			if end == nil {
				end = time.After(longest)
			}
			continue
		case <-pause:
		case <-end:
		}
		pause, end = nil, nil
		select {
		case out <- struct{}{}:
		default: // the reader has not taken the last one yet
		}
	}
}

// extension returns the extension of a path in lower case.
func extension(path string) string { return strings.ToLower(filepath.Ext(path)) }
