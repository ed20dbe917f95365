package models

import (
	"context"
	"crypto/sha1" //nolint:gosec // Git's own name of a small file, not a defence
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Progress is called with the number of bytes of a file that have arrived.
// total is 0 while it is unknown.
type Progress func(file string, done, total int64)

// Pull downloads the files of a model, in order, and resumes an interrupted
// download. It checks each file against the hash that Hugging Face reports:
// SHA-256 for large files, Git's for small ones. A model of another origin with
// that name stays until all files have arrived. progress may be nil.
func (s *Store) Pull(ctx context.Context, m Model, progress Progress) error {
	if progress == nil {
		progress = func(string, int64, int64) {}
	}
	dir := s.Dir(m.Name)
	// The files of an imported model have the same names but other content.
	earlier, err := s.read(m.Name)
	imported := err == nil && !strings.HasSuffix(earlier.From, "/"+m.Repo)
	if imported {
		dir += ".pull"
	}
	if err := s.pullInto(ctx, dir, m, progress); err != nil {
		return fmt.Errorf("pull %s: %w", m.Name, err)
	}
	if imported {
		if err := s.swapIn(m.Name, dir); err != nil {
			return fmt.Errorf("pull %s: %w", m.Name, err)
		}
	}
	return nil
}

func (s *Store) pullInto(ctx context.Context, dir string, m Model, progress Progress) error {
	r := record{Name: m.Name, From: s.cfg.Endpoint + "/" + m.Repo, Files: map[string]fileRecord{}}
	for _, file := range m.Files {
		to := filepath.Join(dir, filepath.FromSlash(file))
		if err := s.fetch(ctx, m.Repo, file, to, progress); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		var err error
		if r.Files[file], err = sum(ctx, to); err != nil {
			return err
		}
	}
	return writeRecord(dir, r)
}

// UnreachableError says that files cannot be downloaded from an endpoint now.
type UnreachableError struct {
	Endpoint string
	Err      error
}

func (e *UnreachableError) Error() string {
	return fmt.Sprintf("%s cannot be used: %v: check the network, set HF_ENDPOINT to a mirror, or import the files with --from DIR", e.Endpoint, e.Err)
}

// Unwrap returns the cause.
func (e *UnreachableError) Unwrap() error { return e.Err }

// Unreachable reports that the part cannot be used.
func (e *UnreachableError) Unreachable() bool { return true }

func (s *Store) fetch(ctx context.Context, repo, file, to string, progress Progress) error {
	if info, err := os.Stat(to); err == nil {
		progress(file, info.Size(), info.Size())
		return nil // it received its name after it was complete and verified
	}
	part := to + ".part"
	have := int64(0)
	if info, err := os.Stat(part); err == nil {
		have = info.Size()
	}
	asking, silence, done := withPatience(ctx, s.cfg.Patience)
	defer done()
	resp, tag, err := s.get(asking, repo, file, have)
	if err != nil {
		return s.failed(ctx, asking, err)
	}
	defer resp.Body.Close()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	flags := os.O_CREATE | os.O_WRONLY | os.O_TRUNC
	if resp.StatusCode == http.StatusPartialContent {
		flags = os.O_CREATE | os.O_WRONLY | os.O_APPEND
	} else {
		have = 0
	}
	err = s.save(resp, part, flags, have, func(done, total int64) {
		silence.Reset(s.cfg.Patience)
		progress(file, done, total)
	})
	if err != nil {
		return s.failed(ctx, asking, err)
	}
	if err := check(ctx, part, tag); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return os.Rename(part, to)
}

// errBrokenOff is wrapped by errors about an interrupted download. save appends
// the body of the answer to the bytes that exist.
var errBrokenOff = errors.New("the download was interrupted; pull again to resume it")

// save writes the answer's body behind the bytes that are there.
func (s *Store) save(resp *http.Response, part string, flags int, have int64, came func(done, total int64)) error {
	out, err := os.OpenFile(part, flags, 0o644)
	if err != nil {
		return err
	}
	total := int64(0)
	if resp.ContentLength > 0 {
		total = have + resp.ContentLength
	}
	_, err = io.Copy(out, counting{resp.Body, func(n int) { have += int64(n); came(have, total) }})
	if closed := out.Close(); closed != nil {
		return closed
	}
	if full := (*fs.PathError)(nil); err == nil || errors.As(err, &full) {
		return err // the disk failed, not the network
	}
	return &UnreachableError{s.cfg.Endpoint, fmt.Errorf("%w: %w", errBrokenOff, err)}
}

// withPatience returns a context that ends when the timer fires. Call done at
// the end.
func withPatience(ctx context.Context, patience time.Duration) (_ context.Context, silence *time.Timer, done func()) {
	ctx, stop := context.WithCancelCause(ctx)
	silence = time.AfterFunc(patience, func() { stop(fmt.Errorf("nothing came for %v", patience)) })
	return ctx, silence, func() {
		silence.Stop()
		stop(nil)
	}
}

// failed returns the reason for a failed request: the end of the caller's
// context or of the request's context, or err.
func (s *Store) failed(ctx, asking context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("stopped; pull again to resume it: %w", ctx.Err())
	case asking.Err() != nil:
		return &UnreachableError{s.cfg.Endpoint, context.Cause(asking)}
	}
	return err
}

