package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"selfrag/serve/keys"
)

// TestKeysThatDoNotCountOpenNoRoute tries every route of the OpenAPI file with
// keys that are revoked, expired, cut off, invented, or sent in other ways.
func TestKeysThatDoNotCountOpenNoRoute(t *testing.T) {
	s := startServer(t, newServedApp(t, newBridgeModel(t)))
	s.contract = openContract(t)
	past := time.Now().Add(-time.Minute)
	revoked := s.key(keys.Key{Write: true})
	if _, err := keys.In(s.app.settings.KeysDir()).Revoke(strings.Split(revoked, "_")[1]); err != nil {
		t.Fatal(err)
	}
	good := s.key(keys.Key{Write: true})
	wrong := map[string]string{
		"revoked": revoked, "expired": s.key(keys.Key{Write: true, Expires: &past}), "cut": good[:len(good)-1], "longer": good + "A",
		"made up": "sr_0123456789abcdef_" + strings.Repeat("A", 43), "of another id": "sr_" + strings.Split(revoked, "_")[1] + "_" + strings.Split(good, "_")[2],
		"a path": "sr_../../keys_x", "its hash": "sr_" + strings.Split(good, "_")[1] + "_" + strings.Repeat("0", 64),
	}
	fill := strings.NewReplacer("{collection}", "notes", "{source}", "AAAA", "{job}", "x", "{session}", "x", "{model}", "self-rag/notes")
	tried := 0
	for path, method := range s.contract.guarded() {
		for whose, key := range wrong {
			tried++
			if resp, body := s.call(method, fill.Replace(path), key, ""); resp.StatusCode != 401 || strings.Contains(body, "notes") {
				t.Errorf("%s %s with a key that is %s: %d %s", method, path, whose, resp.StatusCode, body)
			}
		}
		// A key in the address would appear in logs, so it is not accepted.
		if resp, _ := s.call(method, fill.Replace(path)+"?key="+good+"&api_key="+good+"&access_token="+good, "", ""); resp.StatusCode != 401 {
			t.Errorf("%s %s with the key in the address: %d", method, path, resp.StatusCode)
		}
	}
	if tried < 100 {
		t.Errorf("only %d tries", tried)
	}
	if resp, body := s.call("GET", "/api/v1/collections", good, ""); resp.StatusCode != 200 {
		t.Errorf("the good key: %d %s", resp.StatusCode, body)
	}
}

// TestEveryFieldHoldsItsTenant sends pieces of SQL and of filter expressions in
// each field of the routes that reach a store.
func TestEveryFieldHoldsItsTenant(t *testing.T) {
	everyFieldHoldsItsTenant(t, newServedApp(t, newBridgeModel(t), "harbour"))
}

