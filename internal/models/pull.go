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

	"selfrag/internal/download"
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
	r := record{Name: m.Name, From: download.WithoutUser(s.cfg.Endpoint) + "/" + m.Repo, Files: map[string]fileRecord{}}
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
	return fmt.Sprintf("%s cannot be used: %v: check the network, set HF_ENDPOINT to a mirror, or import the files with --from DIR", download.WithoutUser(e.Endpoint), e.Err)
}

// Unwrap returns the cause.
func (e *UnreachableError) Unwrap() error { return e.Err }

// Unreachable reports that the part cannot be used.
func (e *UnreachableError) Unreachable() bool { return true }

// longestFile bounds a file of a model, in bytes, so that a server cannot fill the
// disk. The longest file of the models that Manifest lists has 2.4 GB.
const longestFile = 16 << 30

func (s *Store) fetch(ctx context.Context, repo, file, to string, progress Progress) error {
	tag := ""
	return download.File{
		To: to, Patience: s.cfg.Patience, Most: longestFile,
		Open: func(ctx context.Context, offset int64) (resp *http.Response, err error) {
			resp, tag, err = s.get(ctx, repo, file, offset)
			return resp, err
		},
		Check:    func(ctx context.Context, path string) error { return check(ctx, path, tag) },
		Failed:   func(err error) error { return &UnreachableError{s.cfg.Endpoint, err} },
		Progress: func(done, total int64) { progress(file, done, total) },
	}.Get(ctx)
}

// get requests a file from an offset on. tag is the hash that the server
// reports.
func (s *Store) get(ctx context.Context, repo, file string, offset int64) (_ *http.Response, tag string, err error) {
	address := s.cfg.Endpoint + "/" + repo + "/resolve/main/" + file
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil { // the cause may hold a part of a password
		return nil, "", &UnreachableError{s.cfg.Endpoint, errors.New("its address is malformed")}
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
	if resp.StatusCode == http.StatusRequestedRangeNotSatisfiable && offset > 0 { // the file is complete or too long
		return s.get(ctx, repo, file, 0)
	}
	switch resp.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		return nil, "", fmt.Errorf("%s refused (HTTP %d): accept the licence on the model's page and set HF_TOKEN", download.WithoutUser(s.cfg.Endpoint), resp.StatusCode)
	case http.StatusNotFound:
		return nil, "", fmt.Errorf("%s has no such file (HTTP 404): the repository may have changed", download.WithoutUser(s.cfg.Endpoint))
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
	if _, err := io.Copy(h, download.Reading(ctx, f)); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
