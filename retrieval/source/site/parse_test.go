package site

import (
	"net/url"
	"strings"
	"testing"
)

func FuzzLinks(f *testing.F) {
	for _, page := range []string{`<a href="/a">`, `<base href="//x"><a href=b>`, `<a href="http://[::1">`, `<meta name=robots content=none>`, "<a href='/가?x=1#y'>", "<"} {
		f.Add(page)
	}
	page, _ := url.Parse("https://docs.example.org/a/b.html")
	f.Fuzz(func(t *testing.T, body string) {
		found, _, _ := links(page, []byte(body))
		for _, l := range found {
			u, ok := normal(page, l)
			if !ok || u.Host != page.Host || !strings.HasPrefix(l, "/") {
				t.Errorf("%q has the link %q", body, l)
			}
		}
	})
}

func FuzzSitemap(f *testing.F) {
	for _, text := range []string{"<urlset><url><loc>https://a.test/</loc></url></urlset>", "<sitemapindex><sitemap><loc>x</loc></sitemap></sitemapindex>", "\x1f\x8b", "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><urlset>&e;</urlset>"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := parseSitemap(text)
		if err == nil && len(m.Pages)+len(m.Maps) == 0 {
			t.Errorf("%q is an empty sitemap", text)
		}
	})
}

func TestNormal(t *testing.T) {
	page, _ := url.Parse("https://docs.example.org/a/b.html")
	for link, want := range map[string]string{
		"c.html": "https://docs.example.org/a/c.html", "#top": "https://docs.example.org/a/b.html", "HTTPS://DOCS.example.org:443": "https://docs.example.org/",
		" /휴가?a=1 ": "https://docs.example.org/%ED%9C%B4%EA%B0%80?a=1", "//x.test/": "https://x.test/",
		"https://u:p@x.test/": "", "ftp://x.test/": "", "mailto:a@b.c": "", "http://%zz": "",
		"https://docs.example.org/docs/../secret": "https://docs.example.org/secret", "../../../x": "https://docs.example.org/x",
		"/docs/%2e%2e/secret": "", "/docs/%2E./secret": "", "/docs/..%2fsecret": "", "/docs/%2e/secret": "", "/docs/..\\secret": "", "/docs/..;a=b/secret": "", "/docs/%2e%2e": "",
		"/docs/%73ecret/a%2Fb": "https://docs.example.org/docs/secret/a%2Fb", "/docs/a..b/...": "https://docs.example.org/docs/a..b/...", "/" + strings.Repeat("x", maxURL): "",
	} {
		u, ok := normal(page, link)
		if got := map[bool]string{true: "x"}[ok]; (got == "") != (want == "") || ok && u.String() != want {
			t.Errorf("%.40q: got %v, %v, want %q", link, u, ok, want)
		}
	}
}
