// Package source keeps a collection up to date with the places that its documents
// come from.
//
// A Source lists the files that a place holds now. Sync compares the list with what
// it remembers of the last one (State), ingests the files that are new or have
// changed, and removes the documents whose files are gone. Schedule repeats that.
//
// The kinds of sources are packages of their own: folder, site (pages of a web site,
// crawled or named by a sitemap), git (the files of a branch) and bucket
// (S3-compatible object stores). Package sourcetest has the tests that each of them
// passes.
//
// # What is removed
//
// A source owns a part of the collection: the documents whose sources begin with its
// folder, its address or its bucket. A document there whose file the source no
// longer holds is removed, even if it was ingested by hand. Nothing is removed after
// a scan that was not complete: a folder could not be listed, a page could not be
// fetched and its links are unknown, or a limit was reached. Nor is anything removed
// if a source that had documents has no file at all now, because a disk may not be
// mounted.
package source

import (
	"context"
	"io"
	"time"
)

// Source is a place that documents come from.
type Source interface {
	// Scan calls visit with each file that the source holds now, in any order, one
	// after the other. known says what is remembered of the files. Scan returns an
	// error if the place cannot be reached, if ctx ended, or if visit returned one;
	// a file that cannot be fetched is passed to visit with its error instead.
	Scan(ctx context.Context, known Known, visit func(File) error) (Extent, error)
}

// Known returns the version of a file at the last scan, or "" if there was no such
// file.
type Known func(name string) (version string)

// File is a file of a source.
type File struct {
	// Name is the source of its document.
	Name string
	// Version is a text that changes with the content of the file, such as an ETag.
	// If it is the known version, the file is not read. If it is empty, the file is
	// read at each scan.
	Version string
	// Extension is the extension of its type, such as ".md". If it is empty, the
	// file is no document, and only its version is remembered.
	Extension string
	Bytes     int64     // 0 if unknown
	Modified  time.Time // zero if unknown
	// Open opens the file. It is called at most once, maybe after the scan has
	// returned, and not after ctx has ended. It may be nil if Version is the known
	// one.
	Open func() (io.ReadCloser, error)
	// InMemory says that Open holds the content in memory. Only a few of such files
	// are kept at a time.
	InMemory bool
	// Err says why the file cannot be read now. Its document stays as it is.
	Err error
}

// Extent is the part of a collection that a scan has covered.
type Extent struct {
	// Covers reports whether a source of a document belongs to the source that was
	// scanned. It is nil if the scan was not complete.
	Covers func(source string) bool
	// Notes tell what else is to be known of the scan, such as a limit that was
	// reached, one sentence each.
	Notes []string
}
