package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"selfrag/serve/keys"
)

// TestNoKeyReachesAnotherTenant tries every route of the OpenAPI file with the
// key of another tenant, for each kind of thing that a tenant has.
func TestNoKeyReachesAnotherTenant(t *testing.T) {
	noKeyReachesAnotherTenant(t, newServedApp(t, newBridgeModel(t), "harbour", "other"))
}

// noKeyReachesAnotherTenant is the test for any store.
func noKeyReachesAnotherTenant(t *testing.T, a *app) {
	t.Helper()
	s := startServer(t, a)
	s.contract = openContract(t)
	owner := s.key(keys.Key{Tenant: "harbour", Write: true})
	keysOf := map[string]string{
		"another tenant's":             s.key(keys.Key{Tenant: "other", Write: true}),
		"another collection's":         s.key(keys.Key{Tenant: "harbour", Collections: []string{"elsewhere"}, Write: true}),
		"a reader's of another tenant": s.key(keys.Key{Tenant: "other"}),
	}
	// Only the owner has a collection of that name and that word.
	resp, body := s.upload("private", owner, map[string]string{"secret.md": "The password of the harbour is Zephyrine. The bridge has two lanes."})
	if resp.StatusCode != 202 {
		t.Fatalf("%d %s", resp.StatusCode, body)
	}
	job := s.finish(owner, body)
	_, answerBody := s.call("POST", "/api/v1/ask", owner, `{"question":"How many lanes has the bridge?","collection":"private","session":"mine"}`)
	answer := decodeJSON[struct {
		ID        string
		Citations []struct{ URL string }
	}](t, answerBody)
	if len(answer.Citations) == 0 {
		t.Fatalf("no answer for the owner: %s", answerBody)
	}
	sourceID := answer.Citations[0].URL[strings.LastIndex(answer.Citations[0].URL, "/")+1:]
	sourceID, _, _ = strings.Cut(sourceID, "?")
	fill := strings.NewReplacer("{collection}", "private", "{source}", sourceID, "{job}", fmt.Sprint(job["id"]), "{session}", "mine", "{page}", "1", "{model}", "self-rag/private")
	bodies := map[string]string{
		"/v1/chat/completions": `{"model":"self-rag/private","messages":[{"role":"user","content":"What is the password?"}]}`,
		"/api/v1/ask":          `{"question":"What is the password?","collection":"private","session":"mine"}`,
		"/api/v1/search":       `{"query":"password Zephyrine","collection":"private"}`,
		"/api/v1/rerank":       `{"query":"password","passages":[{"text":"x"}]}`,
		"/api/v1/feedback":     fmt.Sprintf(`{"answer":%q,"thumb":"down"}`, answer.ID),
	}
	renaming := `{"name":"stolen"}` // the body of every PATCH
	// These routes answer every key, but only with the key's own data.
	own := map[string]bool{"/v1/models": true, "/api/v1/collections": true, "/api/v1/jobs": true, "/api/v1/sessions": true, "/api/v1/sources": true}
	tried := 0
	for path, method := range s.contract.guarded() {
		if resp, body := s.call(method, fill.Replace(path), "", bodies[path]); resp.StatusCode != 401 {
			t.Errorf("%s %s without a key: %d %s", method, path, resp.StatusCode, body)
		}
		for whose, key := range keysOf {
			tried++
			var resp *http.Response
			var body string
			if path == "/api/v1/collections/{collection}/documents" && method == "POST" {
				if whose != "another collection's" {
					continue // creates a collection of that name in the caller's own tenant
				}
				resp, body = s.upload("private", key, map[string]string{"a.txt": "x y z"})
			} else {
				content := bodies[path]
				if method == "PATCH" {
					content = renaming
				}
				resp, body = s.call(method, fill.Replace(path), key, content)
			}
			if strings.Contains(body, "Zephyrine") || strings.Contains(body, "secret.md") || own[path] && strings.Contains(body, "private") {
				t.Errorf("%s %s with %s key tells: %s", method, path, whose, body)
			}
			refused := resp.StatusCode == 403 || resp.StatusCode == 404
			switch {
			case own[path]:
				if resp.StatusCode != 200 {
					t.Errorf("%s %s with %s key: %d %s", method, path, whose, resp.StatusCode, body)
				}
			case path == "/api/v1/rerank": // reads no stored data
			case path == "/api/v1/feedback" && whose == "another collection's": // the answer belongs to the same tenant
			case !refused:
				t.Errorf("%s %s with %s key: %d %s", method, path, whose, resp.StatusCode, body)
			}
		}
	}
	if tried < 50 {
		t.Errorf("only %d tries", tried)
	}
	if resp, body := s.call("POST", "/api/v1/search", owner, `{"query":"password","collection":"private"}`); resp.StatusCode != 200 || !strings.Contains(body, "Zephyrine") {
		t.Errorf("the owner's own was touched: %d %s", resp.StatusCode, body)
	}
}
