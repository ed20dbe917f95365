package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// file is a file to ingest.
type file struct {
	path     string
	source   string // the path as given, cleaned, with slashes
	bytes    int64
	modified time.Time // when it last was; zero if that is not known
	loader   loader
	open     func() (io.ReadCloser, error) // nil: path is opened
}

// finding is what the paths given lead to.
type finding struct {
	files   []file
	failed  []Failure
	skipped int
	bytes   int64 // of files

	seen map[string]bool // sources
}

// find lists the files that the paths name, in the order of the paths; which
// files of a folder, the package's documentation says. It returns an error
// only when ctx ended.
func find(ctx context.Context, paths []string) (*finding, error) {
	found := &finding{seen: map[string]bool{}}
	for _, path := range paths {
		source := sourceOf(path)
		info, err := os.Stat(path)
		switch {
		case err != nil:
			found.failed = append(found.failed, Failure{source, reason(err)})
		case info.IsDir():
			if err := found.folder(ctx, filepath.Clean(path), nil); err != nil {
				return nil, err
			}
		default:
			found.named(path, info)
		}
	}
	return found, nil
}

// named takes a file that the caller named.
func (f *finding) named(path string, info fs.FileInfo) {
	source := sourceOf(path)
	l := loaderFor(path)
	switch {
	case !info.Mode().IsRegular():
		f.failed = append(f.failed, Failure{source, errNotRegular})
	case l == nil:
		f.failed = append(f.failed, Failure{source, unknownType(path)})
	default:
		f.add(file{path: path, source: source, bytes: info.Size(), modified: info.ModTime(), loader: l})
	}
}

func (f *finding) add(found file) {
	if f.seen[found.source] { // named twice, or named and in a folder
		return
	}
	f.seen[found.source] = true
	f.files = append(f.files, found)
	f.bytes += found.bytes
}

// folder takes the files of a folder. The rules are those of the folders
// above it.
func (f *finding) folder(ctx context.Context, dir string, rules []ignoreRules) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	entries, err := os.ReadDir(dir) // sorted by name
	if err != nil {
		f.failed = append(f.failed, Failure{sourceOf(dir), reason(err)})
		// What was read before the error is taken all the same.
	}
	own, err := readIgnoreRules(dir)
	if err != nil {
		f.failed = append(f.failed, Failure{sourceOf(filepath.Join(dir, ignoreFile)), err})
	} else if own != nil {
		rules = append(rules[:len(rules):len(rules)], *own)
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if strings.HasPrefix(e.Name(), ".") || ignored(rules, path, e.IsDir()) {
			continue
		}
		switch l := loaderFor(path); {
		case e.IsDir():
			if err := f.folder(ctx, path, rules); err != nil {
				return err
			}
		case !e.Type().IsRegular() || l == nil:
			f.skipped++
		default:
			info, err := e.Info()
			if err != nil {
				f.failed = append(f.failed, Failure{sourceOf(path), reason(err)})
				continue
			}
			f.add(file{path: path, source: sourceOf(path), bytes: info.Size(), modified: info.ModTime(), loader: l})
		}
	}
	return nil
}

func unknownType(path string) error {
	var known []string
	for _, t := range fileTypes() {
		known = append(known, t.extension)
	}
	return fmt.Errorf("unknown file type %q: known are %s", filepath.Ext(path), strings.Join(known, " "))
}

func sourceOf(path string) string { return filepath.ToSlash(filepath.Clean(path)) }

// reason is an error of the file system without the operation and the path,
// which the failure names already.
func reason(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return fmt.Errorf("cannot be read: %w", pathError.Err)
	}
	return err
}
