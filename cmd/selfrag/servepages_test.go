package main

import (
	"encoding/base64"
	"fmt"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/serve"
	"selfrag/serve/keys"
)

// marksOf is the answer of the route for the marks of a page.
type marksOf struct {
	Page, Pages, Start, End int
	Width, Height           float64
	Marks                   []struct{ X, Y, Width, Height float64 }
	Undrawn                 bool
}

// servedPDF is a server with a Korean PDF file of two pages in collection notes.
func servedPDF(t *testing.T) (s *liveServer, path string) {
	t.Helper()
	raw, err := os.ReadFile("../../retrieval/ingest/testdata/pdf/korean.pdf")
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "휴가 규정.pdf")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	a := newServedApp(t, newBridgeModel(t), "other")
	if err := runIngest(t.Context(), a, wire.Ingestion{Paths: []string{path}}); err != nil {
		t.Fatal(err)
	}
	s = startServer(t, a)
	s.contract = openContract(t)
	return s, path
}

// sourceIDs returns the ids of the documents of a collection by the end of their
// sources.
func (s *liveServer) sourceIDs(collection, key string) map[string]string {
	s.t.Helper()
	_, body := s.call("GET", "/api/v1/collections/"+collection+"/documents", key, "")
	list := decodeJSON[struct {
		Documents []struct {
			Source string
			ID     string `json:"source_id"`
		}
	}](s.t, body)
	ids := map[string]string{}
	for _, d := range list.Documents {
		ids[d.Source[strings.LastIndexAny(d.Source, "/:")+1:]] = d.ID
	}
	return ids
}

// TestCitationsOpenPages finds a sentence, and follows its citation to the picture of
// its page.
func TestCitationsOpenPages(t *testing.T) {
	s, _ := servedPDF(t)
	_, body := s.call("POST", "/api/v1/search", "", `{"query":"재택근무는 주 며칠까지 할 수 있습니까?","collection":"notes","evidence":true}`)
	found := decodeJSON[struct {
		Evidence struct {
			Sentences []struct {
				Text, URL  string
				Start, End int
				Metadata   struct{ Page int }
			}
		}
	}](t, body)
	if len(found.Evidence.Sentences) == 0 {
		t.Fatal(body)
	}
	sentence := found.Evidence.Sentences[0]
	if sentence.Text != "재택근무는 주 2일까지 할 수 있습니다." || sentence.Metadata.Page != 2 {
		t.Fatalf("found %+v", sentence)
	}
	page := fmt.Sprintf("/api/v1/collections/notes/documents/%s/pages/%d", s.sourceIDs("notes", "")["휴가 규정.pdf"], sentence.Metadata.Page)
	resp, body := s.call("GET", fmt.Sprintf("%s/marks?start=%d&end=%d", page, sentence.Start, sentence.End), "", "")
	marks := decodeJSON[marksOf](t, body)
	if resp.StatusCode != 200 || marks.Page != 2 || marks.Pages != 2 || marks.Start != sentence.Start || marks.End != sentence.End || len(marks.Marks) != 1 || marks.Undrawn {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
	resp, body = s.call("GET", page+"?width=840", "", "")
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "image/png" || !strings.Contains(resp.Header.Get("Cache-Control"), "private") {
		t.Fatalf("%d %v", resp.StatusCode, resp.Header)
	}
	picture, err := png.Decode(strings.NewReader(body))
	if err != nil || picture.Bounds().Dx() != 840 || picture.Bounds().Dy() != 600 {
		t.Fatalf("%v %v", err, picture.Bounds())
	}
	m := marks.Marks[0]
	dark := 0
	for x := int(m.X * 840); x < int((m.X+m.Width)*840); x++ {
		for y := int(m.Y * 600); y < int((m.Y+m.Height)*600); y++ {
			if r, _, _, _ := picture.At(x, y).RGBA(); r < 0x8000 {
				dark++
			}
		}
	}
	if dark < 200 {
		t.Errorf("there is nothing in the mark %+v: %d pixels", m, dark)
	}
	// What the browser has is still good, under another width it is not.
	tag := resp.Header.Get("ETag")
	for path, want := range map[string]int{page + "?width=840": 304, page + "?width=841": 200, page[:len(page)-1] + "1?width=840": 200} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", s.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("If-None-Match", tag)
		if resp, body := s.do(req, ""); resp.StatusCode != want || want == 304 && body != "" {
			t.Errorf("%s: %d, %d bytes", path, resp.StatusCode, len(body))
		}
	}
}

