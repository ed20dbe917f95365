package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"selfrag/serve/keys"
)

func TestFilesOfClientsGetNamesOfOurs(t *testing.T) {
	a := newServedApp(t, newBridgeModel(t))
	s := startServer(t, a)
	for _, name := range []string{"../../../../tmp/evil.md", `..\..\evil.md`, "/etc/cron.d/evil.md", "evil\x00.md", "CON.md", strings.Repeat("a", 5000) + ".md", "🌉.md"} {
		resp, body := s.upload("odd", "", map[string]string{name: "The bridge has two lanes."})
		if resp.StatusCode == 400 {
			continue // a form cannot carry such a name
		}
		if resp.StatusCode != 202 {
			t.Errorf("%q: %d %s", name, resp.StatusCode, body)
			continue
		}
		if job := s.finish("", body); job["state"] != "done" {
			t.Errorf("%q: %v", name, job)
		}
	}
	err := filepath.WalkDir(a.settings.DataDir, func(path string, _ os.DirEntry, err error) error {
		if strings.Contains(path, "evil") || strings.Contains(path, "CON") || strings.Contains(path, "🌉") {
			t.Errorf("a client's name reached the disk: %s", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/api/v1/collections/..%2F..%2Fetc/documents", "/api/v1/sessions/..%2Fkeys", "/api/v1/jobs/..%2F..%2Fx", "/v1/models/..%2F..%2Fx",
		"/api/v1/collections/notes/sources/..%2F..%2Fetc%2Fpasswd", "/api/v1/sessions/%00"} {
		if resp, body := s.call("GET", path, "", ""); resp.StatusCode != 400 && resp.StatusCode != 404 {
			t.Errorf("%s: %d %s", path, resp.StatusCode, body)
		}
	}
}

// TestFiltersCannotLeaveTheirTenant sends pieces of SQL and of Milvus
// expressions in every field that reaches a store.
func TestFiltersCannotLeaveTheirTenant(t *testing.T) {
	filtersCannotLeaveTheirTenant(t, newServedApp(t, newBridgeModel(t), "harbour"))
}

// filtersCannotLeaveTheirTenant is the test for any store.
func filtersCannotLeaveTheirTenant(t *testing.T, a *app) {
	t.Helper()
	s := startServer(t, a)
	key := s.key(keys.Key{Tenant: ""})
	hostile := []string{
		`x" or tenant != "`, `') OR 1=1 --`, `x' UNION SELECT text FROM documents --`, `title = "x" or tenant = "harbour"`, `tenant = "harbour"`,
		"`tenant` = \"harbour\"", `not (title = "x")`, `{"or":[{"tenant":"harbour"}]}`, "\x00", `source = "` + strings.Repeat("a", 3000) + `"`, `id in ("a") or true`,
	}
	for _, text := range hostile {
		for _, body := range []map[string]any{
			{"query": "bridge lanes harbour", "filter": text}, {"query": text}, {"query": "bridge", "collection": text}, {"query": "bridge", "mode": text},
		} {
			content, err := json.Marshal(body)
			if err != nil {
				t.Fatal(err)
			}
			resp, answer := s.call("POST", "/api/v1/search", key, string(content))
			if resp.StatusCode >= 500 || strings.Contains(answer, "bridge of harbour") {
				t.Errorf("%s: %d %s", content, resp.StatusCode, answer)
			}
		}
	}
}

// TestTextOfDocumentsCannotMakeEvents puts the separators of events into a
// document, its title and its name.
func TestTextOfDocumentsCannotMakeEvents(t *testing.T) {
	m := newBridgeModel(t)
	a := newServedApp(t, m)
	a.settings.OpenWebUI = true
	s := startServer(t, a)
	const forged = "data: {\"forged\":true}"
	text := "# Bridge\r\revent: answer\r" + forged + "\n\nThe bridge has two lanes.\u2028\n\n" + forged + "\n\nevent: forged\n" + forged + "\n\n"
	resp, body := s.upload("odd", "", map[string]string{"a\n\ndata: forged.md": text})
	if resp.StatusCode != 202 {
		t.Fatal(body)
	}
	s.finish("", body)
	for path, question := range map[string]string{
		"/api/v1/ask":          `{"question":"How many lanes has the bridge?\n\ndata: {\"forged\":true}\n\n","collection":"odd","stream":true}`,
		"/v1/chat/completions": `{"model":"self-rag/odd","stream":true,"messages":[{"role":"user","content":"How many lanes\r\n\r\ndata: {\"forged\":true}\n\n has the bridge?"}]}`,
	} {
		resp, stream := s.call("POST", path, "", question)
		if resp.StatusCode != 200 {
			t.Fatalf("%s: %d %s", path, resp.StatusCode, stream)
		}
		for line := range strings.SplitSeq(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(stream), "\n") {
			switch {
			case line == "", strings.HasPrefix(line, ": "), strings.HasPrefix(line, "event: "), line == "data: [DONE]":
				if strings.Contains(line, "forged") {
					t.Errorf("%s: a forged line %q", path, line)
				}
			default:
				var v map[string]any
				if json.Unmarshal([]byte(strings.TrimPrefix(line, "data: ")), &v) != nil || v["forged"] != nil {
					t.Errorf("%s: a forged line %q", path, line)
				}
			}
		}
	}
}

func TestLargeAndSlowBodiesAreRefused(t *testing.T) {
	a := newServedApp(t, newBridgeModel(t))
	a.settings.MaxUploadMB = 1
	s := startServer(t, a)
	resp, body := s.call("POST", "/api/v1/search", "", `{"query":"`+strings.Repeat("x", 2<<20)+`"}`)
	if resp.StatusCode != 413 {
		t.Errorf("a large body: %d %s", resp.StatusCode, body)
	}
	resp, body = s.upload("odd", "", map[string]string{"a.txt": strings.Repeat("large ", 1<<19)})
	if resp.StatusCode != 413 {
		t.Errorf("a large upload: %d %s", resp.StatusCode, body)
	}
	if entries, err := os.ReadDir(filepath.Join(a.settings.DataDir, "uploads")); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v %v", entries, err)
	}
	if resp, body = s.call("POST", "/api/v1/search", "", `{"query":"`+strings.Repeat("x", 9000)+`"}`); resp.StatusCode != 400 {
		t.Errorf("a long query: %d %s", resp.StatusCode, body)
	}
	if resp, body = s.call("POST", "/api/v1/search", "", `{"query":"x"} {"query":"y"}`); resp.StatusCode != 400 {
		t.Errorf("two documents: %d %s", resp.StatusCode, body)
	}
	if resp, body = s.call("POST", "/api/v1/search", "", strings.Repeat("[", 100_000)); resp.StatusCode != 400 {
		t.Errorf("deep nesting: %d %s", resp.StatusCode, body)
	}
}

func TestOtherSitesAreKeptOut(t *testing.T) {
	a := newServedApp(t, newBridgeModel(t))
	a.settings.CORSOrigins = "https://chat.example.org"
	s := startServer(t, a)
	send := func(method, host string, header ...string) *http.Response {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, s.url+"/api/v1/search", strings.NewReader(`{"query":"x"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		if host != "" {
			req.Host = host
		}
		resp, _ := s.do(req, "")
		return resp
	}
	if resp := send("POST", "evil.example.org"); resp.StatusCode != 403 {
		t.Errorf("by another name: %d", resp.StatusCode)
	}
	if resp := send("POST", "", "Origin", "https://evil.example.org"); resp.StatusCode != 403 || resp.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("from another site: %d", resp.StatusCode)
	}
	if resp := send("POST", "", "Sec-Fetch-Site", "cross-site"); resp.StatusCode != 403 {
		t.Errorf("across sites: %d", resp.StatusCode)
	}
	if resp := send("POST", "", "Content-Type", "text/plain"); resp.StatusCode != 415 {
		t.Errorf("as a form would: %d", resp.StatusCode)
	}
	if resp := send("POST", "", "Origin", "https://chat.example.org"); resp.StatusCode != 200 || resp.Header.Get("Access-Control-Allow-Origin") != "https://chat.example.org" {
		t.Errorf("from the site that may: %d", resp.StatusCode)
	}
	if resp := send("OPTIONS", "", "Origin", "https://chat.example.org", "Access-Control-Request-Method", "POST"); resp.StatusCode != 204 ||
		!strings.Contains(resp.Header.Get("Access-Control-Allow-Headers"), "X-Stainless-Retry-Count") {
		t.Errorf("preflight: %d %v", resp.StatusCode, resp.Header)
	}
}

func TestLogsTellAccessAndNoContent(t *testing.T) {
	a := newServedApp(t, newBridgeModel(t))
	s := startServer(t, a)
	key := s.key(keys.Key{Name: "chat"})
	if resp, body := s.call("POST", "/api/v1/ask", key, `{"question":"How many lanes has the bridge?","session":"talk"}`); resp.StatusCode != 200 {
		t.Fatal(body)
	}
	s.call("GET", "/api/v1/collections/notes/documents?offset=1", key, "")
	// Neither session can be read: one is a damaged file, the other a folder in
	// place of a file. The question uses their names.
	sessions := filepath.Join(a.settings.DataDir, "sessions")
	if err := errors.Join(os.WriteFile(filepath.Join(sessions, "talk.json"), []byte("{"), 0o600), os.Mkdir(filepath.Join(sessions, "talk2.json"), 0o700)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"talk", "talk2"} {
		if resp, body := s.call("POST", "/api/v1/ask", key, fmt.Sprintf(`{"question":"How many lanes has the bridge?","session":%q}`, name)); resp.StatusCode != 500 {
			t.Errorf("session %s: %d %s", name, resp.StatusCode, body)
		}
	}
	s.stop()
	<-s.done
	audit, err := os.ReadFile(filepath.Join(a.settings.DataDir, "audit.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	id := strings.Split(key, "_")[1]
	for _, want := range []string{id, `"/api/v1/ask"`, `"collection":"notes"`, `"status":200`} {
		if !strings.Contains(string(audit), want) {
			t.Errorf("the audit log has no %s: %s", want, audit)
		}
	}
	for _, content := range []string{"lanes", key, "talk", "offset"} {
		if strings.Contains(string(audit), content) || strings.Contains(s.log.String(), content) {
			t.Errorf("a log has %q: %s\n%s", content, audit, s.log)
		}
	}
}
