package site_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"selfrag/retrieval/ingest"
	"selfrag/retrieval/source"
	"selfrag/retrieval/source/site"
	"selfrag/retrieval/source/sourcetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// web is a site whose first page links to all others.
type web struct {
	*httptest.Server

	mu       sync.Mutex
	files    map[string]string // by path without the first slash
	types    map[string]string // content types that are not those of the extension
	headers  map[string]http.Header
	robots   string
	statuses map[string]int // of paths that fail
	requests map[string]int // by path and status, as in "a.md 200"
}

func newWeb(t *testing.T) *web {
	w := &web{files: map[string]string{}, types: map[string]string{}, headers: map[string]http.Header{}, robots: "User-agent: *\nDisallow: /.hidden/\n", statuses: map[string]int{}, requests: map[string]int{}}
	w.Server = httptest.NewServer(w)
	t.Cleanup(w.Close)
	return w
}

// ServeHTTP implements http.Handler.
func (w *web) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	name := strings.TrimPrefix(r.URL.Path, "/")
	text, ok := w.files[name]
	kind := map[string]string{".md": "text/markdown", ".txt": "text/plain; charset=utf-8", ".html": "text/html", ".xml": "application/xml"}[path.Ext(name)]
	switch name {
	case "":
		text, kind, ok = w.index(), "text/html; charset=utf-8", true
	case "robots.txt":
		text, ok = w.robots, true
	}
	if own, has := w.types[name]; has {
		kind = own
	}
	status := http.StatusOK
	etag := fmt.Sprintf(`"%x"`, sha256.Sum256([]byte(text)))
	switch {
	case w.statuses[name] != 0:
		status = w.statuses[name]
	case !ok:
		status = http.StatusNotFound
	case r.Header.Get("If-None-Match") == etag:
		status = http.StatusNotModified
	}
	w.requests[fmt.Sprintf("%s %d", name, status)]++
	out.Header().Set("Content-Type", kind)
	out.Header().Set("ETag", etag)
	maps.Copy(out.Header(), w.headers[name])
	out.WriteHeader(status)
	if status == http.StatusOK {
		fmt.Fprint(out, text)
	}
}

// index is the first page.
func (w *web) index() string {
	if text, ok := w.files["index"]; ok {
		return text
	}
	var b strings.Builder
	b.WriteString("<title>All</title><p>All pages of the site.")
	for _, name := range slices.Sorted(maps.Keys(w.files)) {
		fmt.Fprintf(&b, ` <a href="/%s#part">x</a>`, (&url.URL{Path: name}).EscapedPath())
	}
	return b.String()
}

func (w *web) config() site.Config {
	u, _ := url.Parse(w.URL)
	return site.Config{Start: w.URL, AllowURLs: []string{u.Host}, Private: true, TypeOf: ingest.Config{}.TypeOf}
}

func (w *web) open(t *testing.T, cfg site.Config) source.Source {
	t.Helper()
	s, err := site.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (w *web) Source(t *testing.T) source.Source { return w.open(t, w.config()) }

func (w *web) Put(_ *testing.T, path, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.files[path] = text
}

func (w *web) Remove(_ *testing.T, path string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.files, path)
}

func (w *web) Name(path string) string {
	return w.URL + "/" + (&url.URL{Path: path}).EscapedPath()
}
func (w *web) Also() []string { return []string{w.URL + "/"} }

// sent returns the number of answers with a status since the last call.
func (w *web) sent(status int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for key, times := range w.requests {
		if strings.HasSuffix(key, fmt.Sprintf(" %d", status)) && !strings.HasPrefix(key, "robots.txt") {
			n += times
			delete(w.requests, key)
		}
	}
	return n
}

func TestSite(t *testing.T) {
	sourcetest.Run(t, func(t *testing.T) sourcetest.Place { return newWeb(t) })
}

