package main

import (
	"net/http"
	"strings"
	"testing"

	"selfrag/serve/keys"
)

// TestKeysOfPagesAskAndNothingElse holds the key of a widget to its origins and
// to questions.
func TestKeysOfPagesAskAndNothingElse(t *testing.T) {
	s := startServer(t, newServedApp(t, newBridgeModel(t)))
	s.contract = openContract(t)
	const site, other = "https://www.example.org", "https://evil.example"
	key := s.key(keys.Key{Collections: []string{"notes"}, Origins: []string{site}})
	full := s.key(keys.Key{Write: true})
	send := func(method, path, key, origin, body string) (*http.Response, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if origin != "" {
			req.Header.Set("Origin", origin)
			req.Header.Set("Sec-Fetch-Site", "cross-site")
		}
		if method == "OPTIONS" {
			req.Header.Set("Access-Control-Request-Method", "POST")
			return s.do(req, "")
		}
		req.Header.Set("Content-Type", "application/json")
		return s.do(req, key)
	}
	const question = `{"question":"How many lanes has the bridge?"}`
	for name, tc := range map[string]struct {
		method, path, key, origin, body string
		status                          int
		allowed                         string // Access-Control-Allow-Origin
	}{
		"a question":                {"POST", "/api/v1/ask", key, site, question, 200, site},
		"a follow-up":               {"POST", "/api/v1/ask", key, site, `{"question":"Is that so?","history":[{"question":"How many lanes has the bridge?","answer":"Two."}]}`, 200, site},
		"a session":                 {"POST", "/api/v1/ask", key, site, `{"question":"How many lanes has the bridge?","session":"s"}`, 403, site},
		"another collection":        {"POST", "/api/v1/ask", key, site, `{"question":"How many lanes?","collection":"else"}`, 403, site},
		"a strategy":                {"POST", "/api/v1/ask", key, site, `{"question":"How many lanes?","strategy":"self-rag"}`, 403, site},
		"a search":                  {"POST", "/api/v1/search", key, site, `{"query":"lanes"}`, 403, ""},
		"figures of the server":     {"GET", "/metrics", "", site, "", 200, ""},
		"from another site":         {"POST", "/api/v1/ask", key, other, question, 403, ""},
		"from no page":              {"POST", "/api/v1/ask", key, "", question, 403, ""},
		"another key from the site": {"POST", "/api/v1/ask", full, site, question, 403, site},
		"no key from the site":      {"POST", "/api/v1/ask", "", site, question, 401, site},
		"another key from no page":  {"POST", "/api/v1/ask", full, "", question, 200, ""},
		"preflight":                 {"OPTIONS", "/api/v1/ask", "", site, "", 204, site},
		"preflight of a search":     {"OPTIONS", "/api/v1/search", "", site, "", 405, ""},
		"preflight of another site": {"OPTIONS", "/api/v1/ask", "", other, "", 405, ""},
	} {
		resp, body := send(tc.method, tc.path, tc.key, tc.origin, tc.body)
		if got := resp.Header.Get("Access-Control-Allow-Origin"); resp.StatusCode != tc.status || got != tc.allowed {
			t.Errorf("%s: %d, allowed %q: %s", name, resp.StatusCode, got, body)
		}
	}
	fill := strings.NewReplacer("{collection}", "notes", "{source}", "AAAA", "{job}", "x", "{session}", "s", "{model}", "self-rag/notes")
	for path, method := range s.contract.guarded() {
		if path == "/api/v1/ask" || path == "/api/v1/feedback" {
			continue
		}
		if resp, body := send(method, fill.Replace(path), key, site, ""); resp.StatusCode != 403 || !strings.Contains(body, "may only ask") {
			t.Errorf("%s %s: %d %s", method, path, resp.StatusCode, body)
		}
	}
	if resp, body := send("POST", "/mcp", key, site, `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`); resp.StatusCode != 403 {
		t.Errorf("MCP: %d %s", resp.StatusCode, body)
	}
	if resp, body := send("GET", "/widget.js", "", other, ""); resp.StatusCode != 200 || !strings.Contains(body, "attachShadow") || resp.Header.Get("Cross-Origin-Resource-Policy") != "cross-origin" {
		t.Errorf("the script: %d %v", resp.StatusCode, resp.Header)
	}
}
