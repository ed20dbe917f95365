package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"selfrag/serve/keys"
)

func TestServePage(t *testing.T) {
	a := newServedApp(t, newBridgeModel(t))
	s := startServer(t, a)
	s.key(keys.Key{}) // the page itself needs no key
	resp, body := s.call("GET", "/", "", "")
	if resp.StatusCode != 200 || !strings.Contains(body, `src="page/app.js"`) || !strings.Contains(resp.Header.Get("Content-Security-Policy"), "script-src 'self'") {
		t.Errorf("the page: %d %s %s", resp.StatusCode, resp.Header.Get("Content-Security-Policy"), body)
	}
	if resp, _ = s.call("GET", "/page/app.js", "", ""); resp.StatusCode != 200 || resp.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("its script: %d %v", resp.StatusCode, resp.Header)
	}
	for _, path := range []string{"/nothing", "/page/..%2f..%2fgo.mod", "/api/v1/nothing"} {
		if resp, body = s.call("GET", path, "", ""); resp.StatusCode != 404 {
			t.Errorf("%s: %d %s", path, resp.StatusCode, body)
		}
	}

	without := newServedApp(t, newBridgeModel(t))
	without.settings.Page = false
	s = startServer(t, without)
	for _, path := range []string{"/", "/page/app.js"} {
		if resp, body = s.call("GET", path, "", ""); resp.StatusCode != 404 {
			t.Errorf("%s without the page: %d %s", path, resp.StatusCode, body)
		}
	}
}

// TestVotesAreKept votes between two answers. The strategies of the answers
// come from the signed ids, whatever the client says.
func TestVotesAreKept(t *testing.T) {
	a := newServedApp(t, newBridgeModel(t))
	s := startServer(t, a)
	s.contract = openContract(t)
	ids := map[string]string{}
	for _, strategy := range []string{"self-rag", "two-stage"} {
		_, body := s.call("POST", "/api/v1/ask", "", fmt.Sprintf(`{"question":"How many lanes has the bridge?","strategy":%q}`, strategy))
		ids[strategy] = decodeJSON[struct{ ID string }](t, body).ID
	}
	one, other := ids["self-rag"], ids["two-stage"]
	for _, tc := range []struct {
		status int
		body   string
	}{
		{204, fmt.Sprintf(`{"answer":%q,"compare":{"with":%q,"better":"with","blind":true}}`, one, other)},
		{204, fmt.Sprintf(`{"answer":%q,"thumb":"down","comment":"말이 없다","compare":{"with":%q,"better":"neither"}}`, one, other)},
		{400, fmt.Sprintf(`{"answer":%q,"compare":{"with":%q,"better":"both"}}`, one, other)},
		{400, fmt.Sprintf(`{"answer":%q,"compare":{"with":%q,"better":"with"}}`, one, one)},
		{400, fmt.Sprintf(`{"answer":%q,"thumb":"sideways","compare":{"with":%q,"better":"with"}}`, one, other)},
		{400, fmt.Sprintf(`{"answer":%q}`, one)},
		{404, fmt.Sprintf(`{"answer":%q,"compare":{"with":%q,"better":"with"}}`, one, strings.Replace(other, "two-stage", "self-rag", 1))},
		{404, fmt.Sprintf(`{"answer":"answer-00.self-rag-00","compare":{"with":%q,"better":"with"}}`, other)},
	} {
		if resp, body := s.call("POST", "/api/v1/feedback", "", tc.body); resp.StatusCode != tc.status {
			t.Errorf("%s: %d %s", tc.body, resp.StatusCode, body)
		}
	}
	content, err := os.ReadFile(filepath.Join(a.settings.DataDir, "feedback.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	if len(lines) != 2 {
		t.Fatalf("kept: %s", content)
	}
	var kept struct {
		Strategy string
		Compare  struct {
			With, Strategy, Better string
			Blind                  bool
		}
	}
	if err := json.Unmarshal([]byte(lines[0]), &kept); err != nil {
		t.Fatal(err)
	}
	if kept.Strategy != "self-rag" || kept.Compare.Strategy != "two-stage" || kept.Compare.Better != "with" || !kept.Compare.Blind || !strings.HasPrefix(kept.Compare.With, "answer-") || strings.Contains(kept.Compare.With, ".") {
		t.Errorf("kept: %s", lines[0])
	}
}
