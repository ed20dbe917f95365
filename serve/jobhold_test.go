package serve

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"selfrag/session"
)

// changing is a library whose collections only change as a whole. It calls
// during while one does.
type changing struct {
	Library
	during func() error
}

func (c *changing) Rename(context.Context, string, string) error { return c.during() }
func (c *changing) Delete(context.Context, string) error         { return c.during() }

// stored implements the parts of a service with a library.
type stored struct {
	parts
	lib *changing
}

func (s stored) Library(context.Context, Tenant) (Library, error) { return s.lib, nil }

// files returns the uploads one by one, as Upload takes them.
func files(all ...Upload) func() (Upload, error) {
	return func() (Upload, error) {
		if len(all) == 0 {
			return Upload{}, io.EOF
		}
		next := all[0]
		all = all[1:]
		next.Content = strings.NewReader("text")
		return next, nil
	}
}

func isKind(err error, kind Kind) bool {
	var got *Error
	return errors.As(err, &got) && got.Kind == kind
}

// An upload that is accepted while its collection is renamed or deleted starts
// after that, so that its documents stay.
func TestUploadsWaitWhileTheirCollectionChanges(t *testing.T) {
	for name, change := range map[string]func(*Scope) error{
		"rename":       func(s *Scope) error { return s.renameCollection(t.Context(), "notes", "new") },
		"rename to it": func(s *Scope) error { return s.renameCollection(t.Context(), "old", "notes") },
		"delete":       func(s *Scope) error { return s.DeleteCollection(t.Context(), "notes") },
	} {
		t.Run(name, func(t *testing.T) {
			p := stored{lib: &changing{}}
			s, err := New(Config{
				Libraries: p, Engine: p, Models: p, Ingester: p, Secret: make([]byte, 16), Jobs: JobsConfig{Dir: t.TempDir()},
				Sessions: func(Tenant) (*session.Store, error) { return session.In(t.TempDir()), nil },
			})
			if err != nil {
				t.Fatal(err)
			}
			scope := s.For(Allow("t", nil, true))
			var job Job
			var woken <-chan struct{}
			p.lib.during = func() (err error) {
				if job, err = scope.Upload(t.Context(), "notes", files(Upload{Name: "a.md"})); err != nil {
					t.Errorf("an upload during the change: %v", err)
				}
				r, changed, _ := s.jobs.next()
				if woken = changed; r != nil {
					t.Error("its job starts during the change")
				}
				for tenant, collection := range map[string]string{"t": "third", "another": "notes"} {
					other, err := s.For(Allow(tenant, nil, true)).Upload(t.Context(), collection, files(Upload{Name: "a.md"}))
					if err != nil {
						t.Error(err)
					}
					if r, _, _ := s.jobs.next(); r == nil || r.ID != other.ID {
						t.Error("the job for another collection does not start")
					} else if err := s.jobs.end(r, Done, ""); err != nil {
						t.Error(err)
					}
				}
				if err := scope.DeleteCollection(t.Context(), "notes"); !isKind(err, Conflict) {
					t.Errorf("another change at the same time: %v", err)
				}
				_, woken, _ = s.jobs.next()
				return nil
			}
			if err := change(scope); err != nil {
				t.Fatal(err)
			}
			select {
			case <-woken:
			default:
				t.Error("nothing wakes the goroutine that runs the jobs")
			}
			r, _, _ := s.jobs.next()
			if r == nil || r.ID != job.ID {
				t.Fatal("the job does not start after the change")
			}
			p.lib.during = func() error {
				t.Error("a collection changes while an upload into it waits")
				return nil
			}
			if err := change(scope); !isKind(err, Conflict) {
				t.Errorf("with a job that waits: %v", err)
			}
			if err := s.jobs.end(r, Done, ""); err != nil {
				t.Fatal(err)
			}
			fails := errors.New("the store cannot be reached")
			p.lib.during = func() error { return fails }
			for range 2 { // a change that fails holds nothing any more
				if err := change(scope); !errors.Is(err, fails) {
					t.Errorf("with a job that has ended: %v", err)
				}
			}
		})
	}
}
