package serve

import (
	"context"
	"time"

	"selfrag/retrieval"
)

// Sources are the places from which the server keeps collections up to date.
type Sources interface {
	// Sources returns the state of all sources of a tenant, in the order of the
	// settings.
	Sources(t Tenant) []KeptSource
	// SyncSource asks for a source to be synchronised now. It returns false if the
	// tenant has no such source.
	SyncSource(t Tenant, name string) bool
}

// SourceState is the state of a kept source.
type SourceState string

// The states of a kept source.
const (
	SourceWaiting SourceState = "waiting" // the last synchronisation succeeded, or the first one is due
	SourceRunning SourceState = "running"
	SourceFailing SourceState = "failing" // the last synchronisation failed
)

// KeptSource is a place from which the server keeps a collection up to date. It holds
// no credentials.
type KeptSource struct {
	Name       string      `json:"name"`
	Kind       string      `json:"kind"`  // folder, site, sitemap, git or bucket
	Place      string      `json:"place"` // path or URL
	Collection string      `json:"collection"`
	Every      float64     `json:"every_s"` // seconds between two synchronisations
	State      SourceState `json:"state"`
	Began      *time.Time  `json:"began,omitempty"`   // beginning of the current or last synchronisation
	Ended      *time.Time  `json:"ended,omitempty"`   // end of the last synchronisation
	Success    *time.Time  `json:"success,omitempty"` // end of the last one that succeeded
	Next       *time.Time  `json:"next,omitempty"`    // beginning of the next one
	// Error says why the last synchronisation failed.
	Error string `json:"error,omitempty"`

	// These fields describe the last synchronisation that succeeded.
	Files     int `json:"files"` // files of the source
	Added     int `json:"added"` // documents
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"` // files
	Removed   int `json:"removed"`
	Passages  int `json:"passages"`
	Failed    int `json:"failed"`
	// Failures lists the files that cannot be read, 100 at most.
	Failures []SourceFailure `json:"failures"`
	Notes    []string        `json:"notes"` // such as a limit that was reached
}

// SourceFailure is a file of a source that cannot be read.
type SourceFailure struct {
	Source string          `json:"source"`
	Cause  retrieval.Cause `json:"cause,omitempty"` // as in JobFile
	Reason string          `json:"reason"`
}

// Sources returns the kept sources of the collections that the grant covers.
func (s *Scope) Sources(context.Context) ([]KeptSource, error) {
	mine := []KeptSource{}
	if s.service.cfg.Sources == nil {
		return mine, nil
	}
	for _, k := range s.service.cfg.Sources.Sources(s.grant.tenant) {
		if s.grant.reads(k.Collection) {
			mine = append(mine, k)
		}
	}
	return mine, nil
}

// KeptSource returns a kept source.
func (s *Scope) KeptSource(ctx context.Context, name string) (KeptSource, error) {
	mine, err := s.Sources(ctx)
	if err != nil {
		return KeptSource{}, err
	}
	for _, k := range mine {
		if k.Name == name {
			return k, nil
		}
	}
	return KeptSource{}, errorf(NotFound, "there is no such source")
}

// SyncSource asks for a kept source to be synchronised now.
func (s *Scope) SyncSource(ctx context.Context, name string) error {
	k, err := s.KeptSource(ctx, name)
	if err != nil {
		return err
	}
	if err := s.mayWrite(k.Collection); err != nil {
		return err
	}
	if !s.service.cfg.Sources.SyncSource(s.grant.tenant, name) {
		return errorf(NotFound, "there is no such source")
	}
	return nil
}
