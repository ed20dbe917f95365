package serve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"selfrag/retrieval"
)

// Ingester ingests files into a collection. It creates the collection if the
// collection does not exist.
type Ingester interface {
	// Type returns the type of a file as a file extension, such as ".pdf". It
	// decides by the content, with the name as a hint. The message of the error
	// is shown to the uploader.
	Type(name string, content io.ReaderAt, size int64) (string, error)
	// Ingest stores the documents of the files. It reports an unreadable
	// document through progress and continues with the others. It returns an
	// error only for a failure that no document caused: a part cannot be
	// reached, or the disk is full.
	Ingest(ctx context.Context, lib Library, collection string, files []IngestFile, progress func(IngestProgress)) error
}

// IngestFile is a file to ingest.
type IngestFile struct {
	Source string // source of the document that the file becomes
	Type   string // as Ingester.Type returned it
	Bytes  int64
	Open   func() (io.ReadCloser, error)
	// Fields and Force are those of Upload.
	Fields map[string]any
	Force  bool
}

// IngestProgress reports the outcome of a document.
type IngestProgress struct {
	Source     string // source of the file; for a line of a JSONL file, that source followed by # and a name
	Outcome    string
	Cause      retrieval.Cause // why the document failed, if that is known; else ""
	Reason     string          // why the document failed, or which part of it is left out; shown to the uploader
	Passages   int
	DoneBytes  int64
	TotalBytes int64
}

var errCancelled = errors.New("the job was cancelled")

// RunJobs ingests the uploads, one job after another, until ctx ends. An
// unfinished job continues when RunJobs is called again, in this process or the
// next. If the store or a model cannot be reached, or if the disk is full, the
// job waits and is tried again, so that no acknowledged upload is lost. Any
// other failure ends the job. RunJobs calls warn with each failure of a job, to
// save the state of a job, and to keep a file whose pages could be shown.
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
		if err := s.runJob(ctx, r, warn); err != nil {
			warn(err)
		}
	}
}

func (s *Service) runJob(ctx context.Context, r *record, warn func(error)) error {
	jobCtx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	started := false
	_ = s.jobs.update(r, false, func() { // on disk the job stays queued until it has ended
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
	err := s.ingestJob(jobCtx, r, warn)
	s.jobs.returned(r.ID)
	cancelled := errors.Is(context.Cause(jobCtx), errCancelled)
	_ = s.jobs.update(r, false, func() { delete(s.jobs.cancels, r.ID) })
	switch {
	case cancelled:
		return s.jobs.end(r, Cancelled, "")
	case ctx.Err() != nil: // the next call of RunJobs continues the job
		return s.jobs.update(r, false, func() { r.State = Queued })
	case err != nil && isPassing(err):
		s.jobs.again(r, explained(ctx, err).Message+"; it waits and is tried again")
		return fmt.Errorf("job %s waits to be tried again: %w", r.ID, err)
	case err != nil:
		return errors.Join(err, s.jobs.end(r, Failed, explained(ctx, err).Message))
	}
	return s.jobs.end(r, Done, "")
}

// begin marks a job as running and clears the outcome of an earlier try.
func (r *record) begin() {
	r.State, r.Error, r.Passages, r.DoneBytes = Running, "", 0, 0
	for i := range r.Files {
		if r.Files[i].taken() {
			r.Files[i].Outcome, r.Files[i].Cause, r.Files[i].Reason = "", "", ""
		}
	}
}

func (s *Service) ingestJob(ctx context.Context, r *record, warn func(error)) error {
	// The grant was checked when the upload was accepted.
	lib, err := s.cfg.Libraries.Library(ctx, Tenant{r.Tenant, true})
	if err != nil {
		return err
	}
	var files []IngestFile
	at := map[string]int{}
	kept := map[string]func(){} // keeps the file of a source
	for i, f := range r.Files {
		if !f.taken() {
			continue
		}
		path := filepath.Join(s.jobs.cfg.Dir, r.ID, strconv.Itoa(i))
		file := IngestFile{Source: f.Source, Type: f.Type, Bytes: f.Bytes, Fields: f.Fields, Force: f.Force, Open: func() (io.ReadCloser, error) { return os.Open(path) }}
		files = append(files, file)
		at[f.Source] = i
		kept[f.Source] = func() {
			if err := s.keepOriginal(r, file, path); err != nil {
				warn(err)
			}
		}
	}
	return s.cfg.Ingester.Ingest(ctx, lib, r.Collection, files, func(p IngestProgress) {
		if keep := kept[p.Source]; keep != nil && p.Outcome != "failed" {
			keep()
		}
		_ = s.jobs.update(r, false, func() { // nothing is written to disk, so it cannot fail
			r.DoneBytes, r.TotalBytes, r.Passages = p.DoneBytes, p.TotalBytes, r.Passages+p.Passages
			if p.Outcome == "added" || p.Outcome == "updated" {
				s.jobs.gotOn(r.ID)
			}
			if i, ok := fileOf(at, p.Source); ok && r.Files[i].Outcome != "failed" {
				r.Files[i].Outcome, r.Files[i].Cause, r.Files[i].Reason = p.Outcome, p.Cause, cmp.Or(p.Reason, r.Files[i].Reason)
			}
		})
	})
}

// fileOf returns the index of the file that a document came from. The source of
// a document in a JSONL file is the source of the file, then #, then a name.
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
