package serve

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"selfrag/internal/atomicfile"
	"selfrag/retrieval"
)

// Upload is a file from a client. Its name is only shown, never used as a path.
type Upload struct {
	Name    string
	Content io.Reader
	// Fields are set in the metadata of its documents: see retrieval.CheckFields.
	// They stay set when a file of that name is uploaded again. A nil value takes
	// a field away.
	Fields map[string]any
	// Force reads and stores the file again even if it has not changed.
	Force bool
	// OfFolder says that the file is one of a folder that is uploaded. Its name is
	// then its path in the folder and keeps its folders, and a file that cannot be
	// taken fails alone: the job names it with the reason, and the others go in.
	OfFolder bool
}

// UploadPrefix is the prefix of the sources of uploaded documents. It keeps an
// upload from replacing a document that was ingested from a path.
const UploadPrefix = "upload:"

// Upload accepts files for a collection. next returns one file at a time, and
// io.EOF at the end. When Upload returns a job, all its files are on disk.
func (s *Scope) Upload(ctx context.Context, collection string, next func() (Upload, error)) (Job, error) {
	job, err := s.upload(ctx, collection, next)
	return job, explain(ctx, err)
}

func (s *Scope) upload(ctx context.Context, collection string, next func() (Upload, error)) (_ Job, err error) {
	if err := s.mayWrite(collection); err != nil {
		return Job{}, err
	}
	tenant, err := s.grant.tenant.Name()
	if err != nil {
		return Job{}, err
	}
	j := s.service.jobs
	if j.cfg.Dir == "" {
		return Job{}, errorf(Conflict, "this server takes no uploads")
	}
	if j.pending() >= j.cfg.MaxQueued {
		return Job{}, errorf(TooMany, "%d uploads are waiting already: try again later", j.cfg.MaxQueued)
	}
	random := make([]byte, 16)
	_, _ = rand.Read(random) // never fails
	r := &record{Tenant: tenant, Job: Job{ID: hex.EncodeToString(random), Collection: collection, State: Queued, Created: time.Now().UTC()}}
	dir := filepath.Join(j.cfg.Dir, r.ID)
	partial := filepath.Join(j.cfg.Dir, "."+r.ID)
	if err := os.MkdirAll(partial, 0o700); err != nil {
		return Job{}, fmt.Errorf("keep an upload: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(partial)
		}
	}()
	if err := s.service.spool(ctx, r, partial, next); err != nil {
		return Job{}, err
	}
	// The folder gets its final name only after all files are in it. An upload
	// with a final name counts as acknowledged.
	content, err := json.Marshal(r)
	if err != nil {
		return Job{}, err
	}
	if err = atomicfile.Write(filepath.Join(partial, "job.json"), content); err == nil {
		err = syncFolder(partial)
	}
	if err == nil {
		err = os.Rename(partial, dir)
	}
	if err == nil {
		err = syncFolder(j.cfg.Dir)
	}
	if err != nil {
		return Job{}, errors.Join(fmt.Errorf("keep an upload: %w", err), os.RemoveAll(dir))
	}
	job := r.seen()
	return job, j.update(r, false, func() { j.all[r.ID] = r })
}

// maxFieldsBytes is the maximum size in bytes of the fields of all files of an
// upload, in the form in which the job's file stores them. One part of a form
// gives fields to any number of files, and the job's file holds them for each.
// Not measured.
const maxFieldsBytes = 1 << 20

// spool writes the files to dir with numbers as their names. A name from a
// client is never used on the disk.
func (s *Service) spool(ctx context.Context, r *record, dir string, next func() (Upload, error)) error {
	cfg := s.jobs.cfg
	fieldsBytes := 0
	var refusal *Error // of the first file of a folder that was not taken
	for {
		up, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if len(r.Files) == cfg.MaxFiles {
			return Wrong("file", "there are more than %d files: send them in several uploads", cfg.MaxFiles)
		}
		if err := retrieval.CheckFields(up.Fields); err != nil {
			return Wrong("fields", "%v", err)
		}
		fields, err := json.Marshal(up.Fields)
		if err != nil {
			return Wrong("fields", "%v", err)
		}
		if fieldsBytes += len(fields); fieldsBytes > maxFieldsBytes {
			return errorf(TooLarge, "the fields of the files are larger than %d bytes together: send the files in several uploads", maxFieldsBytes)
		}
		f := JobFile{Name: cleanName(up.Name), Fields: up.Fields, Force: up.Force}
		if up.OfFolder {
			f.Name = cleanPath(up.Name)
		}
		f.Source = UploadPrefix + f.Name
		path := filepath.Join(dir, strconv.Itoa(len(r.Files)))
		refused, err := s.take(r, path, &f, up.Content)
		switch {
		case err != nil:
			return err
		case refused == nil:
			r.TotalBytes += f.Bytes
		case !up.OfFolder:
			return refused
		default:
			refusal = cmp.Or(refusal, refused)
			f.refuse(refused)
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("keep an upload: %w", err)
			}
		}
		r.Files = append(r.Files, f)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	switch {
	case len(r.Files) == 0:
		return Wrong("file", "there is no file in the upload")
	case !slices.ContainsFunc(r.Files, JobFile.taken):
		return refusal
	}
	return nil
}

