package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/pdf"
)

// file is a file to ingest.
type file struct {
	path     string
	root     string // folder that the file must not leave by a symbolic link; empty for a file that the caller named
	source   string // see SourceOf
	bytes    int64
	modified time.Time // time of the last change; zero if unknown
	loader   loader
	open     func() (io.ReadCloser, error) // if nil, path is opened
	pdfs     *pdf.Reader                   // shared by the run; if nil, a new one reads this file
	fields   map[string]any                // to set, besides those of the run
	force    bool                          // to store even if unchanged
}

// finding collects the files that the given paths lead to.
type finding struct {
	cfg   Config
	enter func(dir string) // called with each folder before it is listed; may be nil
	root  string           // the folder that is being searched

	files   []file
	failed  []Failure
	skipped int     // number of files of other types, links and so on
	bytes   int64   // total size of files
	scopes  []scope // scopes of the paths that were listed without a failure

	seen map[string]bool // sources of files
	only *regexp.Regexp  // matches the sources that a glob takes; nil for all
}

func newFinding(cfg Config, enter func(dir string)) *finding {
	if enter == nil {
		enter = func(string) {}
	}
	return &finding{cfg: cfg, enter: enter, seen: map[string]bool{}}
}

// find adds the files that the paths stand for, in the order of the paths. The
// package documentation says which files a folder stands for. It returns an error
// only if ctx ended.
func (f *finding) find(ctx context.Context, paths []string) error {
	for _, path := range paths {
		failures, files := len(f.failed), len(f.files)
		s, err := f.findPath(ctx, path)
		if err != nil {
			return err
		}
		switch {
		case s == nil || len(f.failed) > failures:
		case len(f.files) == files && f.cfg.Prune:
			f.failed = append(f.failed, Failure{s.source, errNothingThere})
		default:
			f.scopes = append(f.scopes, *s)
		}
	}
	return nil
}

// errNothingThere is the failure of a path without any file, when pruning. It keeps
// an empty folder from emptying the collection.
var errNothingThere = errors.New("there is no document in it now; nothing is removed, because its disk may not be mounted")

// findPath lists the files that one path stands for. It returns the part of the
// collection that the path stands for, or nil if nothing may be pruned for it.
func (f *finding) findPath(ctx context.Context, path string) (*scope, error) {
	switch {
	case path == "-":
		f.stdin(f.cfg.Stdin, f.cfg.StdinName)
		return nil, nil
	case isURL(path):
		f.url(f.cfg, path)
		return nil, nil
	}
	source := SourceOf(path)
	info, err := os.Stat(path)
	var s scope
	switch {
	case err != nil && isGlob(path):
		return f.glob(ctx, path)
	case err != nil:
		f.failed = append(f.failed, Failure{source, reason(err)})
	case info.IsDir():
		s = folderScope(source)
		f.root = filepath.Clean(path)
		err = f.folder(ctx, f.root, nil)
		return &s, err
	default:
		s = fileScope(source)
		f.named(path, info)
	}
	return &s, nil
}

// stdinPrefix begins the source of a document that came from standard input.
const stdinPrefix = "stdin:"

func (f *finding) stdin(in io.Reader, name string) {
	source := stdinPrefix + name
	l := f.cfg.loaderFor(name)
	switch {
	case name == "" || in == nil:
		f.failed = append(f.failed, Failure{"-", errors.New("standard input needs a name that shows its type, such as notes.md")})
	case l == nil:
		f.failed = append(f.failed, Failure{source, f.cfg.unknownType(name)})
	default:
		f.add(file{source: source, loader: l, open: func() (io.ReadCloser, error) { return io.NopCloser(in), nil }})
	}
}

func isGlob(path string) bool { return strings.ContainsAny(path, "*?[") }