// visited scans a site and returns the paths of the documents, of the failures, and
// the extent.
func visited(t *testing.T, w *web, s source.Source) (documents, failed []string, extent source.Extent) {
	t.Helper()
	extent, err := s.Scan(t.Context(), func(string) string { return "" }, func(f source.File) error {
		name := strings.TrimPrefix(f.Name, w.URL)
		switch {
		case f.Err != nil:
			failed = append(failed, name)
		case f.Extension != "":
			documents = append(documents, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(documents)
	return documents, failed, extent
}

func TestCrawl(t *testing.T) {
	w := newWeb(t)
	pages := map[string]string{
		"docs/":            `<a href="a.html">a</a> <a href="/other/">out of the folder</a> <a href="https://elsewhere.test/docs/x.html">away</a> <a href="mailto:a@b.c">m</a> <a href="javascript:x()">j</a>`,
		"docs/a.html":      `<base href="/docs/deep/"><a href="b.html">b</a><a href="b.html#again">b</a><a rel="nofollow" href="nofollow.html">n</a>`,
		"docs/deep/b.html": `<a href="../c.html?page=2">c</a> <area href="moved.html">`, "docs/c.html": `<a href="deep/d.html">d</a>`,
		"docs/deep/d.html": "four links away", "docs/deep/nofollow.html": "x", "other/": "x",
		"docs/quiet.html": `<meta name="robots" content="noindex"><a href="behind.html">only here</a>`, "docs/behind.html": "x",
		"docs/mute.html": `<a href="mute2.html">no</a>`, "docs/mute2.html": "x",
	}
	pages["docs/"] += `<a href="quiet.html">q</a> <a href="mute.html">m</a> <a href="big.zip">z</a> <a href="gone.html">g</a> <a href="broken.html">b</a>`
	maps.Copy(w.files, pages)
	w.files["docs/big.zip"] = "PK"
	w.types["docs/"], w.types["docs/big.zip"] = "text/html", "application/zip"
	w.headers["docs/mute.html"] = http.Header{"X-Robots-Tag": {"nofollow"}}
	w.headers["docs/deep/moved.html"] = http.Header{"Location": {"/docs/target.html"}}
	w.statuses["docs/deep/moved.html"], w.files["docs/target.html"] = http.StatusMovedPermanently, "the target"
	w.statuses["docs/broken.html"] = http.StatusInternalServerError
	cfg := w.config()
	cfg.Start += "/docs/"
	documents, failed, extent := visited(t, w, w.open(t, cfg))
	want := []string{"/docs/", "/docs/a.html", "/docs/behind.html", "/docs/c.html?page=2", "/docs/deep/b.html", "/docs/deep/d.html", "/docs/mute.html", "/docs/target.html"}
	if !slices.Equal(documents, want) {
		t.Errorf("documents %q, want %q", documents, want)
	}
	if !slices.Equal(failed, []string{"/docs/broken.html"}) || extent.Covers != nil { // what it linked to is unknown
		t.Errorf("failed %q; complete: %v", failed, extent.Covers != nil)
	}
	delete(w.statuses, "docs/broken.html")
	cfg.Depth = 2
	if documents, _, extent = visited(t, w, w.open(t, cfg)); slices.Contains(documents, "/docs/c.html?page=2") || !slices.Contains(documents, "/docs/deep/b.html") || extent.Covers == nil {
		t.Errorf("to a depth of 2: %q", documents)
	}
	cfg.Pages = 3
	if documents, _, extent = visited(t, w, w.open(t, cfg)); len(documents) > 3 || extent.Covers != nil || !strings.Contains(strings.Join(extent.Notes, ""), "limit of 3 pages") {
		t.Errorf("three pages: %q, notes %q", documents, extent.Notes)
	}
}

func TestRobots(t *testing.T) {
	w := newWeb(t)
	w.Put(t, "a.md", "a")
	w.Put(t, "private/b.md", "b")
	w.robots = "User-agent: selfrag\nDisallow: /private\n\nUser-agent: *\nDisallow: /\n"
	documents, _, extent := visited(t, w, w.Source(t))
	if !slices.Equal(documents, []string{"/", "/a.md"}) || len(extent.Notes) != 1 {
		t.Errorf("documents %q, notes %q", documents, extent.Notes)
	}
	w.statuses["robots.txt"] = http.StatusServiceUnavailable
	if _, err := w.Source(t).Scan(t.Context(), func(string) string { return "" }, nil); err == nil || !strings.Contains(err.Error(), "robots.txt cannot be fetched: the server answers 503") {
		t.Errorf("got %v", err)
	}
	w.statuses["robots.txt"] = http.StatusNotFound
	if documents, _, _ = visited(t, w, w.Source(t)); len(documents) != 3 {
		t.Errorf("without robots.txt: %q", documents)
	}
}

func TestSitemap(t *testing.T) {
	w := newWeb(t)
	entry := func(path, changed string) string {
		return "<url><loc>" + w.URL + path + "</loc><lastmod>" + changed + "</lastmod></url>"
	}
	w.Put(t, "a.md", "one")
	w.Put(t, "b.html", `<a href="/c.md">not followed</a>`)
	w.Put(t, "c.md", "three")
	w.Put(t, "map.xml", `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`+entry("/a.md", "2026-11-01")+entry("/b.html", "2026-11-01")+`<url><loc>https://elsewhere.test/x</loc></url></urlset>`)
	w.Put(t, "index.xml", `<sitemapindex><sitemap><loc>`+w.URL+`/map.xml</loc></sitemap></sitemapindex>`)
	cfg := w.config()
	cfg.Start, cfg.Sitemap = "", w.URL+"/index.xml"
	c, to := sourcetest.Collection(t)
	state := &source.State{}
	sync := func() source.Report {
		t.Helper()
		r, err := source.Sync(t.Context(), w.open(t, cfg), to, state, nil)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := sync(); r.Added != 2 || len(r.Notes) != 1 {
		t.Errorf("got %+v; stored %q", r, sourcetest.Stored(t, c))
	}
	w.sent(http.StatusOK)
	if r := sync(); r.Unchanged != 2 || w.sent(http.StatusOK) != 2 || w.sent(http.StatusNotModified) != 0 { // the sitemaps
		t.Errorf("again: %+v", r)
	}
	w.Put(t, "a.md", "one, changed")
	w.Put(t, "map.xml", `<urlset>`+entry("/a.md", "2026-11-02")+`</urlset>`)
	if r := sync(); r.Updated != 1 || r.Removed != 1 {
		t.Errorf("changed: %+v", r)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	fmt.Fprint(z, `<urlset>`+entry("/a.md", "2026-11-02")+`</urlset>`)
	_ = z.Close()
	w.Put(t, "map.xml", packed.String())
	if r := sync(); r.Unchanged != 1 {
		t.Errorf("packed: %+v", r)
	}
	w.Put(t, "map.xml", "<html>no sitemap")
	if _, err := source.Sync(t.Context(), w.open(t, cfg), to, state, nil); err == nil || !strings.Contains(err.Error(), "sitemap") {
		t.Errorf("got %v", err)
	}
}

// A second run asks for 500 pages and is sent none of them. A page that cannot be
// fetched keeps its document, and one that is gone loses it.
func TestASiteIsFetchedOnce(t *testing.T) {
	w := newWeb(t)
	for i := range 499 {
		w.Put(t, fmt.Sprintf("p/%03d.html", i), fmt.Sprintf("<title>Page %d</title><p>The text of page %d.", i, i))
	}
	c, to := sourcetest.Collection(t)
	state := &source.State{}
	sync := func() source.Report {
		t.Helper()
		r, err := source.Sync(t.Context(), w.Source(t), to, state, nil)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := sync(); r.Added != 500 || w.sent(http.StatusOK) != 500 {
		t.Errorf("first: %+v", r)
	}
	if r := sync(); r.Unchanged != 500 || w.sent(http.StatusOK) != 0 || w.sent(http.StatusNotModified) != 500 {
		t.Errorf("second: %+v", r)
	}
	w.statuses["p/000.html"] = http.StatusForbidden
	w.Remove(t, "p/001.html")
	r := sync()
	if len(r.Failed) != 1 || r.Removed != 1 || len(sourcetest.Stored(t, c)) != 499 {
		t.Errorf("third: %+v", r)
	}
}

func TestASiteThatIsDown(t *testing.T) {
	w := newWeb(t)
	for i := range 9 {
		w.Put(t, fmt.Sprintf("%d.md", i), "x")
		w.statuses[fmt.Sprintf("%d.md", i)] = http.StatusBadGateway
	}
	_, err := w.Source(t).Scan(t.Context(), func(string) string { return "" }, func(source.File) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "502") || w.sent(http.StatusBadGateway) != 5 {
		t.Errorf("got %v", err)
	}
}

func TestWhatMayBeFetched(t *testing.T) {
	w := newWeb(t)
	for change, want := range map[string]struct {
		change func(*site.Config)
		err    string
	}{
		"no host":      {func(c *site.Config) { c.AllowURLs = nil }, "not on the list of allowed hosts"},
		"a password":   {func(c *site.Config) { c.Start = strings.Replace(c.Start, "://", "://u:s3cret@", 1) }, "not a URL that can be fetched"},
		"another kind": {func(c *site.Config) { c.Start = "file:///etc" }, "not a URL that can be fetched"},
		"nothing":      {func(c *site.Config) { c.Start = "" }, "needs the URL"},
		"private":      {func(c *site.Config) { c.Private = false }, "is not a public address"},
	} {
		cfg := w.config()
		want.change(&cfg)
		s, err := site.New(cfg)
		if err == nil {
			_, err = s.Scan(t.Context(), func(string) string { return "" }, func(source.File) error { return nil })
		}
		if err == nil || !strings.Contains(err.Error(), want.err) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: got %v, want %q", change, err, want.err)
		}
	}
	// The first page redirects out of the site.
	w.statuses[""], w.headers[""] = http.StatusFound, http.Header{"Location": {"http://169.254.169.254/latest/"}}
	if _, err := w.Source(t).Scan(t.Context(), func(string) string { return "" }, nil); err == nil || !strings.Contains(err.Error(), "which is not below it") {
		t.Errorf("got %v", err)
	}
}

// A server that makes up redirects, missing pages and links without end ends the crawl
// at the bound of the queue, and nothing is removed.
func TestTheCrawlOfAHostileSiteEnds(t *testing.T) {
	for name, tc := range map[string]http.HandlerFunc{
		"redirects": func(out http.ResponseWriter, r *http.Request) {
			http.Redirect(out, r, r.URL.Path+"x", http.StatusMovedPermanently)
		},
		"links to missing pages": func(out http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/" {
				http.NotFound(out, r)
				return
			}
			out.Header().Set("Content-Type", "text/html")
			for i := range 1000 {
				fmt.Fprintf(out, `<a href="/%d">x</a>`, i)
			}
		},
		"a sitemap of missing pages": func(out http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/sitemap.xml" {
				http.NotFound(out, r)
				return
			}
			fmt.Fprint(out, "<urlset>")
			for i := range 1000 {
				fmt.Fprintf(out, "<url><loc>http://%s/%d</loc></url>", r.Host, i)
			}
			fmt.Fprint(out, "</urlset>")
		},
	} {
		t.Run(name, func(t *testing.T) {
			requests := 0
			w := newWeb(t)
			w.Config.Handler = http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
				if requests++; r.URL.Path == "/robots.txt" || requests > 500 {
					http.NotFound(out, r)
					return
				}
				tc(out, r)
			})
			cfg := w.config()
			cfg.Pages = 3
			if strings.Contains(name, "sitemap") {
				cfg.Start, cfg.Sitemap = "", w.URL+"/sitemap.xml"
			}
			_, _, extent := visited(t, w, w.open(t, cfg))
			if extent.Covers != nil || !slices.Contains(extent.Notes, "there are too many addresses, and some are left out; nothing is removed") || requests > 32 {
				t.Errorf("%d requests, notes %q, complete: %v", requests, extent.Notes, extent.Covers != nil)
			}
		})
	}
}

// Documents behind links that were left out stay, also while the page with these links
// does not change.
func TestLinksThatAreLeftOut(t *testing.T) {
	for name, tc := range map[string]struct{ links, bytes int }{"by number": {5001, 10}, "by bytes": {100, 1500}} {
		t.Run(name, func(t *testing.T) {
			w := newWeb(t)
			w.Put(t, "kept.md", "kept")
			w.files["index"] = `<a href="/kept.md">x</a>`
			c, to := sourcetest.Collection(t)
			state := &source.State{}
			sync := func() source.Report {
				t.Helper()
				r, err := source.Sync(t.Context(), w.Source(t), to, state, nil)
				if err != nil {
					t.Fatal(err)
				}
				return r
			}
			sync()
			w.robots = "User-agent: *\nDisallow: /no/\n"
			var page strings.Builder
			for i := range tc.links {
				fmt.Fprintf(&page, `<a href="/no/%0*d">x</a>`, tc.bytes, i)
			}
			w.files["index"] = page.String() + `<a href="/kept.md">x</a>`
			for range 2 { // the second time the page is the same
				if r := sync(); r.Removed != 0 || len(sourcetest.Stored(t, c)) != 2 || !strings.Contains(strings.Join(r.Notes, ""), "have too many links") {
					t.Errorf("got %+v; stored %q", r, sourcetest.Stored(t, c))
				}
			}
			w.files["index"] = `<a href="/other.md">x</a>`
			if r := sync(); r.Removed != 1 {
				t.Errorf("without these links: %+v", r)
			}
		})
	}
}

func TestALongLastmodIsNotRemembered(t *testing.T) {
	w := newWeb(t)
	w.Put(t, "a.md", "a")
	changed := strings.Repeat("2", 65)
	w.Put(t, "map.xml", `<urlset><url><loc>`+w.URL+`/a.md</loc><lastmod>`+changed+`</lastmod></url></urlset>`)
	cfg := w.config()
	cfg.Start, cfg.Sitemap = "", w.URL+"/map.xml"
	_, err := w.open(t, cfg).Scan(t.Context(), func(string) string { return "" }, func(f source.File) error {
		if strings.Contains(f.Version, changed) {
			t.Errorf("the version is %s", f.Version)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Paths that a server may resolve out of the folder, or past robots.txt, are not asked
// for.
func TestDotsInPaths(t *testing.T) {
	w := newWeb(t)
	asked := []string{}
	pages := w.Config.Handler
	w.Config.Handler = http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.RequestURI)
		pages.ServeHTTP(out, r)
	})
	w.robots = "User-agent: *\nDisallow: /docs/mute\n"
	w.Put(t, "docs/a.md", "a")
	w.Put(t, "docs/index.html", `<a href="a.md"><a href="%2e%2e/secret"><a href="/docs/%2e%2e/secret"><a href="/docs/..%2fsecret"><a href="%2e/mute"><a href="%6dute"><a href="../secret">`)
	cfg := w.config()
	cfg.Start += "/docs/index.html"
	visited(t, w, w.open(t, cfg))
	if want := []string{"/robots.txt", "/docs/index.html", "/docs/a.md"}; !slices.Equal(asked, want) {
		t.Errorf("crawl: asked for %q, want %q", asked, want)
	}
	asked = nil
	w.Put(t, "docs/map.xml", `<urlset><url><loc>`+w.URL+`/docs/../secret</loc></url><url><loc>`+w.URL+`/docs/%2e%2e/secret</loc></url><url><loc>`+w.URL+`/docs/a.md</loc></url></urlset>`)
	cfg.Start, cfg.Sitemap = "", w.URL+"/docs/map.xml"
	visited(t, w, w.open(t, cfg))
	if want := []string{"/robots.txt", "/docs/map.xml", "/docs/a.md"}; !slices.Equal(asked, want) {
		t.Errorf("sitemap: asked for %q, want %q", asked, want)
	}
}

// A page that redirects for now keeps its document; one that has moved loses it.
func TestRedirectsForNow(t *testing.T) {
	for status, removed := range map[int]int{
		http.StatusFound: 0, http.StatusSeeOther: 0, http.StatusTemporaryRedirect: 0, http.StatusMovedPermanently: 1, http.StatusPermanentRedirect: 1,
	} {
		for _, to := range []string{"https://login.example.org/", "/login.html"} {
			w := newWeb(t)
			w.Put(t, "a.html", `<a href="/behind.md">only here</a>`)
			w.Put(t, "behind.md", "behind")
			w.Put(t, "login.html", "log in")
			w.files["index"] = `<a href="/a.html">a</a> <a href="/login.html">l</a>`
			c, target := sourcetest.Collection(t)
			state := &source.State{}
			for i := range 3 {
				r, err := source.Sync(t.Context(), w.Source(t), target, state, nil)
				if err != nil {
					t.Fatal(err)
				}
				if i > 0 && removed == 0 && (len(r.Failed) != 1 || r.Removed != 0 || len(sourcetest.Stored(t, c)) != 4) || i == 1 && removed > 0 && r.Removed != 2 {
					t.Errorf("%d to %s: got %+v; stored %q", status, to, r, sourcetest.Stored(t, c))
				}
				w.statuses["a.html"], w.headers["a.html"] = status, http.Header{"Location": {to}}
			}
		}
	}
}

func TestRobotsThatRedirects(t *testing.T) {
	w := newWeb(t)
	w.Put(t, "a.md", "a")
	w.Put(t, "private.md", "p")
	rules := "User-agent: *\nDisallow: /private.md\n"
	for i := range 6 {
		w.files[fmt.Sprintf("r%d", i)] = rules
		w.statuses[fmt.Sprintf("r%d", i)] = http.StatusFound
		w.headers[fmt.Sprintf("r%d", i)] = http.Header{"Location": {fmt.Sprintf("/r%d", i+1)}}
	}
	w.files["index"] = `<a href="/a.md">a</a> <a href="/private.md">p</a>`
	w.statuses["robots.txt"], w.headers["robots.txt"] = http.StatusMovedPermanently, http.Header{"Location": {"/r1"}}
	delete(w.statuses, "r5") // the fifth redirect leads here
	if documents, _, _ := visited(t, w, w.Source(t)); !slices.Equal(documents, []string{"/", "/a.md"}) {
		t.Errorf("behind five redirects: documents %q", documents)
	}
	w.statuses["r5"] = http.StatusFound
	if documents, _, _ := visited(t, w, w.Source(t)); len(documents) != 3 {
		t.Errorf("behind six redirects: documents %q", documents)
	}
	w.headers["robots.txt"] = http.Header{"Location": {"https://elsewhere.test/robots.txt"}}
	if _, err := w.Source(t).Scan(t.Context(), func(string) string { return "" }, nil); err == nil || !strings.Contains(err.Error(), "allow it with --allow-url elsewhere.test") {
		t.Errorf("on another host: got %v", err)
	}
}

func TestScanStopsWhileItWaits(t *testing.T) {
	w := newWeb(t)
	w.robots = "User-agent: *\nCrawl-delay: 3600\n"
	ctx, cancel := context.WithCancel(t.Context())
	w.Config.Handler = http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		w.ServeHTTP(out, r)
		cancel() // after the first answer, robots.txt
	})
	if _, err := w.Source(t).Scan(ctx, func(string) string { return "" }, nil); err == nil {
		t.Error("it did not stop")
	}
}