// refuse notes why the server has not taken the file.
func (f *JobFile) refuse(why *Error) {
	f.Type, f.Bytes, f.Fields, f.Outcome, f.Reason = "", 0, nil, "failed", why.Message
	f.Cause = retrieval.CauseOf(why)
	if why.Kind == TooLarge {
		f.Cause = retrieval.CauseTooLarge
	}
}

// taken reports whether the server has the content of the file. A file whose
// content was refused has no type.
func (f JobFile) taken() bool { return f.Type != "" }

// take writes a file of an upload to path. refused says why the file cannot be
// taken, and err why the upload cannot.
func (s *Service) take(r *record, path string, f *JobFile, content io.Reader) (refused *Error, err error) {
	if slices.ContainsFunc(r.Files, func(have JobFile) bool { return have.Source == f.Source }) {
		return Wrong("file", "two files are named %q", f.Name), nil
	}
	out, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("keep an upload: %w", err)
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	limit := s.jobs.cfg.MaxBytes
	if f.Bytes, err = io.Copy(out, io.LimitReader(content, limit+1)); err != nil {
		return nil, fmt.Errorf("take an upload: %w", err)
	}
	if f.Bytes > limit {
		return errorf(TooLarge, "the file %q is larger than %d bytes", f.Name, limit), nil
	}
	if f.Type, err = s.cfg.Ingester.Type(f.Name, out, f.Bytes); err != nil {
		return &Error{Kind: Unsupported, Param: "file", Message: fmt.Sprintf("the file %q: %v", f.Name, err), Err: err}, nil
	}
	if err := out.Sync(); err != nil {
		return nil, fmt.Errorf("keep an upload: %w", err)
	}
	return nil, nil
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("keep an upload: %w", err)
	}
	return errors.Join(f.Sync(), f.Close())
}

// Jobs lists the jobs for collections that the grant covers, newest first.
func (s *Scope) Jobs(_ context.Context) ([]Job, error) {
	j := s.service.jobs
	j.mu.Lock()
	defer j.mu.Unlock()
	mine := []Job{}
	for _, r := range j.all {
		if s.owns(r) {
			mine = append(mine, r.seen())
		}
	}
	slices.SortFunc(mine, func(a, b Job) int { return b.Created.Compare(a.Created) })
	return mine, nil
}

func (s *Scope) owns(r *record) bool {
	return s.grant.tenant == Tenant{r.Tenant, true} && s.grant.reads(r.Collection)
}

// Job returns the current state of a job. changed is closed when any job
// changes.
func (s *Scope) Job(_ context.Context, id string) (job Job, changed <-chan struct{}, err error) {
	j := s.service.jobs
	j.mu.Lock()
	defer j.mu.Unlock()
	r, ok := j.all[id]
	if !ok || !s.owns(r) {
		return Job{}, nil, errorf(NotFound, "there is no such job")
	}
	return r.seen(), j.changed, nil
}

// CancelJob stops a job. The documents that it has stored stay.
func (s *Scope) CancelJob(ctx context.Context, id string) error {
	job, _, err := s.Job(ctx, id)
	if err != nil {
		return err
	}
	if err := s.mayWrite(job.Collection); err != nil {
		return err
	}
	j := s.service.jobs
	j.mu.Lock()
	r, cancel := j.all[id], j.cancels[id]
	waiting := r.State == Queued
	if waiting {
		r.State = Cancelled // a cancelled job never starts
	}
	j.mu.Unlock()
	switch {
	case waiting:
		return explain(ctx, j.end(r, Cancelled, ""))
	case cancel != nil:
		cancel(errCancelled)
	case !job.State.Ended():
		return nil // the job is just ending
	default:
		return errorf(Conflict, "the job has ended: %s", job.State)
	}
	return nil
}
