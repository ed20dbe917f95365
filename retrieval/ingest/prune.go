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

// Pruner is a Store that documents can be taken out of. Config.Prune needs
// one.
type Pruner interface {
	Store
	// Sources yields the sources of all documents; it ends after an error.
	Sources(ctx context.Context) iter.Seq2[string, error]
	// Remove takes the document of a source out.
	Remove(ctx context.Context, source string) error
}

// scope is the part of a collection that a path stands for.
type scope struct {
	source string
	covers func(source string) bool
}

// folderScope covers the files below a folder, as their sources begin.
func folderScope(source string) scope {
	if source == "." {
		return scope{source, func(s string) bool {
			return !filepath.IsAbs(s) && !strings.HasPrefix(s, "../") && !isURL(s) && !strings.HasPrefix(s, stdinPrefix)
		}}
	}
	below := strings.TrimSuffix(source, "/") + "/"
	return scope{source, func(s string) bool { return strings.HasPrefix(s, below) }}
}

// fileScope covers a file, and its lines.
func fileScope(source string) scope {
	return scope{source, func(s string) bool { return s == source || strings.HasPrefix(s, source+"#") }}
}

// sightings knows which sources a run has met. It keeps hashes, since there
// may be millions; that two are the same leaves a document in the collection
// that should go, once in a life.
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

// prune removes what the paths stood for once and no more, or with dryRun
// only lists it. It leaves alone what a path covers whose listing failed, and
// the lines of a file in which a line could not be read: what it was cannot
// be told.
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

func (f *finding) covers(source string) bool {
	for _, s := range f.scopes {
		if s.covers(source) {
			return true
		}
	}
	return false
}

// mayBeIn tells whether a source may be a line of a file that could not be
// read in part.
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
