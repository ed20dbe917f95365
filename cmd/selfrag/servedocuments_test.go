package main

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"selfrag/serve/keys"
)

// uploadForm uploads a form. Each part is a field with its content; a field
// "file" is a file named bridge.md, and "file NAME" one of that name.
func (s *liveServer) uploadForm(path, key string, parts ...[2]string) (*http.Response, string) {
	s.t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for _, p := range parts {
		var part io.Writer
		var err error
		switch field, name, named := strings.Cut(p[0], " "); {
		case named:
			part, err = w.CreateFormFile(field, name)
		case field == "file":
			part, err = w.CreateFormFile("file", "bridge.md")
		default:
			part, err = w.CreateFormField(field)
		}
		if err != nil {
			s.t.Fatal(err)
		}
		_, _ = io.WriteString(part, p[1])
	}
	_ = w.Close()
	req, err := http.NewRequestWithContext(s.t.Context(), "POST", s.url+path, &form)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	return s.do(req, key)
}

type listed struct {
	Documents []struct {
		Source   string
		SourceID string `json:"source_id"`
	}
}

// TestDocumentsAreManagedThroughTheAPI uploads a document with fields, renames
// and removes it, each with keys that may and that may not.
func TestDocumentsAreManagedThroughTheAPI(t *testing.T) {
	s := startServer(t, newServedApp(t, newBridgeModel(t)))
	s.contract = openContract(t)
	writer, reader := s.key(keys.Key{Write: true}), s.key(keys.Key{})
	confined := s.key(keys.Key{Write: true, Collections: []string{"papers"}})
	const documents = "/api/v1/collections/papers/documents"
	expect := func(status int, method, path, key, body string) string {
		t.Helper()
		resp, content := s.call(method, path, key, body)
		if resp.StatusCode != status {
			t.Fatalf("%s %s: %d, want %d: %s\n%s", method, path, resp.StatusCode, status, content, s.log)
		}
		return content
	}
	const text = "# Bridge\n\nThe bridge has two lanes."
	upload := func(path string, parts ...[2]string) string {
		t.Helper()
		resp, body := s.uploadForm(path, writer, parts...)
		if resp.StatusCode != 202 {
			t.Fatalf("%d %s", resp.StatusCode, body)
		}
		job := s.finish(writer, body)
		return job["files"].([]any)[0].(map[string]any)["outcome"].(string)
	}
	fields := [2]string{"fields", `{"team":"법무","year":2024}`}
	for _, step := range []struct {
		path, want string
		parts      [][2]string
	}{
		{documents, "added", [][2]string{fields, {"file", text}}},
		{documents, "unchanged", [][2]string{{"file", text}}},
		{documents + "?force=true", "updated", [][2]string{{"file", text}}},
		{documents, "updated", [][2]string{{"fields", `{"year":null}`}, {"file", text}}},
	} {
		if got := upload(step.path, step.parts...); got != step.want {
			t.Errorf("%s %v: %s, want %s", step.path, step.parts, got, step.want)
		}
	}
	for _, bad := range [][2]string{{"fields", `[]`}, {"fields", `{"source":"x"}`}, {"fields", `{"x":["a"]}`}, {"surprise", "x"}} {
		if resp, body := s.uploadForm(documents, writer, bad, [2]string{"file", text}); resp.StatusCode != 400 {
			t.Errorf("%v: %d %s", bad, resp.StatusCode, body)
		}
	}
	if resp, body := s.uploadForm(documents+"?force=yes", writer, [2]string{"file", text}); resp.StatusCode != 400 {
		t.Errorf("force=yes: %d %s", resp.StatusCode, body)
	}
	if found := expect(200, "POST", "/api/v1/search", reader, `{"query":"lanes","collection":"papers","filter":"team = \"법무\""}`); !strings.Contains(found, "upload:bridge.md") || strings.Contains(found, "set_fields") {
		t.Errorf("a filter by a field finds %s", found)
	}

	at := documents + "/" + decodeJSON[listed](t, expect(200, "GET", documents, reader, "")).Documents[0].SourceID
	if got := expect(200, "GET", at, reader, ""); !strings.Contains(got, `"team":"법무"`) || strings.Contains(got, "year") || strings.Contains(got, "set_fields") {
		t.Errorf("the document is %s", got)
	}
	expect(404, "GET", documents+"/AAAA", reader, "")
	expect(403, "PATCH", at, reader, `{"name":"x.md"}`)
	expect(403, "DELETE", at, reader, "")
	expect(400, "PATCH", at, writer, `{"name":" "}`)
	expect(400, "PATCH", at, writer, `{"source":"x"}`)
	expect(409, "PATCH", at, writer, `{"name":"bridge.md"}`)
	renamed := decodeJSON[struct {
		Source   string
		SourceID string `json:"source_id"`
	}](t, expect(200, "PATCH", at, writer, `{"name":"../다리.md"}`))
	if renamed.Source != "upload:다리.md" {
		t.Errorf("renamed to %q", renamed.Source)
	}
	expect(404, "GET", at, reader, "")
	at = documents + "/" + renamed.SourceID
	expect(200, "GET", at, reader, "")
	if found := expect(200, "POST", "/api/v1/search", reader, `{"query":"lanes","collection":"papers"}`); !strings.Contains(found, "upload:다리.md") || strings.Contains(found, "upload:bridge.md") {
		t.Errorf("after it was renamed, a search finds %s", found)
	}
	// The source of a document that was not uploaded names a file of the server.
	notes := "/api/v1/collections/notes/documents"
	own := decodeJSON[listed](t, expect(200, "GET", notes, writer, "")).Documents[0]
	expect(409, "PATCH", notes+"/"+own.SourceID, writer, `{"name":"/etc/passwd"}`)

	expect(403, "PATCH", "/api/v1/collections/papers", reader, `{"name":"drafts"}`)
	expect(403, "PATCH", "/api/v1/collections/papers", confined, `{"name":"drafts"}`)
	expect(400, "PATCH", "/api/v1/collections/papers", writer, `{"name":"a b"}`)
	expect(409, "PATCH", "/api/v1/collections/papers", writer, `{"name":"notes"}`)
	expect(404, "PATCH", "/api/v1/collections/none", writer, `{"name":"drafts"}`)
	expect(200, "POST", "/api/v1/ask", reader, `{"question":"How many lanes has the bridge?","collection":"papers","session":"lanes"}`)
	expect(200, "PATCH", "/api/v1/collections/papers", writer, `{"name":"drafts"}`)
	expect(404, "GET", "/api/v1/collections/papers", writer, "")
	if kept := expect(200, "GET", "/api/v1/sessions/lanes", reader, ""); !strings.Contains(kept, `"collection":"drafts"`) {
		t.Errorf("the session stayed behind: %s", kept)
	}

	at = strings.Replace(at, "papers", "drafts", 1)
	expect(204, "DELETE", at, writer, "")
	expect(404, "DELETE", at, writer, "")
	if found := expect(200, "POST", "/api/v1/search", reader, `{"query":"lanes","collection":"drafts"}`); strings.Contains(found, "upload:") {
		t.Errorf("after it was removed, a search finds %s", found)
	}
}

