package site

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/temoto/robotstxt"

	"selfrag/internal/outbound"
)

const (
	fetchTime = time.Minute      // maximum time for one page
	maxPause  = 30 * time.Second // maximum pause that robots.txt or Retry-After can ask for
	maxRobots = 512 << 10        // maximum bytes of robots.txt that are read; RFC 9309 requires at least 500 KiB
	agent     = "selfrag"
)

// version is the part of a page that is remembered until the next scan. It is stored
// as JSON.
type version struct {
	ETag      string   `json:"etag,omitempty"`
	Modified  string   `json:"modified,omitempty"` // Last-Modified, as the server wrote it
	Changed   string   `json:"changed,omitempty"`  // lastmod of the sitemap
	Sum       string   `json:"sum,omitempty"`      // hash of the page
	Extension string   `json:"type,omitempty"`     // empty if the page is not a document
	Links     []string `json:"links,omitempty"`    // without scheme and host
	Cut       bool     `json:"cut,omitempty"`      // the page has more links than Links
}

func parseVersion(text string) version {
	var v version
	_ = json.Unmarshal([]byte(text), &v) // a version that cannot be read counts as a page that was never seen
	return v
}

func (v version) String() string {
	text, _ := json.Marshal(v) // a struct of texts, so it cannot fail
	return string(text)
}

func (v version) isZero() bool { return v.Sum == "" }

// answer is what a server sent for a page.
type answer struct {
	version  version
	modified time.Time
	body     []byte
	location string // where a redirect leads
	// temporary says that the redirect is for now (302, 303, 307).
	temporary bool
	gone      bool // there is no such page
	same      bool // the page has not changed; nothing else is set
}

// fetcher fetches from one site.
type fetcher struct {
	client *http.Client
	cfg    Config
	robots *robotstxt.Group // nil allows everything
	last   time.Time        // time of the last request
}

// maxRobotsRedirects is the number of redirects of robots.txt that are followed. RFC
// 9309, 2.3.1.2 demands five. Behind more of them, robots.txt counts as missing.
const maxRobotsRedirects = 5

// readRobots reads the robots.txt of a host. Without one everything is allowed. If
// the server fails, nothing may be fetched (RFC 9309, 2.3.1.4), so that is an error.
// It is an error, too, if robots.txt is on a host that may not be fetched from.
func (f *fetcher) readRobots(ctx context.Context, at *url.URL) error {
	address := (&url.URL{Scheme: at.Scheme, Host: at.Host, Path: "/robots.txt"}).String()
	response, err := f.get(ctx, address, version{})
	for range maxRobotsRedirects {
		if err != nil || response.StatusCode < 300 || response.StatusCode >= 400 || response.Header.Get("Location") == "" {
			break
		}
		to, failed := response.Location()
		_ = response.Body.Close()
		if failed != nil {
			return fmt.Errorf("%s redirects to no URL", address)
		}
		response, err = f.get(ctx, to.String(), version{})
	}
	if err != nil {
		return fmt.Errorf("%s %w", address, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxRobots))
	if err != nil {
		return fmt.Errorf("%s cannot be fetched: %w", address, err)
	}
	if response.StatusCode >= 500 || response.StatusCode == http.StatusTooManyRequests {
		return fmt.Errorf("%s cannot be fetched: the server answers %s", address, response.Status)
	}
	if response.StatusCode != http.StatusOK {
		return nil
	}
	rules, err := robotstxt.FromBytes(text)
	if err != nil {
		return fmt.Errorf("%s cannot be understood: %w", address, err)
	}
	f.robots = rules.FindGroup(agent)
	return nil
}

// mayFetch reports whether robots.txt allows a page.
func (f *fetcher) mayFetch(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (f.robots == nil || f.robots.Test(u.RequestURI()))
}

