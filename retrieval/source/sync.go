package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
)

// Target is the collection that Sync keeps up to date.
type Target struct {
	Store    ingest.Pruner
	Ingester Ingester
}

// Ingester stores files as documents of the collection. *ingest.Ingester is one.
type Ingester interface {
	RunInputs(ctx context.Context, inputs []ingest.Input, progress func(ingest.Event)) (ingest.Report, error)
}

// TargetError is an error of the collection, of its store or its embedder. The source
// is not at fault.
type TargetError struct{ Err error }

func (e *TargetError) Error() string { return e.Err.Error() }

// Unwrap returns the error of the collection.
func (e *TargetError) Unwrap() error { return e.Err }

// Report sums up a Sync.
type Report struct {
	ingest.Report
	Files int           // number of files that the source holds
	Notes []string      // see Extent.Notes
	Scan  time.Duration // time that the source took to visit its files
}

const (
	// batchFiles and batchBytes bound the number and the size of the files in memory,
	// such as web pages, that are ingested together. All other files of a scan are
	// ingested together. Not measured.
	batchFiles = 64
	batchBytes = 16 << 20
)

// errNothingThere is the failure of a source without any file. Without it, a disk that
// is not mounted would empty the collection.
var errNothingThere = errors.New("there is no document in it now; nothing is removed, because its disk may not be mounted")

// Sync brings a collection up to date with a source. It ingests the files that are new
// or have changed, and removes the documents whose files are gone. state holds the
// versions of the last Sync; Sync updates it. Sync calls progress, which may be nil,
// for each document that it changes and for each one that fails.
//
// A file that cannot be read is listed in Report.Failed of each Sync until it can be
// read, and its document stays. If Sync cannot go on, it returns an error. The error
// is a *TargetError if the source is not at fault. Documents that were stored until
// then stay, and the next Sync continues from there.
func Sync(ctx context.Context, src Source, to Target, state *State, progress func(ingest.Event)) (Report, error) {
	begin := time.Now()
	s := &syncing{ctx: ctx, to: to, state: state, progress: progress, met: map[string]bool{}, read: map[string]bool{}, documents: map[string]bool{}}
	if state.Files == nil {
		state.Files = map[string]Memory{}
	}
	err := s.run(src)
	s.report.Elapsed = time.Since(begin)
	return s.report, err
}

// syncing is one call of Sync.
type syncing struct {
	ctx      context.Context
	to       Target
	state    *State
	progress func(ingest.Event)

	stored storedSources
	report Report
	bytes  int64 // size of the files that were ingested

	met       map[string]bool // names of the files that the source holds
	read      map[string]bool // names of the files that were ingested; false if the file or a part of it failed
	documents map[string]bool // sources of the documents in these files

	batch     []ingest.Input
	held      int               // number of files in batch that are in memory
	heldBytes int64             // size of these files
	versions  map[string]string // versions of the files in batch
	unread    map[string]bool   // names of the files in batch that could not be opened or read to their end
}

func (s *syncing) run(src Source) error {
	var err error
	if s.stored, err = listStored(s.ctx, s.to.Store); err != nil {
		return &TargetError{err}
	}
	known := s.state.version(s.stored)
	begin := time.Now()
	extent, err := src.Scan(s.ctx, known, func(f File) error { return s.visit(f, known(f.Name)) })
	s.report.Scan = time.Since(begin)
	if err == nil {
		err = s.flush()
	}
	if err != nil {
		return err
	}
	s.report.Notes = extent.Notes
	if extent.Covers == nil {
		return nil
	}
	return s.prune(extent.Covers)
}

// visit takes a file of the source. known is its version at the last Sync.
func (s *syncing) visit(f File, known string) error {
	if s.met[f.Name] {
		return nil
	}
	s.met[f.Name] = true
	s.report.Files++
	switch {
	case f.Err != nil:
		s.event(ingest.Event{Source: f.Name, Outcome: ingest.Failed, Err: f.Err})
	case f.Version != "" && f.Version == known:
		if m := s.state.Files[f.Name]; m.Failed != "" { // reported before, so it is only counted
			s.report.Failed = append(s.report.Failed, ingest.Failure{Source: f.Name, Err: retrieval.Because(m.Cause, m.Failed)})
		} else if !m.Skipped {
			s.report.Unchanged++
		}
	case f.Extension == "":
		s.state.Files[f.Name] = Memory{Version: f.Version, Skipped: true}
		s.report.Skipped++
	default:
		return s.add(f)
	}
	return nil
}

// add puts a file into the batch that is ingested next.
func (s *syncing) add(f File) error {
	if f.InMemory {
		if s.held == batchFiles || s.heldBytes+f.Bytes > batchBytes {
			if err := s.flush(); err != nil {
				return err
			}
		}
		s.held, s.heldBytes = s.held+1, s.heldBytes+f.Bytes
	}
	if s.versions == nil {
		s.versions, s.unread = map[string]string{}, map[string]bool{}
	}
	unread := s.unread
	open := func() (io.ReadCloser, error) {
		in, err := f.Open()
		if err != nil {
			unread[f.Name] = true
			return nil, err
		}
		return &noted{in, func() { unread[f.Name] = true }}, nil
	}
	s.batch = append(s.batch, ingest.Input{Source: f.Name, Extension: f.Extension, Bytes: f.Bytes, Modified: f.Modified, Open: open})
	s.versions[f.Name] = f.Version
	return nil
}

