package serve

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"selfrag/internal/atomicfile"
	"selfrag/retrieval"
)

// JobsConfig says where uploads are stored and how many there may be. Zero
// fields take the defaults.
type JobsConfig struct {
	Dir       string // folder of the uploads; empty: no uploads are accepted
	MaxQueued int    // maximum number of jobs that wait or run, of all tenants together; default 100
	Keep      int    // number of finished jobs whose outcome is kept; default 1,000
	MaxFiles  int    // maximum number of files of one job; default 100
	MaxBytes  int64  // maximum size of one file; default 64 MiB

	// Pause is the wait before a job is tried again after a part could not be
	// reached or the disk was full; default 1 s. It doubles after each try, up
	// to one minute.
	Pause time.Duration
}

func (c JobsConfig) withDefaults() JobsConfig {
	c.MaxQueued = cmp.Or(c.MaxQueued, 100)
	c.Keep = cmp.Or(c.Keep, 1000)
	c.MaxFiles = cmp.Or(c.MaxFiles, 100)
	c.MaxBytes = cmp.Or(c.MaxBytes, 64<<20)
	c.Pause = cmp.Or(c.Pause, time.Second)
	return c
}

// JobState is the state of a job.
type JobState string

// The states of a job.
const (
	Queued    JobState = "queued"
	Running   JobState = "running"
	Done      JobState = "done"   // everything readable was stored
	Failed    JobState = "failed" // the job could not continue
	Cancelled JobState = "cancelled"
)

// Ended reports whether the state is final: done, failed or cancelled.
func (s JobState) Ended() bool { return s == Done || s == Failed || s == Cancelled }

// Job holds the state of ingesting an upload into a collection.
type Job struct {
	ID         string     `json:"id"`
	Collection string     `json:"collection"`
	State      JobState   `json:"state"`
	Files      []JobFile  `json:"files"`
	Created    time.Time  `json:"created"`
	Ended      *time.Time `json:"ended,omitempty"`
	DoneBytes  int64      `json:"done_bytes"`
	TotalBytes int64      `json:"total_bytes"`
	Passages   int        `json:"passages"`        // number of passages stored so far
	Error      string     `json:"error,omitempty"` // why the job failed or waits
}

// JobFile is one file of a job.
type JobFile struct {
	Name    string `json:"name"`
	Source  string `json:"source"` // source of the document that the file becomes
	Type    string `json:"type"`   // found by the content of the file, such as ".pdf"; empty if the file was not taken
	Bytes   int64  `json:"bytes"`
	Outcome string `json:"outcome,omitempty"` // added, updated, unchanged or failed
	// Cause is why the file failed, if one of the causes is known to be it.
	Cause  retrieval.Cause `json:"cause,omitempty"`
	Reason string          `json:"reason,omitempty"` // why the file failed, or which part of it is left out
	// Fields and Force are those of Upload.
	// Fields is nil once the job has ended.
	Fields map[string]any `json:"fields,omitempty"`
	Force  bool           `json:"force,omitempty"`
}

// record is a job in the form in which its file stores it.
type record struct {
	Tenant string `json:"tenant"`
	Job
}

// jobs stores each job in a folder of its own. The folder contains job.json.
// Until the job has ended, it also contains the files, named 0, 1, 2. While the
// job runs, it also contains the file named starts.
type jobs struct {
	cfg JobsConfig

	mu      sync.Mutex
	all     map[string]*record
	cancels map[string]context.CancelCauseFunc // by id of the running job
	changed chan struct{}                      // closed, and replaced, at each change of a job
	paused  map[string]pause                   // by id of the job that waits for another try
	held    map[target]bool                    // collections for which no job starts
}

// pause is a job's wait for its next try.
type pause struct {
	until time.Time
	last  time.Duration // length of the wait
}

// maxPause is the longest pause.
const maxPause = time.Minute

