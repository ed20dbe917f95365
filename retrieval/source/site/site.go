// Package site is the source of the pages of a web site. It follows the links from a
// first page, or takes the pages that a sitemap names.
//
// It fetches one page at a time and follows the Robots Exclusion Protocol (RFC 9309)
// as "selfrag": Disallow and Crawl-delay of robots.txt, noindex and nofollow of
// pages. It follows only links to pages on the same host below the folder of the
// first page, up to a depth and a number of pages. Hosts must be allowed, and
// addresses in the local network are refused; see package outbound.
//
// A request for a page carries the ETag and the time of the last response, so that
// the server does not send a page that has not changed. If a sitemap says that a page
// has not changed (lastmod), no request is sent.
package site

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"selfrag/internal/outbound"
	"selfrag/retrieval/source"
)

// Config says which pages a Source holds. Start or Sitemap is required.
type Config struct {
	Start     string   // URL of the page that the crawl begins with
	Sitemap   string   // URL of a sitemap or of an index of sitemaps, in place of Start
	AllowURLs []string // hosts that may be fetched from
	Private   bool     // whether to fetch from addresses in the local network, too
	Depth     int      // maximum number of links from the first page; default 5
	Pages     int      // maximum number of pages; default 1,000
	MaxBytes  int64    // maximum size of a page in bytes; default 64 MiB
	// TypeOf returns the extension for a content type and the name of a file. It is
	// usually ingest.Config.TypeOf.
	TypeOf func(contentType, name string) (extension string, err error)
	// Pause is the minimum time between two requests; default none. robots.txt can ask
	// for a longer pause, up to 30 s.
	Pause time.Duration
}

// Source is the source of the pages of a site.
type Source struct {
	cfg   Config
	root  *url.URL // all pages are below its folder
	first string   // URL of the first page or of the sitemap
}

// New returns a source. The error says what is wrong with the configuration.
func New(cfg Config) (*Source, error) {
	cfg.Depth = cmp.Or(cfg.Depth, 5)
	cfg.Pages = cmp.Or(cfg.Pages, 1000)
	cfg.MaxBytes = cmp.Or(cfg.MaxBytes, 64<<20)
	if (cfg.Start == "") == (cfg.Sitemap == "") {
		return nil, errors.New("a site needs the URL of its first page or of its sitemap, and not both")
	}
	if cfg.Depth < 0 || cfg.Pages < 0 {
		return nil, errors.New("depth and pages of a site must not be negative")
	}
	address := cmp.Or(cfg.Start, cfg.Sitemap)
	if err := outbound.Check(address, cfg.AllowURLs); err != nil {
		return nil, err
	}
	root, ok := normal(nil, address)
	if !ok {
		return nil, errors.New("not a URL that can be fetched")
	}
	return &Source{cfg, root, root.String()}, nil
}

// covers reports whether a URL is below the folder of the first page.
func (s *Source) covers(address string) bool {
	u, ok := normal(nil, address)
	return ok && s.below(u)
}

func (s *Source) below(u *url.URL) bool {
	folder := s.root.EscapedPath()
	folder = folder[:strings.LastIndexByte(folder, '/')+1]
	return u.Scheme == s.root.Scheme && u.Host == s.root.Host && strings.HasPrefix(u.EscapedPath(), folder)
}

// maxURL is the maximum length of a URL in bytes. Longer ones come from pages that
// make up links without end.
const maxURL = 2000

// normal returns the URL of a link on a page in a normal form, so that two ways to
// write the same URL are equal. It returns false if the link does not lead to a page.
func normal(page *url.URL, link string) (*url.URL, bool) {
	u, err := url.Parse(strings.TrimSpace(link))
	if err != nil {
		return nil, false
	}
	if page != nil {
		u = page.ResolveReference(u)
	}
	u.Fragment, u.RawFragment = "", ""
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	if u.Scheme == "http" {
		u.Host = strings.TrimSuffix(u.Host, ":80")
	} else {
		u.Host = strings.TrimSuffix(u.Host, ":443")
	}
	if u.Path == "" {
		u.Path = "/"
	}
	ok := (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil && len(u.String()) <= maxURL
	return u, ok
}

// Scan implements source.Source.
func (s *Source) Scan(ctx context.Context, known source.Known, visit func(source.File) error) (source.Extent, error) {
	transport := outbound.Transport(s.cfg.Private)
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: fetchTime, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse // a redirect counts as a link, so its target must be below the first page
	}}
	f := &fetcher{client: client, cfg: s.cfg}
	if err := f.readRobots(ctx, s.root); err != nil {
		return source.Extent{}, err
	}
	c := &crawl{site: s, fetch: f, known: known, visit: visit, queued: map[string]bool{}, complete: true}
	if s.cfg.Sitemap == "" {
		c.queue(s.first, 0, "")
	} else if err := c.readSitemap(ctx, s.first); err != nil {
		return source.Extent{}, err
	}
	if err := c.run(ctx); err != nil {
		return source.Extent{}, err
	}
	extent := source.Extent{Notes: c.notes}
	if c.complete {
		extent.Covers = s.covers
	}
	return extent, nil
}