// flush ingests the batch.
func (s *syncing) flush() error {
	if len(s.batch) == 0 {
		return nil
	}
	batch, versions, unread, before := s.batch, s.versions, s.unread, s.bytes
	s.batch, s.held, s.heldBytes, s.versions, s.unread = nil, 0, 0, nil, nil
	for name := range versions {
		delete(s.state.Files, name) // until they are ingested without a failure
		s.read[name] = true
	}
	failed := map[string]Memory{} // by name: why the file, or a document in it, failed
	again := map[string]bool{}    // names of files that must be tried again
	_, err := s.to.Ingester.RunInputs(s.ctx, batch, func(e ingest.Event) {
		name := fileOf(e.Source, func(name string) bool { _, ok := versions[name]; return ok })
		s.documents[e.Source] = true
		if e.Err != nil {
			var part *ingest.PartError
			again[name] = again[name] || errors.As(e.Err, &part)
			failed[name] = Memory{Failed: e.Err.Error(), Cause: retrieval.CauseOf(e.Err)}
			s.read[name] = false
		}
		s.bytes = before + e.DoneBytes
		e.DoneBytes, e.TotalBytes = s.bytes, before+e.TotalBytes
		s.event(e)
	})
	if err != nil {
		return &TargetError{err}
	}
	for name, version := range versions {
		if version != "" && !again[name] && !unread[name] {
			m := failed[name]
			m.Version = version
			s.state.Files[name] = m
		}
	}
	return nil
}

// noted is a file that calls failed if it cannot be read to its end. The file must
// then be tried again although its version stays the same, because the cause, such as
// a lost connection, may pass.
type noted struct {
	io.ReadCloser
	failed func()
}

func (n *noted) Read(p []byte) (int, error) {
	k, err := n.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		n.failed()
	}
	return k, err
}

// prune removes the documents of the source whose file is gone, or whose line in a
// JSONL file is gone. It also removes such files from the state.
func (s *syncing) prune(covers func(source string) bool) error {
	var gone []string
	for _, source := range s.stored.all {
		if !covers(source) {
			continue
		}
		name := fileOf(source, func(name string) bool { return s.met[name] })
		switch {
		case !s.met[name]:
			gone = append(gone, source)
		case s.read[name] && !s.documents[source]: // a line of a file that is gone
			gone = append(gone, source)
		case s.state.Files[name].Skipped: // it was a document once
			gone = append(gone, source)
		}
	}
	if len(s.met) == 0 && len(gone) > 0 {
		s.event(ingest.Event{Source: commonFolder(gone), Outcome: ingest.Failed, Err: errNothingThere})
		return nil
	}
	for _, source := range gone {
		if err := s.to.Store.Remove(s.ctx, source); err != nil && !errors.Is(err, retrieval.ErrUnknownDocument) {
			return &TargetError{fmt.Errorf("remove a document that is gone: %w", err)}
		}
		s.event(ingest.Event{Source: source, Outcome: ingest.Removed})
	}
	for name := range s.state.Files {
		if !s.met[name] && covers(name) {
			delete(s.state.Files, name)
		}
	}
	return nil
}

// event counts the outcome of a document and passes the event to progress.
func (s *syncing) event(e ingest.Event) {
	switch e.Outcome {
	case ingest.Added:
		s.report.Added++
	case ingest.Updated:
		s.report.Updated++
	case ingest.Unchanged:
		s.report.Unchanged++
	case ingest.Removed:
		s.report.Removed++
	case ingest.Failed:
		s.report.Failed = append(s.report.Failed, ingest.Failure{Source: e.Source, Err: e.Err})
	}
	s.report.Passages += e.Passages
	for _, w := range e.Warnings {
		s.report.Warned = append(s.report.Warned, ingest.Warning{Source: e.Source, Text: w})
	}
	if s.progress != nil {
		s.progress(e)
	}
}

// storedSources holds the sources of the documents of a collection.
type storedSources struct {
	all   []string
	files map[string]bool // the sources, and each beginning of a source that ends before a #
}

func listStored(ctx context.Context, store ingest.Pruner) (storedSources, error) {
	s := storedSources{files: map[string]bool{}}
	for source, err := range store.Sources(ctx) {
		if err != nil {
			return s, fmt.Errorf("list the documents of the collection: %w", err)
		}
		s.all = append(s.all, source)
		s.files[source] = true
		for i := range len(source) {
			if source[i] == '#' {
				s.files[source[:i]] = true
			}
		}
	}
	return s, nil
}

// has reports whether a file has a document in the collection.
func (s storedSources) has(name string) bool { return s.files[name] }

// fileOf returns the name of the file that a document came from. known reports
// whether a name is the name of a file. The source of a document in a JSONL file is
// the name of the file, a # and the name of the line. If no file is known, fileOf
// returns the source itself.
func fileOf(source string, known func(name string) bool) string {
	for end := len(source); end >= 0; {
		if known(source[:end]) {
			return source[:end]
		}
		end = strings.LastIndexByte(source[:end], '#')
	}
	return source
}

// commonFolder returns the longest common beginning of the sources that ends with a
// slash. If there is none, it returns the first source.
func commonFolder(sources []string) string {
	common := sources[0]
	for _, s := range sources {
		for !strings.HasPrefix(s, common) {
			common = common[:strings.LastIndexByte(strings.TrimSuffix(common, "/"), '/')+1]
		}
	}
	common = common[:strings.LastIndexByte(common, '/')+1]
	if common == "" {
		return sources[0]
	}
	return common
}