// get requests a file from an offset on. tag is the hash that the server
// reports.
func (s *Store) get(ctx context.Context, repo, file string, offset int64) (_ *http.Response, tag string, err error) {
	address := s.cfg.Endpoint + "/" + repo + "/resolve/main/" + file
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, "", err
	}
	if s.cfg.Token != "" {
		req.Header.Set("Authorization", "Bearer "+s.cfg.Token) // not sent to other hosts
	}
	if offset > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", offset))
	}
	client := *s.client
	client.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		if len(via) == 1 { // only the first answer has the hash; later ones come from a storage service
			tag = hashIn(req.Response.Header)
		}
		if len(via) > 5 {
			return errors.New("too many redirects")
		}
		return nil
	}
	resp, err := client.Do(req)
	if err != nil {
		var inner *url.Error
		if errors.As(err, &inner) {
			err = inner.Err // without the address, which may be signed
		}
		return nil, "", &UnreachableError{s.cfg.Endpoint, err}
	}
	if tag == "" {
		tag = hashIn(resp.Header)
	}
	switch {
	case resp.StatusCode == http.StatusOK, resp.StatusCode == http.StatusPartialContent && offset > 0:
		return resp, tag, nil
	}
	_ = resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusRequestedRangeNotSatisfiable: // the file is complete or too long
		return s.get(ctx, repo, file, 0)
	case http.StatusUnauthorized, http.StatusForbidden:
		return nil, "", fmt.Errorf("%s refused (HTTP %d): accept the licence on the model's page and set HF_TOKEN", s.cfg.Endpoint, resp.StatusCode)
	case http.StatusNotFound:
		return nil, "", fmt.Errorf("%s has no such file (HTTP 404): the repository may have changed", s.cfg.Endpoint)
	}
	return nil, "", &UnreachableError{s.cfg.Endpoint, fmt.Errorf("it answered HTTP %d", resp.StatusCode)}
}

// hashIn reads the hash of a file. X-Linked-Etag belongs to the file itself,
// ETag perhaps to a pointer to it.
func hashIn(h http.Header) string {
	tag := h.Get("X-Linked-Etag")
	if tag == "" {
		tag = h.Get("ETag")
	}
	return strings.Trim(strings.TrimPrefix(tag, "W/"), `"`)
}

// check compares a file with a hash: 64 hexadecimal digits are its SHA-256, 40
// its name in Git. Any other tag is ignored.
func check(ctx context.Context, path, tag string) error {
	if _, err := hex.DecodeString(tag); err != nil {
		return nil //nolint:nilerr // no hash to hold it to
	}
	var got string
	switch len(tag) {
	case 64:
		r, err := sum(ctx, path)
		if err != nil {
			return err
		}
		got = r.SHA256
	case 40:
		var err error
		if got, err = gitName(ctx, path); err != nil {
			return err
		}
	default:
		return nil
	}
	if got != tag {
		return fmt.Errorf("the download is damaged: it has hash %s instead of %s; pull again", got, tag)
	}
	return nil
}

// gitName returns the SHA-1 of a file as a Git blob.
func gitName(ctx context.Context, path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	var info fs.FileInfo
	if info, err = f.Stat(); err != nil {
		return "", err
	}
	h := sha1.New() //nolint:gosec // see the import
	fmt.Fprintf(h, "blob %d\x00", info.Size())
	if _, err := io.Copy(h, reading(ctx, f)); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

type counting struct {
	io.Reader
	count func(n int)
}

func (c counting) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.count(n)
	return n, err
}