func TestPagesThatAreRefused(t *testing.T) {
	s, _ := servedPDF(t)
	all := s.key(keys.Key{Name: "all", Write: true})
	elsewhere := s.key(keys.Key{Name: "elsewhere", Collections: []string{"handbook"}})
	tenant := s.key(keys.Key{Name: "tenant", Tenant: "other"})
	asker := s.key(keys.Key{Name: "asker", Origins: []string{"https://www.example.org"}})
	ids := s.sourceIDs("notes", all)
	pdf := ids["휴가 규정.pdf"]
	named := func(source string) string { return serve.SourceID(strings.Repeat("0", 64), source) }
	const notes = "/api/v1/collections/notes/documents/"
	for name, tc := range map[string]struct {
		path, key string
		want      int
		says      string
	}{
		"page 0":                      {notes + pdf + "/pages/0", all, 400, "page"},
		"page -1":                     {notes + pdf + "/pages/-1", all, 400, "page"},
		"page 10^10":                  {notes + pdf + "/pages/10000000000", all, 400, "page"},
		"page one":                    {notes + pdf + "/pages/one", all, 400, "page"},
		"a page that there is not":    {notes + pdf + "/pages/3", all, 404, "no such page"},
		"page 10^9":                   {notes + pdf + "/pages/1000000000", all, 404, "no such page"},
		"no such document":            {notes + named("/etc/passwd") + "/pages/1", all, 404, ""},
		"a source with dots":          {notes + named("../../etc/passwd.pdf") + "/pages/1", all, 404, ""},
		"no id at all":                {notes + base64.RawURLEncoding.EncodeToString([]byte("x")) + "/pages/1", all, 404, ""},
		"Markdown":                    {notes + ids["bridge.md"] + "/pages/1", all, 415, "not a PDF"},
		"a key for another":           {notes + pdf + "/pages/1", elsewhere, 403, ""},
		"a key of another tenant":     {notes + pdf + "/pages/1", tenant, 404, ""},
		"a key that may only ask":     {notes + pdf + "/pages/1", asker, 403, ""},
		"no key":                      {notes + pdf + "/pages/1", "", 401, ""},
		"no such collection":          {"/api/v1/collections/none/documents/" + pdf + "/pages/1", all, 404, ""},
		"a parameter that is unknown": {notes + pdf + "/pages/1?dpi=300", all, 400, "dpi"},
	} {
		for _, more := range []string{"", "/marks"} {
			if strings.Contains(tc.path, "?") && more != "" {
				continue
			}
			if resp, body := s.call("GET", tc.path+more, tc.key, ""); resp.StatusCode != tc.want || !strings.Contains(body, tc.says) {
				t.Errorf("%s%s: %d %s, want %d", name, more, resp.StatusCode, body, tc.want)
			}
		}
	}
	for _, width := range []string{"0", "99", "2001", "-5", "x", "1e3", "1000000000"} {
		if resp, body := s.call("GET", notes+pdf+"/pages/1?width="+width, all, ""); resp.StatusCode != 400 {
			t.Errorf("width %s: %d %s", width, resp.StatusCode, body)
		}
	}
}

// TestPagesOfUploads follows an uploaded file through its names, until nothing of it is
// left.
func TestPagesOfUploads(t *testing.T) {
	s, path := servedPDF(t)
	const collections = "/api/v1/collections/"
	of := func(collection, name string) string {
		return collections + collection + "/documents/" + s.sourceIDs(collection, "")[name]
	}
	expect := func(want int, method, path, body string) {
		t.Helper()
		if resp, got := s.call(method, path, "", body); resp.StatusCode != want {
			t.Errorf("%s %s: %d %.200s, want %d", method, path, resp.StatusCode, got, want)
		}
	}
	upload := func(files map[string]string) {
		t.Helper()
		_, body := s.upload("papers", "", files)
		s.finish("", body)
	}
	pdf := string(mustRead(t, path))
	upload(map[string]string{"one.pdf": pdf + "\n% one", "two.pdf": pdf + "\n% two", "notes.md": "# Notes"})
	expect(200, "GET", of("papers", "one.pdf")+"/pages/2", "")
	expect(200, "GET", of("papers", "one.pdf")+"/pages/2/marks?start=0&end=10", "")
	expect(415, "GET", of("papers", "notes.md")+"/pages/1", "")
	upload(map[string]string{"one.pdf": pdf + "\n% a new edition"})
	expect(200, "GET", of("papers", "one.pdf")+"/pages/1", "")
	upload(map[string]string{"one.pdf": pdf + "\n% a new edition"}) // unchanged
	expect(200, "GET", of("papers", "one.pdf")+"/pages/1", "")
	expect(200, "PATCH", of("papers", "one.pdf"), `{"name":"하나.pdf"}`)
	expect(200, "GET", of("papers", "하나.pdf")+"/pages/1", "")
	expect(200, "PATCH", collections+"papers", `{"name":"drafts"}`)
	expect(200, "GET", of("drafts", "하나.pdf")+"/pages/1", "")
	kept := func() int {
		files, err := filepath.Glob(filepath.Join(s.app.settings.OriginalsDir(), "*", "*"))
		if err != nil {
			t.Fatal(err)
		}
		return len(files)
	}
	if n := kept(); n != 2 {
		t.Errorf("%d files are kept, want 2", n)
	}
	expect(204, "DELETE", of("drafts", "하나.pdf"), "")
	if n := kept(); n != 1 {
		t.Errorf("%d files are kept, want 1", n)
	}
	expect(204, "DELETE", collections+"drafts", "")
	if n := kept(); n != 0 {
		t.Errorf("%d files are kept, want none", n)
	}
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
