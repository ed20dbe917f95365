// Package folder is the source of files on this machine: folders with all their
// contents, single files and globs.
//
// It lists the files that package ingest would read for the same paths, under the
// same names. A file that was also ingested by hand is therefore the same document.
// Symbolic links in a folder are not followed. If a file becomes a link after it was
// listed, and the link leads out of the folder, the file is not read.
//
// A file counts as unchanged if its size and the time of its last change are the
// same. A file that changed in the two seconds before a listing is read again at the
// next one, because a second change in the same instant would not show.
package folder

import (
	"context"
	"fmt"
	"time"

	"selfrag/retrieval/ingest"
	"selfrag/retrieval/source"
)

// Config says which files a Source holds.
type Config struct {
	Paths   []string // files, folders and globs
	Reading ingest.Config
	// Watch, if it is not nil, watches the folders that are listed.
	Watch *Watcher
}

// Source is the source of the files of some paths.
type Source struct{ cfg Config }

// New returns a source.
func New(cfg Config) *Source { return &Source{cfg} }

// unsettled is the age below which the time of a file's last change does not prove
// that the file is unchanged. Times have a resolution of two seconds on FAT, and of
// milliseconds elsewhere.
const unsettled = 2 * time.Second

// Scan implements source.Source.
func (s *Source) Scan(ctx context.Context, _ source.Known, visit func(source.File) error) (source.Extent, error) {
	begin := time.Now()
	enter := func(string) {}
	if s.cfg.Watch != nil {
		s.cfg.Watch.begin()
		enter = s.cfg.Watch.enter // called before the folder is listed, so that no later change is missed
	}
	files, err := s.cfg.Reading.List(ctx, s.cfg.Paths, enter)
	if err != nil {
		return source.Extent{}, err
	}
	extent := source.Extent{Covers: files.Covers}
	if s.cfg.Watch != nil {
		extent.Notes = s.cfg.Watch.end()
	}
	for _, f := range files.Failed {
		if err := visit(source.File{Name: f.Source, Err: f.Err}); err != nil {
			return source.Extent{}, err
		}
	}
	for _, f := range files.Files {
		file := source.File{Name: f.Source, Extension: extension(f.Path), Bytes: f.Bytes, Modified: f.Modified, Open: f.Open}
		if begin.Sub(f.Modified) > unsettled {
			file.Version = fmt.Sprintf("%d %d", f.Bytes, f.Modified.UnixNano())
		}
		if err := visit(file); err != nil {
			return source.Extent{}, err
		}
	}
	return extent, nil
}
