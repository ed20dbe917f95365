package serve

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"selfrag/retrieval"
	"selfrag/session"
)

// parts implements the parts of a service that only ingests files.
type parts struct {
	Engine
	Models
	ingest func(files []IngestFile, progress func(IngestProgress)) error
}

func (parts) Library(context.Context, Tenant) (Library, error) { return nil, nil }

func (parts) Type(name string, _ io.ReaderAt, _ int64) (string, error) {
	if strings.HasSuffix(name, ".png") {
		return "", retrieval.Because(retrieval.CauseUnknownType, "it is a picture")
	}
	return ".md", nil
}

func (p parts) Ingest(_ context.Context, _ Library, _ string, files []IngestFile, progress func(IngestProgress)) error {
	return p.ingest(files, progress)
}

// taking returns a service over a folder of uploads, as a new process opens it.
func taking(t *testing.T, dir string, ingest func([]IngestFile, func(IngestProgress)) error) *Service {
	t.Helper()
	p := parts{ingest: ingest}
	s, err := New(Config{
		Libraries: p, Engine: p, Models: p, Ingester: p, Secret: make([]byte, 16), Jobs: JobsConfig{Dir: dir},
		Sessions: func(Tenant) (*session.Store, error) { return nil, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// runUntilEnded runs the jobs until the given job has ended or the simulated
// process has.
func (s *Service) runUntilEnded(t *testing.T, id string) (job Job, warnings string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	returned := make(chan struct{})
	go func() {
		defer close(returned)
		s.RunJobs(ctx, func(err error) { warnings += err.Error() + "\n" })
	}()
	for {
		s.jobs.mu.Lock()
		job = s.jobs.all[id].seen()
		changed := s.jobs.changed
		s.jobs.mu.Unlock()
		if job.State.Ended() {
			cancel()
			<-returned
			return job, warnings
		}
		select {
		case <-changed:
		case <-returned:
			return job, warnings
		}
	}
}

// A job that ends the process is given up, so that the jobs behind it run. A
// job that makes progress between the crashes is not, however often the process
// ends.
func TestAJobThatEndsTheServerIsGivenUp(t *testing.T) {
	crash := func() error {
		runtime.Goexit() // nothing runs after it, as when a process is killed
		return nil
	}
	for name, tc := range map[string]struct {
		ingest  func(start int, progress func(IngestProgress)) error
		crashes int // number of crashes before it ends
		state   JobState
	}{
		"it ends it at once": {func(int, func(IngestProgress)) error { return crash() }, maxStarts, Failed},
		"at the same place": {func(start int, progress func(IngestProgress)) error {
			outcome := "unchanged"
			if start == 0 {
				outcome = "added"
			}
			progress(IngestProgress{Source: "upload:a.md", Outcome: outcome})
			return crash()
		}, maxStarts, Failed},
		"it gets on": {func(start int, progress func(IngestProgress)) error {
			progress(IngestProgress{Source: "upload:a.md", Outcome: "updated"})
			if start < 2*maxStarts {
				return crash()
			}
			return nil
		}, 2 * maxStarts, Done},
		"the server is killed now and then": {func(start int, _ func(IngestProgress)) error {
			if start < maxStarts-1 {
				return crash()
			}
			return nil
		}, maxStarts - 1, Done},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			r := record{Tenant: "t", Job: Job{ID: "0123", Collection: "notes", State: Queued, Created: time.Now(), Files: []JobFile{{Name: "a.md", Source: "upload:a.md", Type: ".md"}}}}
			content, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Mkdir(filepath.Join(dir, r.ID), 0o700); err != nil {
				t.Fatal(err)
			}
			for file, content := range map[string][]byte{"job.json": content, "0": []byte("text")} {
				if err := os.WriteFile(filepath.Join(dir, r.ID, file), content, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			start, crashes := 0, 0
			for {
				s := taking(t, dir, func(_ []IngestFile, progress func(IngestProgress)) error {
					start++
					return tc.ingest(start-1, progress)
				})
				job, warnings := s.runUntilEnded(t, r.ID)
				if !job.State.Ended() {
					if crashes++; crashes > 10 {
						t.Fatal("it is tried for ever")
					}
					continue
				}
				if job.State != tc.state || crashes != tc.crashes {
					t.Errorf("%s after %d crashes, want %s after %d", job.State, crashes, tc.state, tc.crashes)
				}
				if given := job.State == Failed; given != strings.Contains(job.Error, "one by one") || given != strings.Contains(warnings, r.ID) {
					t.Errorf("the job says %q, the log %q", job.Error, warnings)
				}
				break
			}
			if left, err := os.ReadDir(filepath.Join(dir, r.ID)); err != nil || len(left) != 1 {
				t.Errorf("left over: %v, %v", left, err)
			}
		})
	}
}