// TestFoldersAreUploadedThroughTheAPI uploads the files of a folder, which keep their
// paths, and of which one cannot be read.
func TestFoldersAreUploadedThroughTheAPI(t *testing.T) {
	s := startServer(t, newServedApp(t, newBridgeModel(t)))
	s.contract = openContract(t)
	writer, reader := s.key(keys.Key{Write: true}), s.key(keys.Key{})
	const documents = "/api/v1/collections/papers/documents"
	parts := [][2]string{
		{"file hr/leave.md", "# Leave\n\nLeave has ten days."}, {"file it/leave.md", "# Leave of IT\n\nThe pager goes round."},
		{"file ../규정/여비.md", "# 여비\n\n기차 여비는 실비로 지급합니다."}, {"file hr/photo.png", "\x89PNG\r\n\x1a\n\x00"}, {"file it//leave.md", "again"},
	}
	resp, body := s.uploadForm(documents+"?folder=true", writer, parts...)
	if resp.StatusCode != 202 {
		t.Fatalf("%d %s", resp.StatusCode, body)
	}
	outcomes := map[string]string{}
	for _, f := range s.finish(writer, body)["files"].([]any) {
		file := f.(map[string]any)
		outcome, _ := file["outcome"].(string)
		outcomes[file["source"].(string)] += outcome + " "
	}
	for source, want := range map[string]string{"upload:hr/leave.md": "added ", "upload:it/leave.md": "added failed ", "upload:규정/여비.md": "added ", "upload:hr/photo.png": "failed "} {
		if outcomes[source] != want {
			t.Errorf("%s: %q, want %q", source, outcomes[source], want)
		}
	}
	resp, body = s.call("POST", "/api/v1/search", reader, `{"query":"leave","collection":"papers","filter":"folder = \"it\""}`)
	if resp.StatusCode != 200 || !strings.Contains(body, "upload:it/leave.md") || strings.Contains(body, "upload:hr/") {
		t.Errorf("the folder it has: %d %s", resp.StatusCode, body)
	}
	for _, refused := range []struct {
		query  string
		status int
		parts  [][2]string
	}{
		{"?folder=yes", 400, parts},
		{"?folder=true", 415, parts[3:4]}, // no file is left
		{"", 415, parts[2:]},
		{"", 400, parts[:2]}, // two files of one name
	} {
		if resp, body := s.uploadForm(documents+refused.query, writer, refused.parts...); resp.StatusCode != refused.status {
			t.Errorf("%s %v: %d %s, want %d", refused.query, refused.parts, resp.StatusCode, body, refused.status)
		}
	}
	for key, writes := range map[string]string{writer: `"writes":true`, reader: `"writes":false`} {
		if _, body := s.call("GET", "/api/v1/collections", key, ""); !strings.Contains(body, writes) {
			t.Errorf("%s is not in %s", writes, body)
		}
	}
}
