package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"

	"selfrag/serve/httpapi"
	"selfrag/serve/keys"
)

func TestTheOpenAPIFileHasTheServersRoutes(t *testing.T) {
	c := openContract(t)
	served := map[string][]string{}
	for _, r := range httpapi.Routes() {
		method, path, _ := strings.Cut(r, " ")
		path = strings.ReplaceAll(path, "...}", "}")
		served[path] = append(served[path], method)
	}
	for path, methods := range served {
		slices.Sort(methods)
		slices.Sort(c.paths[path])
		if !slices.Equal(methods, c.paths[path]) {
			t.Errorf("%s: served %v, in the file %v", path, methods, c.paths[path])
		}
	}
	for path := range c.paths {
		if served[path] == nil {
			t.Errorf("%s is in the file and not served", path)
		}
	}
}

// upload uploads files to a collection. The keys of files are their names.
func (s *liveServer) upload(collection, key string, files map[string]string) (*http.Response, string) {
	s.t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for name, content := range files {
		part, err := w.CreateFormFile("file", name)
		if err != nil {
			s.t.Fatal(err)
		}
		_, _ = io.WriteString(part, content)
	}
	_ = w.Close()
	req, err := http.NewRequestWithContext(s.t.Context(), "POST", s.url+"/api/v1/collections/"+collection+"/documents", &form)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	return s.do(req, key)
}

// finish waits until a job ends.
func (s *liveServer) finish(key, jobJSON string) map[string]any {
	s.t.Helper()
	var job struct{ ID string }
	if err := json.Unmarshal([]byte(jobJSON), &job); err != nil || job.ID == "" {
		s.t.Fatalf("no job: %s", jobJSON)
	}
	if _, events := s.call("GET", "/api/v1/jobs/"+job.ID+"/events", key, ""); !strings.Contains(events, "event: job\n") {
		s.t.Fatalf("events of a job: %s", events)
	}
	_, body := s.call("GET", "/api/v1/jobs/"+job.ID, key, "")
	var ended map[string]any
	if err := json.Unmarshal([]byte(body), &ended); err != nil {
		s.t.Fatal(err)
	}
	return ended
}

func decodeJSON[T any](t testing.TB, body string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return v
}

