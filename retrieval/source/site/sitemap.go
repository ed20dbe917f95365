package site

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
)

const (
	maxSitemaps     = 100      // sitemaps of an index that are read
	maxSitemapBytes = 50 << 20 // size of a sitemap; the protocol allows 50 MB
	maxChanged      = 64       // bytes of a lastmod; W3C Datetime needs 35 at most
)

// sitemap is a sitemap or an index of sitemaps (sitemaps.org, protocol 0.9).
type sitemap struct {
	Pages []sitemapEntry `xml:"url"`
	Maps  []sitemapEntry `xml:"sitemap"`
}

type sitemapEntry struct {
	Address string `xml:"loc"`
	Changed string `xml:"lastmod"`
}

// readSitemap queues the pages of a sitemap. It leaves out pages that are not below
// the sitemap's folder, as the protocol requires.
func (c *crawl) readSitemap(ctx context.Context, address string) error {
	maps, outside := []string{address}, 0
	seen := map[string]bool{address: true}
	for i := 0; i < len(maps) && !c.overflow; i++ {
		m, err := c.fetch.sitemap(ctx, maps[i])
		if err != nil {
			return fmt.Errorf("sitemap %s %w", maps[i], err)
		}
		for _, e := range m.Maps {
			u, ok := normal(nil, e.Address)
			switch {
			case !ok || !c.site.below(u):
				outside++
			case seen[u.String()]:
			case len(maps) == maxSitemaps:
				return fmt.Errorf("sitemap %s has more than %d sitemaps", address, maxSitemaps)
			default:
				seen[u.String()] = true
				maps = append(maps, u.String())
			}
		}
		for _, e := range m.Pages {
			u, ok := normal(nil, e.Address)
			if !ok || !c.site.below(u) {
				outside++
				continue
			}
			if len(e.Changed) > maxChanged { // no time, and it would be remembered
				e.Changed = ""
			}
			c.queue(u.String(), 0, e.Changed)
		}
	}
	if outside > 0 {
		c.notes = append(c.notes, fmt.Sprintf("%d addresses of the sitemap are not below its folder and are left out", outside))
	}
	return nil
}

// sitemap fetches and reads one sitemap.
func (f *fetcher) sitemap(ctx context.Context, address string) (sitemap, error) {
	response, err := f.get(ctx, address, version{})
	if err != nil {
		return sitemap{}, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return sitemap{}, fmt.Errorf("cannot be fetched: the server answers %s", response.Status)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxSitemapBytes))
	if err != nil {
		return sitemap{}, fmt.Errorf("cannot be fetched: %w", withoutURL(err))
	}
	return parseSitemap(body)
}

func parseSitemap(body []byte) (sitemap, error) {
	var in io.Reader = bytes.NewReader(body)
	if bytes.HasPrefix(body, []byte{0x1f, 0x8b}) { // sitemap.xml.gz
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return sitemap{}, fmt.Errorf("is damaged: %w", err)
		}
		in = io.LimitReader(unpacked, maxSitemapBytes)
	}
	var m sitemap
	if err := xml.NewDecoder(in).Decode(&m); err != nil {
		return sitemap{}, fmt.Errorf("is no sitemap: %w", err)
	}
	if len(m.Pages)+len(m.Maps) == 0 {
		return sitemap{}, errors.New("names no page")
	}
	return m, nil
}
