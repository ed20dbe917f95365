package ingest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"selfrag/retrieval"
)

func TestFetch(t *testing.T) {
	redirects := 0
	mux := http.NewServeMux()
	serve := func(path, contentType, body string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.Header().Set("Last-Modified", "Sun, 01 Nov 2026 10:00:00 GMT")
			fmt.Fprint(w, body)
		})
	}
	serve("/page", "text/html; charset=utf-8", "<title>문</title><p>The gate.")
	serve("/policy", "application/pdf", string(testdata(t, "pdf", "korean.pdf")))
	serve("/notes.md", "text/plain", "# Notes\n\ntext")
	serve("/corpus", "application/x-ndjson", `{"_id":"1","text":"one"}`)
	serve("/all.zip", "application/zip", "PK")
	serve("/all.tar.gz", "application/octet-stream", "x")
	serve("/large", "text/plain", strings.Repeat("x", 2<<20))
	mux.Handle("/moved", http.RedirectHandler("/page", http.StatusFound))
	mux.Handle("/away", http.RedirectHandler("http://elsewhere.test/", http.StatusFound))
	mux.Handle("/file", http.RedirectHandler("file:///etc/passwd", http.StatusFound))
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) {
		redirects++
		http.Redirect(w, r, "/loop", http.StatusFound)
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	at, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{AllowURLs: []string{at.Hostname()}, MaxBytes: 1 << 20, allowPrivate: true}
	c := newCollection(t)
	report := run(t, c, &hashEmbedder{}, cfg, server.URL+"/page", server.URL+"/moved", server.URL+"/policy", server.URL+"/notes.md", server.URL+"/corpus")
	if report.Added != 5 || len(report.Failed) > 0 {
		t.Fatalf("got %+v", report)
	}
	found, err := c.Lexical(t.Context(), retrieval.Request{Text: "재택근무", K: 1})
	if err != nil || len(found) != 1 || found[0].Source != server.URL+"/policy" || found[0].Metadata[retrieval.Modified] != "2026-11-01T10:00:00Z" {
		t.Errorf("got %+v, %v", found, err)
	}
	if again := run(t, c, &hashEmbedder{}, cfg, server.URL+"/page"); again.Unchanged != 1 {
		t.Errorf("again: %+v", again)
	}
	for path, want := range map[string]string{
		"/all.zip": "archives", "/all.tar.gz": "archives", "/large": "larger than", "/away": "not on the list", "/file": "not a URL that can be fetched",
		"/loop": "more than 5 redirects", "/none": "404",
	} {
		report := run(t, c, &hashEmbedder{}, cfg, server.URL+path)
		if len(report.Failed) != 1 || !strings.Contains(report.Failed[0].Err.Error(), want) {
			t.Errorf("%s: got %+v, want %q", path, report, want)
		}
	}
	if redirects != 6 {
		t.Errorf("%d redirects were followed", redirects)
	}

	// What users have cannot reach it, whatever is on the list.
	cfg.allowPrivate = false
	for _, address := range []string{server.URL + "/page", "http://localhost:" + at.Port() + "/page"} {
		cfg.AllowURLs = []string{"localhost", "127.0.0.1"}
		report := run(t, c, &hashEmbedder{}, cfg, address)
		if len(report.Failed) != 1 || !strings.Contains(report.Failed[0].Err.Error(), "is not a public address") {
			t.Errorf("%s: got %+v", address, report)
		}
	}
	for address, want := range map[string]string{
		"http://127.0.0.2/": "not on the list", "http://u:p@127.0.0.1/": "not a URL", "https://localhost.evil.test/": "not on the list",
	} {
		report := run(t, c, &hashEmbedder{}, cfg, address)
		if len(report.Failed) != 1 || !strings.Contains(report.Failed[0].Err.Error(), want) {
			t.Errorf("%s: got %+v, want %q", address, report, want)
		}
	}
}
