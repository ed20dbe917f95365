package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"selfrag/internal/outbound"
)

const (
	fetchTime    = time.Minute // maximum time for one URL, including redirects and body
	maxRedirects = 5
)

func isURL(path string) bool {
	lower := strings.ToLower(path)
	return strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://")
}

// url adds a document on the web to the files found. It is fetched only when the
// run loads it.
func (f *finding) url(cfg Config, address string) {
	if err := outbound.Check(address, cfg.AllowURLs); err != nil {
		f.failed = append(f.failed, Failure{address, err})
		return
	}
	f.add(file{source: address, loader: func(ctx context.Context, _ file, maxBytes int64, yield func(loaded) error) error {
		got, err := fetch(ctx, cfg, address, maxBytes)
		if err != nil {
			l := loaded{err: err}
			l.doc.Source = address
			return yield(l)
		}
		got.source = address
		return got.loader(ctx, got, maxBytes, yield)
	}})
}

// fetch downloads the whole file at a URL. It checks addresses at the moment of
// the connection, so that neither a redirect nor a host name that changes its
// address leads into the local network.
func fetch(ctx context.Context, cfg Config, address string, maxBytes int64) (file, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	transport := outbound.Transport(cfg.allowPrivate)
	defer transport.CloseIdleConnections()
	client := http.Client{Transport: transport, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) > maxRedirects {
			return fmt.Errorf("more than %d redirects", maxRedirects)
		}
		return outbound.Check(r.URL.String(), cfg.AllowURLs)
	}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return file{}, fmt.Errorf("not a URL that can be fetched: %w", err)
	}
	request.Header.Set("User-Agent", "selfrag")
	response, err := client.Do(request)
	if err != nil {
		var failed *url.Error
		if errors.As(err, &failed) { // its message would repeat the address
			err = failed.Err
		}
		return file{}, fmt.Errorf("cannot be fetched: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return file{}, fmt.Errorf("cannot be fetched: the server answers %s", response.Status)
	}
	extension, err := cfg.TypeOf(response.Header.Get("Content-Type"), response.Request.URL.Path)
	if err != nil {
		return file{}, err
	}
	raw, err := readAll(response.Body, 0, maxBytes)
	if err != nil {
		return file{}, fmt.Errorf("fetch: %w", err)
	}
	modified, _ := http.ParseTime(response.Header.Get("Last-Modified")) // many servers do not send it
	return file{loader: cfg.loaderFor(extension), bytes: int64(len(raw)), modified: modified, open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(string(raw))), nil
	}}, nil
}

// TypeOf returns the type of a file from the web as an extension, such as ".html". The
// content type of the response decides. If it says little, such as
// application/octet-stream, the extension of the name decides.
func (c Config) TypeOf(contentType, name string) (extension string, err error) {
	kind, _, _ := mime.ParseMediaType(contentType)
	known := false
	for _, t := range fileTypes() {
		if kind != "" && slices.Contains(strings.Fields(t.contentTypes), kind) {
			extension, known = t.extension, true
		}
	}
	named := strings.ToLower(path.Ext(name))
	_, own := c.Readers[named]
	if !known && (own || slices.Contains([]string{"", "text/plain", "application/octet-stream"}, kind)) {
		extension = named
		if kind == "text/plain" && c.loaderFor(extension) == nil {
			extension = ".txt"
		}
	}
	if c.loaderFor(extension) == nil {
		return "", fmt.Errorf("content of type %q is not supported; archives never are", contentType)
	}
	return extension, nil
}
