package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"selfrag/serve/httpapi"
	"selfrag/serve/keys"
)

// contract holds answers to the OpenAPI file, whose schemas are JSON Schema
// 2020-12.
type contract struct {
	t       testing.TB
	file    map[string]any
	schemas *jsonschema.Compiler
	// paths are the methods of each path of the file.
	paths map[string][]string
}

func openContract(t testing.TB) *contract {
	t.Helper()
	var file any
	if err := yaml.Unmarshal(httpapi.Description(), &file); err != nil {
		t.Fatal(err)
	}
	content, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	if file, err = jsonschema.UnmarshalJSON(bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	c := &contract{t: t, file: file.(map[string]any), schemas: jsonschema.NewCompiler(), paths: map[string][]string{}}
	if err := c.schemas.AddResource("openapi.json", file); err != nil {
		t.Fatal(err)
	}
	for path, item := range c.file["paths"].(map[string]any) {
		for method := range item.(map[string]any) {
			if method != "parameters" {
				c.paths[path] = append(c.paths[path], strings.ToUpper(method))
			}
		}
	}
	return c
}

// at is what a JSON pointer of the file leads to, references followed, and
// where that is.
func (c *contract) at(pointer string) (any, string) {
	var v any = c.file
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		m, _ := v.(map[string]any)
		v = m[strings.NewReplacer("~1", "/", "~0", "~").Replace(part)]
		if m, _ := v.(map[string]any); m["$ref"] != nil && strings.HasPrefix(m["$ref"].(string), "#/components/responses/") {
			pointer, _ = strings.CutPrefix(m["$ref"].(string), "#")
			return c.at(pointer)
		}
	}
	return v, pointer
}

// pathOf is the path of the file that a request's path is of.
func (c *contract) pathOf(path string) string {
	best := ""
	for template := range c.paths {
		expression := "^" + regexp.MustCompile(`\\\{[a-z]+\\\}`).ReplaceAllString(regexp.QuoteMeta(template), "[^/]+") + "$"
		if strings.HasPrefix(template, "/v1/models/") {
			expression = "^/v1/models/.+$"
		}
		if regexp.MustCompile(expression).MatchString(path) && (best == "" || strings.Count(template, "{") < strings.Count(best, "{")) {
			best = template
		}
	}
	return best
}

