package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// canary is a server that must not be called.
type canary struct {
	*httptest.Server

	mu    sync.Mutex
	calls []string
}

func newCanary(t testing.TB) *canary {
	c := &canary{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.calls = append(c.calls, r.Method+" "+r.URL.String())
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *canary) check(t testing.TB) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.calls) > 0 {
		t.Errorf("it was called: %v", c.calls)
	}
}

// TestNoAddressOfAClientIsFetched puts URLs wherever a client or a document can
// put one. The server must fetch none of them. Then neither a redirect nor a
// name that changes its address can lead it into the internal network.
func TestNoAddressOfAClientIsFetched(t *testing.T) {
	c := newCanary(t)
	s := startServer(t, newServedApp(t, newBridgeModel(t)))
	xml := `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "` + c.URL + `/entity"><!ENTITY % p SYSTEM "` + c.URL + `/parameter"> %p;]>`
	files := map[string]string{
		c.URL + "/name.md": "The bridge has two lanes.",
		"links.md":         "# Bridge\n\n![x](" + c.URL + "/image.png) [y](" + c.URL + "/link) <" + c.URL + "/auto>\n\n[z]: " + c.URL + "/reference\n\nThe bridge has two lanes.",
		"page.html": `<html><head><base href="` + c.URL + `"><link rel=stylesheet href="/style.css"><meta http-equiv=refresh content="0;url=` + c.URL + `/refresh"><script src="/script.js"></script></head>
<body background="/background.png"><img src="/image.png"><iframe src="` + c.URL + `/frame"></iframe><object data="/object"></object>The bridge has two lanes.</body></html>`,
		"lines.jsonl": `{"_id":"a","text":"The bridge has two lanes. ` + c.URL + `/line","url":"` + c.URL + `/url","source":"` + c.URL + `/source"}` + "\n",
		"plain.txt":   c.URL + "/text The bridge has two lanes.",
		"word.docx": zipped(t, map[string]string{
			"[Content_Types].xml": xml + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
			"word/document.xml":   xml + `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>The bridge has two lanes. &e;</w:t></w:r></w:p></w:body></w:document>`,
			"word/_rels/document.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="` +
				c.URL + `/target" TargetMode="External"/></Relationships>`,
		}),
		"book.epub": zipped(t, map[string]string{
			"mimetype":               "application/epub+zip",
			"META-INF/container.xml": xml + `<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles><rootfile full-path="` + c.URL + `/package.opf"/></rootfiles></container>`,
		}),
		"paper.pdf": "%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/URI/URI(" + c.URL + "/uri)>>>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
	}
	for name, content := range files {
		resp, body := s.upload("fetched", "", map[string]string{name: content})
		if resp.StatusCode == 202 { // readable or not
			s.finish("", body)
		} else if resp.StatusCode != 415 && resp.StatusCode != 400 {
			t.Errorf("%s: %d %s", name, resp.StatusCode, body)
		}
	}
	u := c.URL + "/asked"
	for path, body := range map[string]any{
		"/api/v1/search": map[string]any{"query": u, "collection": "fetched", "filter": `source = "` + u + `"`},
		"/api/v1/ask":    map[string]any{"question": "What does " + u + " say about the bridge?", "collection": "fetched"},
		"/api/v1/rerank": map[string]any{"query": u, "passages": []any{map[string]any{"id": u, "text": u}}},
		"/v1/chat/completions": map[string]any{"model": "two-stage/fetched", "messages": []any{
			map[string]any{"role": "user", "content": []any{map[string]any{"type": "text", "text": u}, map[string]any{"type": "image_url", "image_url": map[string]any{"url": u}}}},
		}},
		"/api/v1/feedback": map[string]any{"answer": u, "thumb": "up", "comment": u},
	} {
		content, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		if resp, answer := s.call("POST", path, "", string(content)); resp.StatusCode >= 500 {
			t.Errorf("%s: %d %s", path, resp.StatusCode, answer)
		}
	}
	// Some servers fetch URLs in headers.
	req, err := http.NewRequestWithContext(t.Context(), "GET", s.url+"/api/v1/collections", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, header := range []string{"Referer", "X-Forwarded-Host", "X-Original-Url", "Forwarded", "Link"} {
		req.Header.Set(header, c.URL+"/header")
	}
	s.do(req, "")
	c.check(t)
}

func zipped(t testing.TB, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, content := range files {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestAModelServerCannotLeadElsewhere checks that requests to a model go only
// to the configured host, even if that host redirects them.
func TestAModelServerCannotLeadElsewhere(t *testing.T) {
	c := newCanary(t)
	m := newBridgeModel(t)
	a := newServedApp(t, m)
	a.settings.Model = "scripted:1"
	leading := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, c.URL+r.URL.Path, http.StatusTemporaryRedirect)
	}))
	t.Cleanup(leading.Close)
	a.settings.OllamaAddress = leading.URL
	s := startServer(t, a)
	resp, body := s.call("POST", "/api/v1/ask", "", `{"question":"How many lanes has the bridge?","strategy":"self-rag"}`)
	if resp.StatusCode < 500 || strings.Contains(body, c.URL) {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
	c.check(t)
}