// everyFieldHoldsItsTenant is the test for any store.
func everyFieldHoldsItsTenant(t *testing.T, a *app) {
	t.Helper()
	s := startServer(t, a)
	key := s.key(keys.Key{Write: true})
	hostile := []string{`x" or tenant != "`, `') OR 1=1 --`, `title = "x" or tenant = "harbour"`, `%' OR '%'='`, "notes\x00harbour", `harbour/notes`, `../harbour`, `*`, `{"$ne":1}`}
	ask := func(o map[string]any) map[string]any {
		out := map[string]any{"question": "How many lanes has the bridge?"}
		for k, v := range o {
			out[k] = v
		}
		return out
	}
	chat := func(model, text string, extra any) map[string]any {
		return map[string]any{"model": model, "messages": []any{map[string]any{"role": "user", "content": text}}, "selfrag": extra}
	}
	for _, text := range hostile {
		requests := map[string][]map[string]any{
			"/api/v1/ask": {
				ask(map[string]any{"question": text + " bridge of harbour"}), ask(map[string]any{"filter": text}), ask(map[string]any{"collection": text}),
				ask(map[string]any{"strategy": text}), ask(map[string]any{"session": text}), ask(map[string]any{"mode": text}),
				ask(map[string]any{"history": []any{map[string]any{"question": text, "answer": text}}}),
			},
			"/v1/chat/completions": {
				chat("two-stage/notes", text+" bridge of harbour", nil), chat(text, "lanes", nil), chat("two-stage/"+text, "lanes", nil),
				chat("two-stage/notes", "bridge lanes", map[string]any{"filter": text}), chat("two-stage/notes", "bridge lanes", map[string]any{"mode": text}),
			},
			"/api/v1/rerank":   {{"query": text, "passages": []any{map[string]any{"id": text, "text": text}}}},
			"/api/v1/feedback": {{"answer": text, "thumb": "up"}, {"answer": "answer-x", "thumb": text}},
		}
		for path, bodies := range requests {
			for _, body := range bodies {
				content, err := json.Marshal(body)
				if err != nil {
					t.Fatal(err)
				}
				if resp, answer := s.call("POST", path, key, string(content)); resp.StatusCode >= 500 || strings.Contains(answer, "bridgeharbour.md") {
					t.Errorf("%s %s: %d %s", path, content, resp.StatusCode, answer)
				}
			}
		}
		escaped := strings.NewReplacer("%", "%25", "/", "%2F", "?", "%3F", " ", "%20", "\x00", "%00", `"`, "%22", "#", "%23").Replace(text)
		for _, path := range []string{"/api/v1/collections/" + escaped, "/api/v1/collections/" + escaped + "/documents", "/api/v1/collections/notes/sources/" + escaped,
			"/api/v1/sessions/" + escaped, "/api/v1/jobs/" + escaped, "/v1/models/" + escaped, "/api/v1/collections/notes/documents?limit=" + escaped} {
			if resp, answer := s.call("GET", path, key, ""); resp.StatusCode >= 500 || resp.StatusCode < 400 || strings.Contains(answer, "bridgeharbour.md") {
				t.Errorf("%s: %d %s", path, resp.StatusCode, answer)
			}
		}
	}
}

// TestMarkupStaysText checks that names, titles and texts of documents leave
// the server as JSON, in which browsers find no markup.
func TestMarkupStaysText(t *testing.T) {
	m := newBridgeModel(t)
	const markup = `<script>alert(1)</script>`
	m.draft = "The bridge has two lanes " + markup + `<img src=x onerror=alert(1)> [1].`
	s := startServer(t, newServedApp(t, m))
	resp, body := s.upload("marked", "", map[string]string{`<img src=x onerror=alert(1)>.md`: "# Bridge " + markup + "\n\nThe bridge has two lanes " + markup + ".\n"})
	if resp.StatusCode != 202 {
		t.Fatal(body)
	}
	s.finish("", body)
	_, body = s.call("POST", "/api/v1/ask", "", `{"question":"How many lanes has the bridge?","collection":"marked"}`)
	answer := decodeJSON[struct{ Citations []struct{ URL string } }](t, body)
	if len(answer.Citations) == 0 {
		t.Fatalf("no citation: %s", body)
	}
	for path, request := range map[string]string{
		strings.TrimPrefix(answer.Citations[0].URL, s.url): "", "/api/v1/collections/marked/documents": "", "/api/v1/jobs": "",
		"/api/v1/search": `{"query":"bridge","collection":"marked"}`, "/api/v1/ask": `{"question":"How many lanes has the bridge?","collection":"marked","stream":true}`,
		"/v1/chat/completions":                       `{"model":"two-stage/marked","messages":[{"role":"user","content":"How many lanes has the bridge?"}]}`,
		"/api/v1/collections/%3Cscript%3E":           "",
		"/api/v1/collections/marked/sources/%3Cb%3E": "",
	} {
		method := "GET"
		if request != "" {
			method = "POST"
		}
		resp, body := s.call(method, path, "", request)
		kind := resp.Header.Get("Content-Type")
		if strings.Contains(body, "<script") || strings.Contains(body, "<img") || strings.Contains(kind, "html") || kind == "" ||
			resp.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(resp.Header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: %s, %v: %s", path, kind, resp.Header, body)
		}
	}
}
