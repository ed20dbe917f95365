package bucket_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"go.uber.org/goleak"

	"selfrag/retrieval/ingest"
	"selfrag/retrieval/source"
	"selfrag/retrieval/source/bucket"
	"selfrag/retrieval/source/sourcetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shelf is a bucket of a server that speaks S3.
type shelf struct {
	server  *httptest.Server
	objects *s3mem.Backend
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	s := &shelf{objects: s3mem.New()}
	if err := s.objects.CreateBucket("docs"); err != nil {
		t.Fatal(err)
	}
	s.server = httptest.NewServer(gofakes3.New(s.objects).Server())
	t.Cleanup(s.server.Close)
	return s
}

func (s *shelf) config() bucket.Config {
	u, _ := url.Parse(s.server.URL)
	return bucket.Config{
		Endpoint: s.server.URL, Bucket: "docs", Prefix: "handbook/", Region: "us-east-1", AccessKey: "AKIDEXAMPLE", SecretKey: "s3cret-of-the-key",
		AllowURLs: []string{u.Host}, Private: true, Reads: ingest.Config{}.Reads,
	}
}

func (s *shelf) open(t *testing.T, cfg bucket.Config) source.Source {
	t.Helper()
	b, err := bucket.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (s *shelf) Source(t *testing.T) source.Source { return s.open(t, s.config()) }

func (s *shelf) Put(t *testing.T, path, text string) {
	t.Helper()
	s.put(t, "handbook/"+path, text)
}

func (s *shelf) put(t *testing.T, key, text string) {
	t.Helper()
	u, _ := url.Parse(s.server.URL)
	transport := &http.Transport{DisableKeepAlives: true}
	client, err := minio.New(u.Host, &minio.Options{Creds: credentials.NewStaticV4("AKIDEXAMPLE", "s3cret-of-the-key", ""), Region: "us-east-1", Transport: transport})
	if err == nil {
		_, err = client.PutObject(t.Context(), "docs", key, strings.NewReader(text), int64(len(text)), minio.PutObjectOptions{})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (s *shelf) Remove(t *testing.T, path string) {
	t.Helper()
	if _, err := s.objects.DeleteObject("docs", "handbook/"+path); err != nil {
		t.Fatal(err)
	}
}

func (s *shelf) Name(path string) string { return "s3://docs/handbook/" + path }
func (s *shelf) Also() []string          { return nil }

func TestBucket(t *testing.T) {
	sourcetest.Run(t, func(t *testing.T) sourcetest.Place { return newShelf(t) })
}

func TestWhichObjects(t *testing.T) {
	s := newShelf(t)
	for _, key := range []string{"handbook/a.md", "handbook/folder/", "handbook-2/b.md", "c.md", "handbook/.d.md"} {
		s.put(t, key, "x")
	}
	for prefix, want := range map[string][]string{"handbook/": {"handbook/a.md"}, "": {"c.md", "handbook-2/b.md", "handbook/a.md"}} {
		cfg := s.config()
		cfg.Prefix = prefix
		var got []string
		_, err := s.open(t, cfg).Scan(t.Context(), func(string) string { return "" }, func(f source.File) error {
			got = append(got, strings.TrimPrefix(f.Name, "s3://docs/"))
			return nil
		})
		slices.Sort(got)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: got %q, %v", prefix, got, err)
		}
	}
}

func TestWhatMayBeReached(t *testing.T) {
	s := newShelf(t)
	for name, tc := range map[string]struct {
		change func(*bucket.Config)
		err    string
	}{
		"no host":    {func(c *bucket.Config) { c.AllowURLs = nil }, "not on the list of allowed hosts"},
		"a password": {func(c *bucket.Config) { c.Endpoint = strings.Replace(c.Endpoint, "://", "://u:p@", 1) }, "not a URL"},
		"a path":     {func(c *bucket.Config) { c.Endpoint += "/docs" }, "without a path"},
		"one key":    {func(c *bucket.Config) { c.AccessKey = "" }, "both keys, or none"},
		"private":    {func(c *bucket.Config) { c.Private = false }, "is not a public address"},
		"no bucket":  {func(c *bucket.Config) { c.Bucket = "none" }, "list bucket none"},
		"bad name":   {func(c *bucket.Config) { c.Bucket = "a" }, "list bucket a"},
	} {
		cfg := s.config()
		tc.change(&cfg)
		b, err := bucket.New(cfg)
		if err == nil {
			_, err = b.Scan(t.Context(), func(string) string { return "" }, func(source.File) error { return nil })
		}
		if err == nil || !strings.Contains(err.Error(), tc.err) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: got %v, want %q", name, err, tc.err)
		}
	}
}

// A server that stops in the middle of an object does not hold the scan for ever.
func TestAnObjectThatStalls(t *testing.T) {
	s := newShelf(t)
	s.Put(t, "a.md", strings.Repeat("x", 100))
	objects, done := s.server.Config.Handler, make(chan struct{})
	s.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/a.md") {
			objects.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Length", "100")
		w.Header().Set("ETag", `"e"`)
		w.Header().Set("Last-Modified", "Mon, 02 Nov 2026 10:00:00 GMT")
		_, _ = w.Write([]byte("x"))
		_ = http.NewResponseController(w).Flush()
		select {
		case <-done:
		case <-r.Context().Done():
		}
	})
	t.Cleanup(func() { close(done) })
	b, err := bucket.New(s.config())
	if err != nil {
		t.Fatal(err)
	}
	b.SetSilence(50 * time.Millisecond)
	_, err = b.Scan(t.Context(), func(string) string { return "" }, func(f source.File) error {
		in, err := f.Open()
		if err != nil {
			return err
		}
		defer in.Close()
		if _, err = io.ReadAll(in); err == nil || !strings.Contains(err.Error(), "nothing came for 50ms") {
			t.Errorf("got %v", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
