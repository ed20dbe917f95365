package ingest

import (
	"context"
	"fmt"
	"io"
	"time"
)

// Listing holds the files that some paths stand for at the moment.
type Listing struct {
	Files   []Listed
	Failed  []Failure // paths and folders that could not be listed
	Skipped int       // number of links and files of unknown type in the folders

	found *finding
}

// Listed is a file of a Listing.
type Listed struct {
	Path     string // on the disk
	Source   string // source of its document
	Bytes    int64
	Modified time.Time

	file file
}

// List lists the files that Ingester.Run would read for the paths, which must be
// files, folders or globs. It reads none of them. It calls enter, which may be nil,
// with each folder before it lists the folder, and with the folder of each file that
// a path names. It returns an error only if ctx ended.
func (c Config) List(ctx context.Context, paths []string, enter func(dir string)) (Listing, error) {
	c.Prune = true // a path without any file is a failure
	found := newFinding(c, enter)
	if err := found.find(ctx, paths); err != nil {
		return Listing{}, fmt.Errorf("list files: %w", err)
	}
	l := Listing{Failed: found.failed, Skipped: found.skipped, found: found}
	for _, f := range found.files {
		l.Files = append(l.Files, Listed{f.path, f.source, f.bytes, f.modified, f})
	}
	return l, nil
}

// Covers reports whether a source belongs to a path whose files could all be listed.
// If Covers returns true and no file of the listing has the source, the file of the
// source no longer exists.
func (l Listing) Covers(source string) bool { return l.found.covers(source) }

// Open opens the file. It fails if the file, or a folder above it, has become a
// symbolic link that leads out of the folder that was listed.
func (l Listed) Open() (io.ReadCloser, error) { return l.file.openFile() }

// IgnoreFile is the name of the file that lists which files of its folder to leave
// out.
const IgnoreFile = ignoreFile