// check holds an answer to the file; the body may be read again afterwards.
func (c *contract) check(req *http.Request, resp *http.Response) {
	c.t.Helper()
	path := c.pathOf(req.URL.EscapedPath())
	if path == "" || !slices.Contains(c.paths[path], req.Method) {
		return // what is not in the file
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	fail := func(why any) {
		c.t.Errorf("%s %s answers %d otherwise than the OpenAPI file says: %v\n%s", req.Method, req.URL.Path, resp.StatusCode, why, body)
	}
	responses := "/paths/" + strings.ReplaceAll(path, "/", "~1") + "/" + strings.ToLower(req.Method) + "/responses/"
	answer, pointer := c.at(responses + strconv.Itoa(resp.StatusCode))
	if answer == nil {
		if answer, pointer = c.at(responses + "default"); answer == nil || resp.StatusCode < 400 {
			fail("no such status")
			return
		}
	}
	kinds, _ := answer.(map[string]any)["content"].(map[string]any)
	if kinds == nil {
		if len(body) > 0 {
			fail("there should be no body")
		}
		return
	}
	kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	if kinds[kind] == nil {
		fail("no such content type: " + kind)
	}
	if kind != "application/json" {
		return
	}
	schema, err := c.schemas.Compile("openapi.json#" + pointer + "/content/application~1json/schema")
	if err != nil {
		c.t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err == nil {
		err = schema.Validate(v)
	}
	if err != nil {
		fail(err)
	}
}

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

// upload sends files by name to a collection.
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

// finish waits for a job to end.
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
	source := decodeJSON[struct {
		Text      string
		From      int
		Highlight struct{ Start, End int }
	}](t, expect(200, "GET", strings.TrimPrefix(answer.Citations[0].URL, s.url)+"&around=5", ""))
	shown := []rune(source.Text)[source.Highlight.Start-source.From : source.Highlight.End-source.From]
	if string(shown) != answer.Citations[0].Quote {
		t.Errorf("the source shows %q, the quote is %q", string(shown), answer.Citations[0].Quote)
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
	expect(404, "GET", "/api/v1/sessions/none", "")
	expect(204, "DELETE", "/api/v1/sessions/bridge", "")
	expect(204, "POST", "/api/v1/feedback", fmt.Sprintf(`{"answer":%q,"thumb":"up","comment":"좋아요"}`, answer.ID))
	expect(404, "POST", "/api/v1/feedback", `{"answer":"answer-00-00","thumb":"up"}`)
	expect(200, "POST", "/api/v1/search", `{"query":"차로","filter":"title != \"x\"","k1":5,"k2":1,"mode":"lexical","rerank":false}`)
	expect(400, "POST", "/api/v1/search", `{"query":"x","filter":"title ="}`)
	expect(400, "POST", "/api/v1/search", `{"query":"x","surprise":1}`)
	expect(200, "POST", "/api/v1/rerank", `{"query":"lanes","passages":[{"id":"a","text":"two lanes"},{"text":"no"}]}`)
	expect(200, "GET", "/api/v1/collections", "")
	expect(200, "GET", "/api/v1/collections/notes", "")
	expect(404, "GET", "/api/v1/collections/none", "")
	expect(200, "GET", "/api/v1/collections/notes/documents?limit=1", "")
	expect(400, "GET", "/api/v1/collections/notes/documents?limit=-1", "")

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

// conflicting is a question about one collection in a session about another.
func conflicting(t testing.TB, s *liveServer) string {
	t.Helper()
	if resp, body := s.upload("second", "", map[string]string{"a.txt": "The bridge has two lanes."}); resp.StatusCode != 202 {
		t.Fatal(body)
	} else {
		s.finish("", body)
	}
	return `{"question":"Is that so?","session":"bridge","collection":"second"}`
}

// TestNoKeyReachesAnotherTenant tries every route of the OpenAPI file with the
// key of another tenant, on everything that a tenant has.
func TestNoKeyReachesAnotherTenant(t *testing.T) {
	noKeyReachesAnotherTenant(t, newServedApp(t, newBridgeModel(t), "harbour", "other"))
}

// noKeyReachesAnotherTenant is for every store.
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
	// What only the owner has: a collection of that name, with a word of its own.
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
	fill := strings.NewReplacer("{collection}", "private", "{source}", sourceID, "{job}", fmt.Sprint(job["id"]), "{session}", "mine", "{model}", "self-rag/private")
	bodies := map[string]string{
		"/v1/chat/completions": `{"model":"self-rag/private","messages":[{"role":"user","content":"What is the password?"}]}`,
		"/api/v1/ask":          `{"question":"What is the password?","collection":"private","session":"mine"}`,
		"/api/v1/search":       `{"query":"password Zephyrine","collection":"private"}`,
		"/api/v1/rerank":       `{"query":"password","passages":[{"text":"x"}]}`,
		"/api/v1/feedback":     fmt.Sprintf(`{"answer":%q,"thumb":"down"}`, answer.ID),
	}
	// Routes that answer everybody, with their own things alone.
	own := map[string]bool{"/v1/models": true, "/api/v1/collections": true, "/api/v1/jobs": true, "/api/v1/sessions": true}
	public := map[string]bool{"/healthz": true, "/readyz": true, "/api/v1/openapi.yaml": true}
	tried := 0
	for path, methods := range s.contract.paths {
		for _, method := range methods {
			if public[path] {
				continue
			}
			if resp, body := s.call(method, fill.Replace(path), "", bodies[path]); resp.StatusCode != 401 {
				t.Errorf("%s %s without a key: %d %s", method, path, resp.StatusCode, body)
			}
			for whose, key := range keysOf {
				tried++
				var resp *http.Response
				var body string
				if path == "/api/v1/collections/{collection}/documents" && method == "POST" {
					if whose != "another collection's" {
						continue // it makes a collection of that name in the own tenant
					}
					resp, body = s.upload("private", key, map[string]string{"a.txt": "x y z"})
				} else {
					resp, body = s.call(method, fill.Replace(path), key, bodies[path])
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
				case path == "/api/v1/rerank": // reads nothing of anybody's
				case path == "/api/v1/feedback" && whose == "another collection's": // of the same tenant
				case !refused:
					t.Errorf("%s %s with %s key: %d %s", method, path, whose, resp.StatusCode, body)
				}
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
	if _, err := keys.In(s.app.keysDir()).Revoke(id); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{reader, ""} {
		if got := status(key); got != 401 {
			t.Errorf("with %q after the only key was revoked: %d", key, got)
		}
	}
}