// crawl is one scan.
type crawl struct {
	site  *Source
	fetch *fetcher
	known source.Known
	visit func(source.File) error

	waiting  []waiting
	queued   map[string]bool // URLs that were ever queued
	visited  int
	failures int  // pages in a row that could not be fetched
	complete bool // no page was left out
	notes    []string
}

type waiting struct {
	address string
	depth   int
	changed string // lastmod of the sitemap; may be empty
}

// queue adds a page unless it was added before.
func (c *crawl) queue(address string, depth int, changed string) {
	if c.queued[address] {
		return
	}
	c.queued[address] = true
	c.waiting = append(c.waiting, waiting{address, depth, changed})
}

// maxFailures is the number of pages that fail one after another before the site
// counts as unreachable. Not measured.
const maxFailures = 5

// run visits the pages in the order of their distance from the first page.
func (c *crawl) run(ctx context.Context) error {
	refused := 0
	for ; len(c.waiting) > 0; c.waiting = c.waiting[1:] {
		w := c.waiting[0]
		if !c.fetch.mayFetch(w.address) {
			refused++
			continue
		}
		if c.visited == c.site.cfg.Pages {
			c.complete = false
			c.notes = append(c.notes, fmt.Sprintf("the limit of %d pages is reached, and at least one page is left out; nothing is removed", c.visited))
			break
		}
		if err := c.page(ctx, w); err != nil {
			return err
		}
	}
	if refused > 0 {
		c.notes = append(c.notes, fmt.Sprintf("robots.txt leaves out %d pages", refused))
	}
	return nil
}

// page visits one page.
func (c *crawl) page(ctx context.Context, w waiting) error {
	old := parseVersion(c.known(w.address))
	if w.changed != "" && w.changed == old.Changed {
		c.visited++
		c.follow(w, old.Links)
		return c.visit(source.File{Name: w.address, Version: old.String(), Extension: old.Extension})
	}
	got, err := c.fetch.page(ctx, w.address, old)
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("crawl: %w", context.Cause(ctx))
	case err != nil:
		c.visited++
		c.failures++
		if w.address == c.site.first && c.site.cfg.Sitemap == "" || c.failures == maxFailures {
			return fmt.Errorf("%s %w", w.address, err)
		}
		if old.isZero() { // its links are unknown
			c.complete = false
		}
		c.follow(w, old.Links)
		return c.visit(source.File{Name: w.address, Err: err})
	}
	c.failures = 0
	isFirst := w.address == c.site.first
	switch {
	case got.location != "":
		if !c.queueLink(got.location, w.depth) && isFirst {
			return fmt.Errorf("%s redirects to %s, which is not below it: name that URL instead", w.address, got.location)
		}
		return nil
	case got.gone && isFirst:
		return fmt.Errorf("%s cannot be fetched: there is no such page", w.address)
	case got.gone:
		return nil
	}
	c.visited++
	if got.same { // its content is not needed
		c.follow(w, old.Links)
		return c.visit(source.File{Name: w.address, Version: old.String(), Extension: old.Extension})
	}
	got.version.Changed = w.changed
	c.follow(w, got.version.Links)
	file := source.File{Name: w.address, Version: got.version.String(), Extension: got.version.Extension, Bytes: int64(len(got.body)), Modified: got.modified}
	file.InMemory = true
	file.Open = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(got.body)), nil }
	return c.visit(file)
}

// follow queues the links of a page. Links in the pages of a sitemap are not followed.
func (c *crawl) follow(w waiting, links []string) {
	if c.site.cfg.Sitemap != "" || w.depth >= c.site.cfg.Depth {
		return
	}
	for _, l := range links {
		c.queueLink(l, w.depth+1)
	}
}

// queueLink queues a page. It returns false if the page is not below the first one.
// address is the URL of the page, or its path on the host of the first page.
func (c *crawl) queueLink(address string, depth int) bool {
	u, ok := normal(c.site.root, address)
	if !ok || !c.site.below(u) {
		return false
	}
	c.queue(u.String(), depth, "")
	return true
}
