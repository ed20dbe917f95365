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
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
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
	if page == nil {
		page = &url.URL{}
	}
	u = page.ResolveReference(u)
	u.Fragment, u.RawFragment = "", ""
	u.RawPath = unescape(u.RawPath)
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	if u.Scheme == "http" {
		u.Host = strings.TrimSuffix(u.Host, ":80")
	} else {
		u.Host = strings.TrimSuffix(u.Host, ":443")
	}
	if u.Path == "" {
		u.Path = "/"
	}
	ok := (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil && len(u.String()) <= maxURL && !hasDots(u.Path)
	return u, ok
}

// escape matches the escape of one byte in a path.
var escape = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

// unescape removes the escapes of letters, digits and -._~ from a path (RFC 3986,
// 6.2.2.2). Rules of robots.txt name pages without them.
func unescape(path string) string {
	return escape.ReplaceAllStringFunc(path, func(e string) string {
		b, _ := strconv.ParseUint(e[1:], 16, 8) // two hexadecimal digits
		if c := byte(b); c == '-' || c == '.' || c == '_' || c == '~' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' {
			return string(rune(c))
		}
		return e
	})
}

// hasDots reports whether a path has a segment . or .. that was left when the URL was
// resolved, because it was written as %2e, beside a backslash or with a parameter. A
// server may resolve it, and so answer with a page outside of the folder, or with one
// that robots.txt refuses.
func hasDots(path string) bool {
	for segment := range strings.FieldsFuncSeq(path, func(r rune) bool { return r == '/' || r == '\\' }) {
		if name, _, _ := strings.Cut(segment, ";"); name == "." || name == ".." {
			return true
		}
	}
	return false
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
	c.noteLimits()
	extent := source.Extent{Notes: c.notes}
	if c.complete {
		extent.Covers = s.covers
	}
	return extent, nil
}
