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
)

// Progress tells how much of a file is there. total is 0 while not known.
type Progress func(file string, done, total int64)

// Pull fetches a model's files, in order, and goes on where an earlier pull
// was broken off. Each file is held to the hash that Hugging Face tells for
// it: SHA-256 of large ones, Git's of small ones. progress may be nil.
func (s *Store) Pull(ctx context.Context, m Model, progress Progress) error {
	if progress == nil {
		progress = func(string, int64, int64) {}
	}
	r := record{Name: m.Name, From: s.cfg.Endpoint + "/" + m.Repo, Files: map[string]fileRecord{}}
	for _, file := range m.Files {
		to := filepath.Join(s.Dir(m.Name), filepath.FromSlash(file))
		if err := s.fetch(ctx, m.Repo, file, to, progress); err != nil {
			return fmt.Errorf("pull %s: %s: %w", m.Name, file, err)
		}
		var err error
		if r.Files[file], err = sum(ctx, to); err != nil {
			return fmt.Errorf("pull %s: %w", m.Name, err)
		}
	}
	if err := s.write(r); err != nil {
		return fmt.Errorf("pull %s: %w", m.Name, err)
	}
	return nil
}

// UnreachableError says that the files cannot be had from there now.
type UnreachableError struct {
	Endpoint string
	Err      error
}

func (e *UnreachableError) Error() string {
	return fmt.Sprintf("%s cannot be used: %v: check the network, set HF_ENDPOINT to a mirror, or bring the files in with --from DIR", e.Endpoint, e.Err)
}

// Unwrap returns the cause.
func (e *UnreachableError) Unwrap() error { return e.Err }

func (s *Store) fetch(ctx context.Context, repo, file, to string, progress Progress) error {
	if info, err := os.Stat(to); err == nil {
		progress(file, info.Size(), info.Size())
		return nil // it got its name when it was whole and verified
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	part := to + ".part"
	have := int64(0)
	if info, err := os.Stat(part); err == nil {
		have = info.Size()
	}
	resp, tag, err := s.get(ctx, repo, file, have)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	flags := os.O_CREATE | os.O_WRONLY | os.O_TRUNC
	if resp.StatusCode == http.StatusPartialContent {
		flags = os.O_CREATE | os.O_WRONLY | os.O_APPEND
	} else {
		have = 0
	}
	if err := s.save(ctx, resp, part, flags, file, have, progress); err != nil {
		return err
	}
	if err := check(ctx, part, tag); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return os.Rename(part, to)
}

// save writes the answer's body behind what is there.
func (s *Store) save(ctx context.Context, resp *http.Response, part string, flags int, file string, have int64, progress Progress) error {
	out, err := os.OpenFile(part, flags, 0o644)
	if err != nil {
		return err
	}
	total := int64(0)
	if resp.ContentLength > 0 {
		total = have + resp.ContentLength
	}
	body := counting{reading(ctx, resp.Body), func(n int) { have += int64(n); progress(file, have, total) }}
	_, err = io.Copy(out, body)
	if closed := out.Close(); closed != nil {
		return closed
	}
	if ctx.Err() != nil {
		return fmt.Errorf("stopped; pull again to go on: %w", ctx.Err())
	}
	if err != nil {
		return &UnreachableError{s.cfg.Endpoint, fmt.Errorf("the download broke off; pull again to go on: %w", err)}
	}
	return nil
}

// get asks for a file from an offset on. tag is the hash that the server tells.
func (s *Store) get(ctx context.Context, repo, file string, offset int64) (_ *http.Response, tag string, err error) {
	address := s.cfg.Endpoint + "/" + repo + "/resolve/main/" + file
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, "", err
	}
	if s.cfg.Token != "" {
		req.Header.Set("Authorization", "Bearer "+s.cfg.Token) // not sent on to another host
	}
	if offset > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", offset))
	}
	client := *s.client
	client.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		if len(via) == 1 { // only the first answer tells the hash: later ones are a storage's
			tag = hashIn(req.Response.Header)
		}
		if len(via) > 5 {
			return errors.New("too many redirects")
		}
		return nil
	}
	resp, err := client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, "", ctx.Err()
		}
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
	case http.StatusRequestedRangeNotSatisfiable: // what is there is whole, or too long
		return s.get(ctx, repo, file, 0)
	case http.StatusUnauthorized, http.StatusForbidden:
		return nil, "", fmt.Errorf("%s refused (HTTP %d): accept the licence on the model's page and set HF_TOKEN", s.cfg.Endpoint, resp.StatusCode)
	case http.StatusNotFound:
		return nil, "", fmt.Errorf("%s has no such file (HTTP 404): the repository may have changed", s.cfg.Endpoint)
	}
	return nil, "", &UnreachableError{s.cfg.Endpoint, fmt.Errorf("it answered HTTP %d", resp.StatusCode)}
}

// hashIn reads the hash of a file: X-Linked-Etag is of the file itself, ETag
// perhaps of a pointer to it.
func hashIn(h http.Header) string {
	tag := h.Get("X-Linked-Etag")
	if tag == "" {
		tag = h.Get("ETag")
	}
	return strings.Trim(strings.TrimPrefix(tag, "W/"), `"`)
}

// check holds a file to a hash: 64 hexadecimal digits are its SHA-256, 40 its
// name in Git. Another tag says nothing.
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
		return fmt.Errorf("what came is not what the server tells: hash %s instead of %s; pull again", got, tag)
	}
	return nil
}

// gitName is the SHA-1 of a file as a Git blob.
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