// glob adds the files that a pattern matches. It searches the folder before the
// first special character of the pattern, and all folders below. It is a failure if
// no file matches.
func (f *finding) glob(ctx context.Context, path string) (*scope, error) {
	pattern := SourceOf(path)
	fail := func(err error) (*scope, error) {
		f.failed = append(f.failed, Failure{pattern, err})
		return nil, nil
	}
	expression, ok := globExpression(pattern)
	if !ok {
		return fail(errors.New("a malformed pattern"))
	}
	only, err := regexp.Compile(expression)
	if err != nil {
		return fail(errors.New("a malformed pattern"))
	}
	dir := filepath.ToSlash(filepath.Clean(path)) // spelled as on the disk, unlike pattern
	dir = dir[:strings.IndexAny(dir, "*?[")]
	dir = dir[:strings.LastIndex(dir, "/")+1]
	before := len(f.files) + len(f.failed)
	f.only, f.root = only, filepath.Clean(filepath.FromSlash(dir))
	err = f.folder(ctx, f.root, nil)
	f.only = nil
	if err != nil {
		return nil, err
	}
	if len(f.files)+len(f.failed) == before {
		return fail(errors.New("no file matches"))
	}
	return &scope{pattern, func(s string) bool {
		name, _, _ := strings.Cut(s, "#")
		return only.MatchString(s) || only.MatchString(name)
	}}, nil
}

// named adds a file that the caller named itself, and not a folder around it.
func (f *finding) named(path string, info fs.FileInfo) {
	source := SourceOf(path)
	l := f.cfg.loaderFor(path)
	switch {
	case !info.Mode().IsRegular():
		f.failed = append(f.failed, Failure{source, errNotRegular})
	case l == nil:
		f.failed = append(f.failed, Failure{source, f.cfg.unknownType(path)})
	default:
		f.enter(filepath.Dir(path))
		f.add(file{path: path, source: source, bytes: info.Size(), modified: info.ModTime(), loader: l})
	}
}

func (f *finding) add(found file) {
	if f.seen[found.source] { // named twice, or named and also in a folder
		return
	}
	f.seen[found.source] = true
	f.files = append(f.files, found)
	f.bytes += found.bytes
}

// folder adds the files in a folder and below. rules are the ignore rules of the
// folders above it.
func (f *finding) folder(ctx context.Context, dir string, rules []ignoreRules) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	f.enter(dir)
	entries, err := os.ReadDir(dir) // sorted by name
	if err != nil {
		f.failed = append(f.failed, Failure{SourceOf(dir), reason(err)})
		// The entries that were read before the error are still used.
	}
	own, err := readIgnoreRules(dir)
	if err != nil {
		f.failed = append(f.failed, Failure{SourceOf(filepath.Join(dir, ignoreFile)), err})
	} else if own != nil {
		rules = append(rules[:len(rules):len(rules)], *own)
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if strings.HasPrefix(e.Name(), ".") || ignored(rules, path, e.IsDir()) {
			continue
		}
		switch l := f.cfg.loaderFor(path); {
		case e.IsDir():
			if err := f.folder(ctx, path, rules); err != nil {
				return err
			}
		case f.only != nil && !f.only.MatchString(SourceOf(path)):
		case !e.Type().IsRegular() || l == nil:
			f.skipped++
		default:
			info, err := e.Info()
			if err != nil {
				f.failed = append(f.failed, Failure{SourceOf(path), reason(err)})
				continue
			}
			f.add(file{path: path, root: f.root, source: SourceOf(path), bytes: info.Size(), modified: info.ModTime(), loader: l})
		}
	}
	return nil
}

func (c Config) unknownType(path string) error {
	return retrieval.Because(retrieval.CauseUnknownType, fmt.Sprintf("unknown file type %q: known are %s; --reader adds others",
		filepath.Ext(path), strings.Join(c.extensions(), " ")))
}

// reason returns an error of the file system without the operation and the path,
// because the failure names the path already.
func reason(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return fmt.Errorf("cannot be read: %w", pathError.Err)
	}
	return err
}
