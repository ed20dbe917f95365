package ingest

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"iter"
	"path/filepath"
	"strings"
)

// Pruner is a Store from which documents can be removed. Config.Prune needs one.
type Pruner interface {
	Store
	// Sources yields the sources of all documents. It ends after an error.
	Sources(ctx context.Context) iter.Seq2[string, error]
	// Remove removes the document of a source.
	Remove(ctx context.Context, source string) error
}

// scope is the part of a collection that a path stands for.
type scope struct {
	source string
	covers func(source string) bool
}

// folderScope returns a scope that covers the files below a folder, whose sources
// begin with that of the folder.
func folderScope(source string) scope {
	if source == "." {
		return scope{source, func(s string) bool {
			return !filepath.IsAbs(s) && !strings.HasPrefix(s, "../") && !isURL(s) && !strings.HasPrefix(s, stdinPrefix)
		}}
	}
	below := strings.TrimSuffix(source, "/") + "/"
	return scope{source, func(s string) bool { return strings.HasPrefix(s, below) }}
}

// fileScope returns a scope that covers a file, and the lines of the file if each of
// them is a document.
func fileScope(source string) scope {
	return scope{source, func(s string) bool { return s == source || strings.HasPrefix(s, source+"#") }}
}

// sightings is the set of sources that a run has met. It keeps only hashes, because
// there may be millions of sources. If two hashes were equal, a document that should
// be removed could stay, which practically never happens.
type sightings struct {
	seed maphash.Seed
	met  map[uint64]struct{}
}

func newSightings() *sightings { return &sightings{maphash.MakeSeed(), map[uint64]struct{}{}} }

func (s *sightings) add(source string) { s.met[maphash.String(s.seed, source)] = struct{}{} }

func (s *sightings) has(source string) bool {
	_, ok := s.met[maphash.String(s.seed, source)]
	return ok
}

// prune removes the documents that the paths cover and whose files or lines no
// longer exist. With Config.DryRun it only reports them. It keeps all documents of a
// path whose listing failed. It also keeps all lines of a file with a line that could
// not be read, because any of them could be that line.
func (in *Ingester) prune(ctx context.Context, found *finding, met *sightings, w *writer) error {
	store, ok := in.store.(Pruner)
	if !ok {
		return errors.New("documents cannot be taken out of this kind of collection")
	}
	var gone []string
	for source, err := range store.Sources(ctx) {
		if err != nil {
			return err
		}
		if found.covers(source) && !met.has(source) && !w.mayBeIn(source) {
			gone = append(gone, source)
		}
	}
	for _, source := range gone {
		if !in.cfg.DryRun {
			if err := store.Remove(ctx, source); err != nil {
				return fmt.Errorf("prune: %w", err)
			}
		}
		w.done(Event{Source: source, Outcome: Removed}, 0)
	}
	return nil
}

// covers reports whether one of the paths that were listed covers a source.
func (f *finding) covers(source string) bool {
	for _, s := range f.scopes {
		if s.covers(source) {
			return true
		}
	}
	return false
}

// mayBeIn reports whether a source is a line of a file that could not be read in
// part or as a whole. The source may then be a line that was not read.
func (w *writer) mayBeIn(source string) bool {
	for _, f := range w.report.Failed {
		name, _, isLine := strings.Cut(f.Source, "#line ")
		if isLine || source != f.Source {
			if strings.HasPrefix(source, name+"#") {
				return true
			}
		}
	}
	return false
}