func TestEveryRouteAnswersAsTheOpenAPIFileSays(t *testing.T) {
	a := newServedApp(t, newBridgeModel(t))
	a.settings.Reranker = "llm"
	s := startServer(t, a)
	s.contract = openContract(t)
	expect := func(status int, method, path, body string) string {
		t.Helper()
		resp, content := s.call(method, path, "", body)
		if resp.StatusCode != status {
			t.Fatalf("%s %s: %d, want %d: %s\n%s", method, path, resp.StatusCode, status, content, s.log)
		}
		return content
	}
	expect(200, "GET", "/healthz", "")
	expect(200, "GET", "/readyz", "")
	expect(200, "GET", "/api/v1/openapi.yaml", "")
	expect(200, "GET", "/v1/models", "")
	expect(200, "GET", "/v1/models/self-rag/notes", "")
	expect(200, "GET", "/v1/models/self-rag%2Fnotes", "")
	expect(404, "GET", "/v1/models/gpt-4", "")
	expect(200, "POST", "/v1/chat/completions", `{"model":"self-rag/notes","messages":[{"role":"user","content":"How many lanes has the bridge?"}]}`)
	expect(404, "POST", "/v1/chat/completions", `{"model":"gpt-4","messages":[{"role":"user","content":"hi"}]}`)
	expect(400, "POST", "/v1/chat/completions", `{"model":"self-rag/notes","messages":[]}`)

	answer := decodeJSON[struct {
		ID        string
		Citations []struct{ URL, Quote string }
	}](t, expect(200, "POST", "/api/v1/ask", `{"question":"How many lanes has the bridge?","session":"bridge"}`))
	if len(answer.Citations) != 1 {
		t.Fatalf("no citation: %+v", answer)
	}
	if shown := quoted(t, expect(200, "GET", strings.TrimPrefix(answer.Citations[0].URL, s.url)+"&around=5", "")); shown != answer.Citations[0].Quote {
		t.Errorf("the source shows %q, the quote is %q", shown, answer.Citations[0].Quote)
	}
	steps := expect(200, "POST", "/api/v1/ask", `{"question":"Is that so?","session":"bridge","stream":true}`)
	for _, name := range []string{"started", "question-resolved", "query", "searched", "relevance", "draft", "support", "answer"} {
		if !strings.Contains(steps, "event: "+name+"\n") {
			t.Errorf("no step %s in %s", name, steps)
		}
	}
	expect(409, "POST", "/api/v1/ask", conflicting(t, s))
	expect(200, "GET", "/api/v1/sessions", "")
	expect(200, "GET", "/api/v1/sessions/bridge", "")
	if exported := expect(200, "GET", "/api/v1/sessions/bridge/export", ""); !strings.Contains(exported, "## How many lanes has the bridge?") || !strings.Contains(exported, "Sources:") {
		t.Errorf("the session is exported as %s", exported)
	}
	expect(404, "GET", "/api/v1/sessions/none/export", "")
	expect(404, "GET", "/api/v1/sessions/none", "")
	expect(204, "DELETE", "/api/v1/sessions/bridge", "")
	expect(204, "POST", "/api/v1/feedback", fmt.Sprintf(`{"answer":%q,"thumb":"up","comment":"좋아요"}`, answer.ID))
	expect(404, "POST", "/api/v1/feedback", `{"answer":"answer-00-00","thumb":"up"}`)
	expect(200, "POST", "/api/v1/search", `{"query":"차로","filter":"title != \"x\"","k1":5,"k2":1,"mode":"lexical","rerank":false}`)
	checkEvidence(t, s.url, expect)
	expect(400, "POST", "/api/v1/search", `{"query":"x","filter":"title ="}`)
	expect(400, "POST", "/api/v1/search", `{"query":"x","surprise":1}`)
	expect(200, "POST", "/api/v1/rerank", `{"query":"lanes","passages":[{"id":"a","text":"two lanes"},{"text":"no"}]}`)
	expect(200, "GET", "/api/v1/collections", "")
	expect(200, "GET", "/api/v1/collections/notes", "")
	expect(404, "GET", "/api/v1/collections/none", "")
	expect(200, "GET", "/api/v1/collections/notes/documents?limit=1", "")
	expect(400, "GET", "/api/v1/collections/notes/documents?limit=-1", "")
	expect(200, "GET", "/api/v1/collections/notes/questions", "")
	expect(404, "GET", "/api/v1/collections/none/questions", "")

	resp, body := s.upload("uploads", "", map[string]string{"다리.md": "# 다리\n\n다리에는 차로가 두 개 있습니다.", "empty.txt": " "})
	if resp.StatusCode != 415 {
		t.Fatalf("an empty file: %d %s", resp.StatusCode, body)
	}
	resp, body = s.upload("uploads", "", map[string]string{"다리.md": "# 다리\n\n다리에는 차로가 두 개 있습니다."})
	if resp.StatusCode != 202 || resp.Header.Get("Location") == "" {
		t.Fatalf("upload: %d %s", resp.StatusCode, body)
	}
	if job := s.finish("", body); job["state"] != "done" {
		t.Fatalf("job: %v\n%s", job, s.log)
	}
	if body := expect(200, "POST", "/api/v1/search", `{"query":"차로","collection":"uploads"}`); !strings.Contains(body, "upload:다리.md") {
		t.Errorf("the upload is not found: %s", body)
	}
	expect(200, "GET", "/api/v1/jobs", "")
	expect(404, "GET", "/api/v1/jobs/none", "")
	expect(409, "DELETE", strings.TrimSuffix(resp.Header.Get("Location"), "/"), "")
	expect(204, "DELETE", "/api/v1/collections/uploads", "")
	expect(404, "GET", "/api/v1/collections/uploads", "")
	expect(404, "GET", "/nothing", "")
	expect(405, "PUT", "/api/v1/ask", "{}")
}

// conflicting asks a question about one collection in a session about another
// one.
func conflicting(t testing.TB, s *liveServer) string {
	t.Helper()
	if resp, body := s.upload("second", "", map[string]string{"a.txt": "The bridge has two lanes."}); resp.StatusCode != 202 {
		t.Fatal(body)
	} else {
		s.finish("", body)
	}
	return `{"question":"Is that so?","session":"bridge","collection":"second"}`
}

