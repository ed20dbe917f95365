package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"selfrag/fault"
	"selfrag/serve/keys"
)

// ended stops the server and returns a file of its data folder.
func (s *liveServer) ended(name string) string {
	s.t.Helper()
	s.stop()
	<-s.done
	content, err := os.ReadFile(filepath.Join(s.app.settings.DataDir, name))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(content)
}

func TestReadersDeleteNoConversations(t *testing.T) {
	s := startServer(t, newServedApp(t, newBridgeModel(t)))
	reader, writer := s.key(keys.Key{}), s.key(keys.Key{Write: true})
	if resp, body := s.call("POST", "/api/v1/ask", reader, `{"question":"How many lanes has the bridge?","session":"bridge"}`); resp.StatusCode != 200 {
		t.Fatal(body)
	}
	if resp, body := s.call("DELETE", "/api/v1/sessions/bridge", reader, ""); resp.StatusCode != 403 {
		t.Errorf("a reader deletes: %d %s", resp.StatusCode, body)
	}
	if resp, body := s.call("GET", "/api/v1/sessions/bridge", reader, ""); resp.StatusCode != 200 {
		t.Errorf("it is gone: %d %s", resp.StatusCode, body)
	}
	if resp, body := s.call("DELETE", "/api/v1/sessions/bridge", writer, ""); resp.StatusCode != 204 {
		t.Errorf("a writer deletes: %d %s", resp.StatusCode, body)
	}
	if audit := s.ended("audit.jsonl"); !strings.Contains(audit, `"method":"DELETE","route":"/api/v1/sessions/{session}","collection":"notes","status":204`) {
		t.Errorf("the audit log does not tell of what: %s", audit)
	}
}

func TestNumbersOfQueriesAreBounded(t *testing.T) {
	s := startServer(t, newServedApp(t, newBridgeModel(t)))
	_, body := s.call("GET", "/api/v1/collections/notes/documents", "", "")
	list := decodeJSON[struct {
		Documents []struct {
			ID string `json:"source_id"`
		}
	}](t, body)
	documents, source := "/api/v1/collections/notes/documents", "/api/v1/collections/notes/sources/"+list.Documents[0].ID
	for _, query := range []string{documents + "?offset=", documents + "?limit=", source + "?start=", source + "?end=", source + "?around=", source + "?start=1&end=2&around="} {
		for _, n := range []string{"9223372036854775807", "1000000001", "9223372036854775808", "-1"} {
			if resp, body := s.call("GET", query+n, "", ""); resp.StatusCode != 400 {
				t.Errorf("%s%s: %d %s", query, n, resp.StatusCode, body)
			}
		}
		if resp, body := s.call("GET", query+"1000000000", "", ""); resp.StatusCode != 200 && !strings.Contains(query, "limit") {
			t.Errorf("%s: %d %s", query, resp.StatusCode, body)
		}
	}
}

func TestKeptAnswersKeepTheirIDs(t *testing.T) {
	s := startServer(t, newServedApp(t, newBridgeModel(t)))
	ids := map[string]bool{}
	for range 2 {
		_, body := s.call("POST", "/api/v1/ask", "", `{"question":"How many lanes has the bridge?","session":"bridge"}`)
		ids[decodeJSON[struct{ ID string }](t, body).ID] = true
	}
	var kept string
	for range 2 {
		_, body := s.call("GET", "/api/v1/sessions/bridge", "", "")
		turns := decodeJSON[struct {
			Turns []struct{ Answer struct{ ID string } }
		}](t, body).Turns
		if len(turns) != 2 || !ids[turns[0].Answer.ID] || !ids[turns[1].Answer.ID] || len(ids) != 2 {
			t.Fatalf("answers %v are kept as %v", ids, turns)
		}
		kept = turns[1].Answer.ID
	}
	if resp, body := s.call("POST", "/api/v1/feedback", "", fmt.Sprintf(`{"answer":%q,"thumb":"up"}`, kept)); resp.StatusCode != 204 {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}

func TestLongNamesAreTakenOrRefused(t *testing.T) {
	a := newServedApp(t, newBridgeModel(t))
	s := startServer(t, a)
	key := s.key(keys.Key{Tenant: strings.Repeat("t", 200), Write: true})
	if resp, body := s.upload("notes", key, map[string]string{"a.txt": "The bridge has two lanes."}); resp.StatusCode != 202 {
		t.Fatal(body)
	} else {
		s.finish(key, body)
	}
	for name, want := range map[string]int{strings.Repeat("𠀀", 63): 400, strings.Repeat("가", 64): 200} {
		if resp, body := s.call("POST", "/api/v1/ask", key, fmt.Sprintf(`{"question":"How many lanes has the bridge?","session":%q}`, name)); resp.StatusCode != want {
			t.Errorf("session %s: %d %s", name, resp.StatusCode, body)
		}
	}
	for tenant, good := range map[string]bool{strings.Repeat("t", 255): true, strings.Repeat("t", 256): false, "\xff": false} {
		named := a.settings
		named.Tenant = tenant
		if err := runKeysCreate(a.with(named), &keysCreateOptions{}); (err == nil) != good || !good && !fault.Is(err, fault.Invalid) {
			t.Errorf("a key for tenant %q: %v", tenant, err)
		}
	}
}