// page fetches a page. If the page has not changed since old, the server sends no
// body, and answer.same is set. The error does not contain the URL.
func (f *fetcher) page(ctx context.Context, address string, old version) (answer, error) {
	response, err := f.get(ctx, address, old)
	if err != nil {
		return answer{}, err
	}
	if wait := retryAfter(response); wait > 0 {
		_ = response.Body.Close()
		if err := sleep(ctx, wait); err != nil {
			return answer{}, err
		}
		if response, err = f.get(ctx, address, old); err != nil {
			return answer{}, err
		}
	}
	defer response.Body.Close()
	switch status := response.StatusCode; {
	case status == http.StatusNotModified && !old.isZero():
		return answer{same: true}, nil
	case status == http.StatusNotFound || status == http.StatusGone:
		return answer{gone: true}, nil
	case status >= 300 && status < 400 && response.Header.Get("Location") != "":
		to, err := response.Location()
		if err != nil {
			return answer{}, errors.New("cannot be fetched: it redirects to no URL")
		}
		lasts := status == http.StatusMovedPermanently || status == http.StatusPermanentRedirect
		return answer{location: to.String(), temporary: !lasts}, nil
	case status != http.StatusOK:
		return answer{}, fmt.Errorf("cannot be fetched: the server answers %s", response.Status)
	}
	return f.read(response)
}

// read reads the body of a page.
func (f *fetcher) read(response *http.Response) (answer, error) {
	header := response.Header
	a := answer{version: version{ETag: header.Get("ETag"), Modified: header.Get("Last-Modified")}}
	a.modified, _ = http.ParseTime(a.version.Modified) // many servers do not send it
	extension, err := f.cfg.TypeOf(header.Get("Content-Type"), response.Request.URL.Path)
	if err != nil { // not a document; its body is not read
		a.version.Sum = "-"
		return a, nil //nolint:nilerr // a page that is not a document is no failure
	}
	a.body, err = io.ReadAll(io.LimitReader(response.Body, f.cfg.MaxBytes+1))
	if err != nil {
		return answer{}, fmt.Errorf("cannot be fetched: %w", withoutURL(err))
	}
	if int64(len(a.body)) > f.cfg.MaxBytes {
		return answer{}, fmt.Errorf("larger than %d bytes", f.cfg.MaxBytes)
	}
	sum := sha256.Sum256(a.body)
	a.version.Sum, a.version.Extension = hex.EncodeToString(sum[:8]), extension
	orders := header.Get("X-Robots-Tag")
	if strings.HasPrefix(extension, ".htm") || strings.HasPrefix(extension, ".xhtm") {
		var more string
		a.version.Links, a.version.Cut, more = links(response.Request.URL, a.body)
		orders += "," + more
	}
	orders = strings.ToLower(orders)
	if strings.Contains(orders, "noindex") || hasOrder(orders, "none") {
		a.version.Extension = ""
	}
	if strings.Contains(orders, "nofollow") || hasOrder(orders, "none") {
		a.version.Links, a.version.Cut = nil, false
	}
	return a, nil
}

// get sends one request, after the pause that the site asks for.
func (f *fetcher) get(ctx context.Context, address string, old version) (*http.Response, error) {
	if err := outbound.Check(address, f.cfg.AllowURLs); err != nil {
		return nil, err
	}
	pause := f.cfg.Pause
	if f.robots != nil {
		pause = min(max(pause, f.robots.CrawlDelay), max(maxPause, f.cfg.Pause))
	}
	if err := sleep(ctx, time.Until(f.last.Add(pause))); err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, errors.New("not a URL that can be fetched")
	}
	request.Header.Set("User-Agent", agent)
	if old.ETag != "" {
		request.Header.Set("If-None-Match", old.ETag)
	}
	if old.Modified != "" {
		request.Header.Set("If-Modified-Since", old.Modified)
	}
	response, err := f.client.Do(request)
	f.last = time.Now()
	if err != nil {
		return nil, fmt.Errorf("cannot be fetched: %w", withoutURL(err))
	}
	return response, nil
}

// withoutURL returns an error of an HTTP client without the URL, because the message
// that wraps the error already contains the URL.
func withoutURL(err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}

// retryAfter returns the time that a busy server asks to wait. It returns 0 if the
// server asks for none, or for more than maxPause.
func retryAfter(response *http.Response) time.Duration {
	if response.StatusCode != http.StatusTooManyRequests && response.StatusCode != http.StatusServiceUnavailable {
		return 0
	}
	seconds, err := strconv.Atoi(response.Header.Get("Retry-After"))
	wait := time.Duration(seconds) * time.Second
	if err != nil || wait < 0 || wait > maxPause {
		return 0
	}
	return wait
}

// sleep waits for d. It returns an error if ctx ends first.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