// quoted returns the span that a source shows.
func quoted(t *testing.T, body string) string {
	t.Helper()
	source := decodeJSON[struct {
		Text      string
		From      int
		Highlight struct{ Start, End int }
	}](t, body)
	return string([]rune(source.Text)[source.Highlight.Start-source.From : source.Highlight.End-source.From])
}

// checkEvidence searches with and without evidence. It sends its requests
// through expect to the server at url.
func checkEvidence(t *testing.T, url string, expect func(status int, method, path, body string) string) {
	t.Helper()
	type found struct {
		Passages []struct{ ID, Text, URL string }
		Evidence *struct {
			Sentences []struct {
				Passage, Text, URL string
				Answers            float64 `json:"p_answers"`
			}
		}
		Timings map[string]float64 `json:"timings_ms"`
	}
	with := decodeJSON[found](t, expect(200, "POST", "/api/v1/search", `{"query":"다리의 차로","evidence":true}`))
	if with.Evidence == nil || len(with.Passages) == 0 || len(with.Evidence.Sentences) == 0 {
		t.Fatalf("no evidence: %+v", with)
	}
	best := with.Evidence.Sentences[0]
	if !strings.Contains(best.Text, "다리에는 차로가 두 개") || best.Passage != with.Passages[0].ID || best.Answers <= 0 || with.Timings["evidence"] <= 0 {
		t.Errorf("the evidence is %+v", with)
	}
	if shown := quoted(t, expect(200, "GET", strings.TrimPrefix(best.URL, url)+"&around=5", "")); shown != best.Text {
		t.Errorf("the source shows %q, the sentence is %q", shown, best.Text)
	}
	passage := with.Passages[0]
	if shown := quoted(t, expect(200, "GET", strings.TrimPrefix(passage.URL, url)+"&around=5", "")); shown != passage.Text {
		t.Errorf("the source shows %q, the passage is %q", shown, passage.Text)
	}
	without := decodeJSON[found](t, expect(200, "POST", "/api/v1/search", `{"query":"다리의 차로","evidence":false}`))
	if _, timed := without.Timings["evidence"]; without.Evidence != nil || timed {
		t.Errorf("evidence that was not asked for: %+v", without)
	}
	if body := expect(200, "POST", "/api/v1/search", `{"query":"zzzz","mode":"lexical","evidence":true}`); !strings.Contains(body, `"sentences":[]`) {
		t.Errorf("nothing found: %s", body)
	}
	if body := expect(400, "POST", "/api/v1/search", `{"query":"x","evidence":"yes"}`); !strings.Contains(body, "evidence") {
		t.Errorf("a text for a truth value: %s", body)
	}
}

func TestKeysOpenAndClose(t *testing.T) {
	s := startServer(t, newServedApp(t, newBridgeModel(t)))
	s.contract = openContract(t)
	status := func(key string) int {
		t.Helper()
		resp, _ := s.call("GET", "/api/v1/collections", key, "")
		return resp.StatusCode
	}
	if got := status(""); got != 200 {
		t.Errorf("without any key: %d", got)
	}
	reader := s.key(keys.Key{})
	if got := status(""); got != 401 {
		t.Errorf("without a key, once there is one: %d", got)
	}
	if got := status(reader); got != 200 {
		t.Errorf("with the key: %d", got)
	}
	for _, wrong := range []string{reader + "x", reader[:len(reader)-1], "sr_../../x_y", "sr_0000000000000000_" + strings.Repeat("A", 43), "x"} {
		if got := status(wrong); got != 401 {
			t.Errorf("with %q: %d", wrong, got)
		}
	}
	if resp, body := s.call("DELETE", "/api/v1/collections/notes", reader, ""); resp.StatusCode != 403 {
		t.Errorf("a reader deletes: %d %s", resp.StatusCode, body)
	}
	if resp, body := s.upload("notes", reader, map[string]string{"a.txt": "x"}); resp.StatusCode != 403 {
		t.Errorf("a reader uploads: %d %s", resp.StatusCode, body)
	}
	id := strings.Split(reader, "_")[1]
	if _, err := keys.In(s.app.settings.KeysDir()).Revoke(id); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{reader, ""} {
		if got := status(key); got != 401 {
			t.Errorf("with %q after the only key was revoked: %d", key, got)
		}
	}
}
