package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/serve"
	"selfrag/serve/keys"
)

// TestServeKeepsSources checks that a server keeps a folder and a site, and shows
// their state to the keys that cover their collections.
func TestServeKeepsSources(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("bridge.md", "The bridge has two lanes.")
	write("empty.md", " ")
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/docs/" {
			_, _ = w.Write([]byte("<html><p>The ferry leaves at noon."))
			return
		}
		w.WriteHeader(http.StatusNotFound)
	}))
	defer web.Close()
	s := startServer(t, newServedAppWith(t, newBridgeModel(t), func(s *config.Settings) {
		s.AllowURLs = "127.0.0.1"
		s.Sources = config.SourceList{
			{Name: "house", Collection: "kept", Folder: dir},
			{Name: "wiki", Collection: "pages", Site: web.URL + "/docs/", Private: true},
			{Name: "away", Collection: "kept", Site: web.URL + "/none/", Private: true},
		}
	}))
	s.contract = openContract(t)
	admin := s.key(keys.Key{Name: "admin", Write: true})
	reader := s.key(keys.Key{Name: "reader", Collections: []string{"kept"}})

	// until waits until a source is as it should be.
	until := func(name string, is func(serve.KeptSource) bool) serve.KeptSource {
		t.Helper()
		for end := time.Now().Add(longestAwait); ; {
			resp, body := s.call("GET", "/api/v1/sources/"+name, admin, "")
			var k serve.KeptSource
			if err := json.Unmarshal([]byte(body), &k); resp.StatusCode != 200 || err != nil {
				t.Fatalf("%d %s", resp.StatusCode, body)
			}
			if is(k) {
				return k
			}
			if time.Now().After(end) {
				t.Fatalf("it stays so: %s\n%s", body, s.log)
			}
		}
	}
	house := until("house", func(k serve.KeptSource) bool { return k.Success != nil })
	if house.Kind != "folder" || house.Place != dir || house.Added != 1 || house.Files != 2 || len(house.Failures) != 1 || !strings.HasSuffix(house.Failures[0].Source, "empty.md") {
		t.Errorf("house: %+v", house)
	}
	until("wiki", func(k serve.KeptSource) bool { return k.Added == 1 })
	until("away", func(k serve.KeptSource) bool {
		return k.State == serve.SourceFailing && strings.Contains(k.Error, "there is no such page")
	})
	write("gate.md", "The gate opens at six.") // the system tells of it
	until("house", func(k serve.KeptSource) bool { return k.Files == 3 && k.Added == 1 })
	if resp, body := s.call("POST", "/api/v1/search", admin, `{"query":"ferry noon","collection":"pages"}`); resp.StatusCode != 200 || !strings.Contains(body, web.URL+"/docs/") {
		t.Errorf("%d %s", resp.StatusCode, body)
	}

	// A key sees the sources of its collections, and may sync them if it may write.
	resp, body := s.call("GET", "/api/v1/sources", reader, "")
	if resp.StatusCode != 200 || !strings.Contains(body, `"house"`) || strings.Contains(body, `"wiki"`) {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
	for _, tc := range []struct {
		key, method, path string
		want              int
	}{
		{reader, "GET", "house", 200}, {reader, "GET", "wiki", 404}, {reader, "POST", "house/sync", 403}, {reader, "POST", "wiki/sync", 404},
		{admin, "POST", "house/sync", 202}, {admin, "POST", "none/sync", 404}, {"", "GET", "house", 401},
		{s.key(keys.Key{Name: "other", Tenant: "other", Write: true}), "GET", "house", 404},
	} {
		if resp, body := s.call(tc.method, "/api/v1/sources/"+tc.path, tc.key, ""); resp.StatusCode != tc.want {
			t.Errorf("%s %s: %d %s, want %d", tc.method, tc.path, resp.StatusCode, body, tc.want)
		}
	}
}