func openJobs(cfg JobsConfig) (*jobs, error) {
	j := &jobs{cfg: cfg.withDefaults(), all: map[string]*record{}, cancels: map[string]context.CancelCauseFunc{}, changed: make(chan struct{}), paused: map[string]pause{}, held: map[target]bool{}}
	if cfg.Dir == "" {
		return j, nil
	}
	entries, err := os.ReadDir(cfg.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the folder of uploads: %w", err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") { // an incomplete upload, which was never acknowledged
			_ = os.RemoveAll(filepath.Join(cfg.Dir, e.Name()))
			continue
		}
		content, err := os.ReadFile(j.file(e.Name()))
		if err != nil {
			return nil, fmt.Errorf("read job %s: %w", e.Name(), err)
		}
		r := &record{}
		if err := json.Unmarshal(content, r); err != nil || r.ID != e.Name() {
			return nil, fmt.Errorf("the job file %s is damaged: repair it or move its folder away: %w", j.file(e.Name()), cmp.Or(err, errors.New("it is another's")))
		}
		if r.State == Running {
			r.State = Queued
		}
		if r.State.Ended() {
			r.dropFields()
		}
		j.all[r.ID] = r
	}
	return j, nil
}

func (j *jobs) file(id string) string { return filepath.Join(j.cfg.Dir, id, "job.json") }

// save writes a job to disk. The caller must hold j.mu.
func (j *jobs) save(r *record) error {
	content, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := atomicfile.Write(j.file(r.ID), content); err != nil {
		return fmt.Errorf("keep job %s: %w", r.ID, err)
	}
	return nil
}

// update changes a job and wakes the goroutines that wait for changes. It
// writes the job to disk only if keep is set. Progress is kept in memory only.
func (j *jobs) update(r *record, keep bool, change func()) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	change()
	close(j.changed)
	j.changed = make(chan struct{})
	if !keep {
		return nil
	}
	return j.save(r)
}

// again queues a job for another try after a pause. It writes nothing, because
// the job on disk has stayed queued.
func (j *jobs) again(r *record, reason string) {
	_ = j.update(r, false, func() {
		last := min(max(j.cfg.Pause, 2*j.paused[r.ID].last), maxPause)
		j.paused[r.ID] = pause{time.Now().Add(last), last}
		r.State, r.Error = Queued, reason
	})
}

// end finishes a job. It removes the job's files and keeps its outcome. If the
// outcome cannot be saved, the files stay, too. Then the next process runs the
// job again. Documents that the job has already stored stay unchanged.
func (j *jobs) end(r *record, state JobState, reason string) error {
	now := time.Now().UTC()
	err := j.update(r, true, func() {
		delete(j.paused, r.ID)
		r.State, r.Error, r.Ended = state, reason, &now
		r.dropFields()
	})
	if err != nil {
		return err
	}
	for i, f := range r.Files {
		if f.taken() {
			err = errors.Join(err, os.Remove(filepath.Join(j.cfg.Dir, r.ID, fmt.Sprint(i))))
		}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	_ = os.Remove(j.startsFile(r.ID)) // the file exists only for a job that was given up
	var ended []*record
	for _, r := range j.all {
		if r.State.Ended() {
			ended = append(ended, r)
		}
	}
	if len(ended) > j.cfg.Keep {
		slices.SortFunc(ended, func(a, b *record) int { return a.Ended.Compare(*b.Ended) })
		for _, old := range ended[:len(ended)-j.cfg.Keep] {
			delete(j.all, old.ID)
			err = errors.Join(err, os.RemoveAll(filepath.Join(j.cfg.Dir, old.ID)))
		}
	}
	return err
}

// dropFields removes the fields of the files. An ended job does not use them,
// and many ended jobs are kept.
func (r *record) dropFields() {
	for i := range r.Files {
		r.Files[i].Fields = nil
	}
}

// next returns the oldest job that is ready to run. If no job is ready, oldest
// is nil. The caller then waits until changed is closed or the duration after
// has passed, and calls next again.
func (j *jobs) next() (oldest *record, changed <-chan struct{}, after time.Duration) {
	j.mu.Lock()
	defer j.mu.Unlock()
	after = maxPause
	for _, r := range j.all {
		if r.State != Queued || j.held[r.target()] {
			continue
		}
		if wait := time.Until(j.paused[r.ID].until); wait > 0 {
			after = min(after, wait)
			continue
		}
		if oldest == nil || r.Created.Before(oldest.Created) {
			oldest = r
		}
	}
	return oldest, j.changed, after
}

func (j *jobs) pending() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := 0
	for _, r := range j.all {
		if !r.State.Ended() {
			n++
		}
	}
	return n
}

// seen returns a copy of the job's current state.
func (r *record) seen() Job {
	job := r.Job
	job.Files = slices.Clone(r.Files)
	return job
}
