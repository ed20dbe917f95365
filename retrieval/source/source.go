// Package source keeps a collection up to date with the places that its documents
// come from.
//
// A Source lists the files that a place holds now. Sync compares the list with the
// State, which holds the versions of the last one. It ingests the files that are new
// or have changed, and removes the documents whose files are gone. A Schedule calls
// Sync repeatedly.
//
// Each kind of source is a package of its own: folder, site (pages of a web site,
// found by links or named by a sitemap), git (the files of a branch) and bucket
// (S3-compatible object stores). Package sourcetest has the tests that all of them
// pass.
//
// # What is removed
//
// A source owns a part of the collection: the documents whose sources begin with its
// folder, its address or its bucket. If the file of such a document is gone, the
// document is removed, even if it was ingested by hand.
//
// Nothing is removed after a scan that was not complete because a folder could not be
// listed, a page whose links are unknown could not be fetched, or a limit was reached.
// Nothing is removed either if a source that had documents has no file at all now,
// because its disk may not be mounted.
package source

import (
	"context"
	"io"
	"time"
)

// Source is a place that documents come from.
type Source interface {
	// Scan calls visit with each file that the source holds now, in any order, one
	// after the other. known returns the versions of the last scan. If a file cannot
	// be fetched, Scan passes it to visit with File.Err set. Scan returns an error if
	// the place cannot be reached, if ctx ended, or if visit returned an error.
	Scan(ctx context.Context, known Known, visit func(File) error) (Extent, error)
}

// Known returns the version of a file at the last scan, or "" if there was no such
// file.
type Known func(name string) (version string)

// File is a file of a source.
type File struct {
	// Name is the source of the document that the file becomes.
	Name string
	// Version changes with the content of the file. It may be an ETag, for example.
	// If it equals the known version, the file is not read. If it is empty, the file
	// is read at each scan.
	Version string
	// Extension is the type of the file, such as ".md". If it is empty, the file is
	// not a document, and only its version is remembered.
	Extension string
	Bytes     int64     // 0 if unknown
	Modified  time.Time // zero if unknown
	// Open opens the file. It is called at most once, possibly after Scan has
	// returned, and never after ctx has ended. It may be nil if Version is the known
	// version.
	Open func() (io.ReadCloser, error)
	// InMemory reports whether Open holds the content in memory. Sync keeps only a
	// few such files at a time.
	InMemory bool
	// Err says why the file cannot be read now. Its document stays as it is.
	Err error
}

// Extent is the part of a collection that a scan has covered.
type Extent struct {
	// Covers reports whether a document with this source belongs to the Source that
	// was scanned. It is nil if the scan was not complete.
	Covers func(source string) bool
	// Notes are sentences about the scan that people should read, such as that a
	// limit was reached.
	Notes []string
}
