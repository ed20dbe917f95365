package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// Ingester takes files into a collection, which it makes if there is none.
type Ingester interface {
	// Type tells by its content what a file is, as the extension that stands
	// for it. The name is a hint. The error is for the uploader.
	Type(name string, content io.ReaderAt, size int64) (string, error)
	// Ingest stores the files' documents. What cannot be read is told by
	// progress and does not stop the rest. When a part cannot be reached, or
	// there is no room, that is the error, and no fault of any document.
	Ingest(ctx context.Context, lib Library, collection string, files []IngestFile, progress func(IngestProgress)) error
}

// IngestFile is a file to ingest.
type IngestFile struct {
	Source string // of its document
	Type   string // as Ingester.Type told
	Bytes  int64
	Open   func() (io.ReadCloser, error)
}

// IngestProgress tells what became of a document.
type IngestProgress struct {
	Source     string // that of the file, or begins with it and #
	Outcome    string
	Reason     string // why it failed, for the uploader
	Passages   int
	DoneBytes  int64
	TotalBytes int64
}

var errCancelled = errors.New("the job was cancelled")

// RunJobs ingests what was uploaded, one job after another, until ctx ends. A
// job that is under way then goes on when RunJobs is called again, in this
// process or the next. What was acknowledged is ingested: while the store or a
// model cannot be reached, or the disk is full, a job waits and is tried again.
// Other failures of a job are its own; those and failing to keep its state go
// to warn.
func (s *Service) RunJobs(ctx context.Context, warn func(error)) {
	for {
		r, changed, after := s.jobs.next()
		if r == nil {
			timer := time.NewTimer(after)
			select {
			case <-ctx.Done():
				timer.Stop()
				return
			case <-changed:
			case <-timer.C:
			}
			timer.Stop()
			continue
		}
		if ctx.Err() != nil {
			return
		}
		if err := s.runJob(ctx, r); err != nil {
			warn(err)
		}
	}
}

func (s *Service) runJob(ctx context.Context, r *record) error {
	jobCtx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	started := false
	_ = s.jobs.update(r, false, func() { // on the disk it is queued until it has ended
		if started = r.State == Queued; started {
			r.begin()
			s.jobs.cancels[r.ID] = cancel
		}
	})
	if !started {
		return nil
	}
	if s.jobs.starts(r.ID) >= maxStarts {
		_ = s.jobs.update(r, false, func() { delete(s.jobs.cancels, r.ID) })
		return errors.Join(fmt.Errorf("job %s: %s", r.ID, tooOften), s.jobs.end(r, Failed, tooOften))
	}
	s.jobs.started(r.ID)
	err := s.ingestJob(jobCtx, r)
	s.jobs.returned(r.ID)
	cancelled := errors.Is(context.Cause(jobCtx), errCancelled)
	_ = s.jobs.update(r, false, func() { delete(s.jobs.cancels, r.ID) })
	switch {
	case cancelled:
		return s.jobs.end(r, Cancelled, "")
	case ctx.Err() != nil: // the next run goes on with it
		return s.jobs.update(r, false, func() { r.State = Queued })
	case err != nil && isPassing(err):
		s.jobs.again(r, explained(ctx, err).Message+"; it waits and is tried again")
		return fmt.Errorf("job %s waits to be tried again: %w", r.ID, err)
	case err != nil:
		return errors.Join(err, s.jobs.end(r, Failed, explained(ctx, err).Message))
	}
	return s.jobs.end(r, Done, "")
}

// begin makes a job one that runs, whatever became of an earlier try.
func (r *record) begin() {
	r.State, r.Error, r.Passages, r.DoneBytes = Running, "", 0, 0
	for i := range r.Files {
		r.Files[i].Outcome, r.Files[i].Reason = "", ""
	}
}

func (s *Service) ingestJob(ctx context.Context, r *record) error {
	// The grant was checked when the upload was taken.
	lib, err := s.cfg.Libraries.Library(ctx, Tenant{r.Tenant, true})
	if err != nil {
		return err
	}
	files := make([]IngestFile, len(r.Files))
	at := map[string]int{}
	for i, f := range r.Files {
		path := filepath.Join(s.jobs.cfg.Dir, r.ID, strconv.Itoa(i))
		files[i] = IngestFile{Source: f.Source, Type: f.Type, Bytes: f.Bytes, Open: func() (io.ReadCloser, error) { return os.Open(path) }}
		at[f.Source] = i
	}
	return s.cfg.Ingester.Ingest(ctx, lib, r.Collection, files, func(p IngestProgress) {
		_ = s.jobs.update(r, false, func() { // nothing is written, so nothing fails
			r.DoneBytes, r.TotalBytes, r.Passages = p.DoneBytes, p.TotalBytes, r.Passages+p.Passages
			if p.Outcome == "added" || p.Outcome == "updated" {
				s.jobs.gotOn(r.ID)
			}
			if i, ok := fileOf(at, p.Source); ok && r.Files[i].Outcome != "failed" {
				r.Files[i].Outcome, r.Files[i].Reason = p.Outcome, p.Reason
			}
		})
	})
}

// fileOf finds the file that a document came from: a line of a JSONL file has
// # and its own name behind the file's.
func fileOf(at map[string]int, source string) (int, bool) {
	for end := len(source); end >= 0; end-- {
		if end == len(source) || source[end] == '#' {
			if i, ok := at[source[:end]]; ok {
				return i, true
			}
		}
	}
	return 0, false
}
