package site

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"selfrag/retrieval/source"
)

// crawl is one scan.
type crawl struct {
	site  *Source
	fetch *fetcher
	known source.Known
	visit func(source.File) error

	waiting  []waiting
	queued   map[string]bool // by URL
	visited  int
	failures int  // in a row
	complete bool // all pages were met
	overflow bool // addresses were left out, because the queue was full
	cut      int  // number of pages with links that were left out
	notes    []string
}

type waiting struct {
	address string
	depth   int
	changed string // lastmod of the sitemap; may be empty
}

// queuedPerPage bounds the number of addresses that one scan queues, as a multiple of
// Config.Pages. Redirects and pages that are gone do not count as pages, so this bound
// is what ends the crawl of a server that makes up redirects or missing pages. Not
// measured.
const queuedPerPage = 10

// queue adds a page, once. Beyond the bound of the queue the page is left out.
func (c *crawl) queue(address string, depth int, changed string) {
	if c.queued[address] {
		return
	}
	if len(c.queued) >= queuedPerPage*c.site.cfg.Pages {
		c.overflow, c.complete = true, false
		return
	}
	c.queued[address] = true
	c.waiting = append(c.waiting, waiting{address, depth, changed})
}

// maxFailures is the number of pages in a row that cannot be fetched after which the
// site counts as unreachable. Not measured.
const maxFailures = 5

// run visits the pages in the order of their distance from the first.
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

// noteLimits adds notes about what was left out.
func (c *crawl) noteLimits() {
	if c.overflow {
		c.notes = append(c.notes, "there are too many addresses, and some are left out; nothing is removed")
	}
	if c.cut > 0 {
		c.notes = append(c.notes, fmt.Sprintf("%d pages have too many links, and some are left out; nothing is removed", c.cut))
	}
}

// page visits one page.
func (c *crawl) page(ctx context.Context, w waiting) error {
	old := parseVersion(c.known(w.address))
	if w.changed != "" && w.changed == old.Changed {
		c.visited++
		c.follow(w, old)
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
		if old.isZero() { // what it links to is unknown
			c.complete = false
		}
		c.follow(w, old)
		return c.visit(source.File{Name: w.address, Err: err})
	}
	isFirst := w.address == c.site.first
	switch {
	case got.location != "":
		below := c.queueLink(got.location, w.depth)
		switch {
		case !below && isFirst:
			return fmt.Errorf("%s redirects to %s, which is not below it: name that URL instead", w.address, got.location)
		case got.temporary && !old.isZero():
			return c.away(w, old, below)
		}
		c.failures = 0
		return nil
	case got.gone && isFirst:
		return fmt.Errorf("%s cannot be fetched: there is no such page", w.address)
	case got.gone:
		c.failures = 0
		return nil
	}
	c.failures = 0
	c.visited++
	if got.same { // only its version is needed
		c.follow(w, old)
		return c.visit(source.File{Name: w.address, Version: old.String(), Extension: old.Extension})
	}
	got.version.Changed = w.changed
	c.follow(w, got.version)
	file := source.File{Name: w.address, Version: got.version.String(), Extension: got.version.Extension, Bytes: int64(len(got.body)), Modified: got.modified}
	file.InMemory = true
	file.Open = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(got.body)), nil }
	return c.visit(file)
}

// errAway is the failure of a page that redirects to another page for now.
var errAway = errors.New("redirects to another page for now")

// away visits a page that was fetched before and redirects for now, such as to a login
// or to a notice of maintenance. Its document stays, and so do those of the pages that
// it linked to. below reports whether the target is a page of the site.
func (c *crawl) away(w waiting, old version, below bool) error {
	c.visited++
	if !below {
		c.failures++
	}
	if c.failures == maxFailures {
		return fmt.Errorf("%s %w", w.address, errAway)
	}
	c.follow(w, old)
	return c.visit(source.File{Name: w.address, Err: errAway})
}

// follow queues the links of a page. The pages of a sitemap are not followed.
func (c *crawl) follow(w waiting, page version) {
	if c.site.cfg.Sitemap != "" || w.depth >= c.site.cfg.Depth {
		return
	}
	if page.Cut { // the pages behind the other links are unknown
		c.cut++
		c.complete = false
	}
	for _, l := range page.Links {
		c.queueLink(l, w.depth+1)
	}
}

// queueLink queues a page, or reports false if it is not below the first. address is
// its URL, or begins with a slash if it is on the host of the first page.
func (c *crawl) queueLink(address string, depth int) bool {
	u, ok := normal(c.site.root, address)
	if !ok || !c.site.below(u) {
		return false
	}
	c.queue(u.String(), depth, "")
	return true
}
