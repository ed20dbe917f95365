package httpapi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"selfrag/serve"
	"selfrag/session"
)

// pacedIngester ingests nothing. Its first job waits for begin and then reports
// a lot of progress; each later job ends at once.
type pacedIngester struct {
	serve.Engine
	serve.Models
	begin chan struct{}
	jobs  atomic.Int64
}

func (*pacedIngester) Library(context.Context, serve.Tenant) (serve.Library, error) { return nil, nil }

func (*pacedIngester) Type(string, io.ReaderAt, int64) (string, error) { return ".txt", nil }

func (p *pacedIngester) Ingest(ctx context.Context, _ serve.Library, _ string, files []serve.IngestFile, progress func(serve.IngestProgress)) error {
	if p.jobs.Add(1) > 1 {
		return nil
	}
	select {
	case <-p.begin:
	case <-ctx.Done():
		return ctx.Err()
	}
	for i := range 1000 {
		progress(serve.IngestProgress{Source: files[0].Source, DoneBytes: int64(i), TotalBytes: 1000})
	}
	return nil
}

// revocable is an authority with one key that can be revoked.
type revocable struct{ revoked atomic.Bool }

func (r *revocable) Identify(context.Context, string) (Identity, error) {
	if r.revoked.Load() {
		return Identity{}, &serve.Error{Kind: serve.Unauthorised, Message: "the key is unknown, revoked or expired"}
	}
	return Identity{ID: "good", Grant: serve.Allow("", nil, true)}, nil
}
func (*revocable) Required(context.Context) (bool, error) { return true, nil }

// watched uploads two files as two jobs and returns the events of the job at
// the given place. It calls meanwhile after the first event and before any job
// continues.
func watched(t *testing.T, place int, meanwhile func(*revocable)) string {
	t.Helper()
	parts, authority := &pacedIngester{begin: make(chan struct{})}, &revocable{}
	service, err := serve.New(serve.Config{Libraries: parts, Engine: parts, Models: parts, Ingester: parts, Secret: make([]byte, 16),
		Sessions: func(serve.Tenant) (*session.Store, error) { return nil, errors.New("there are none") }, Jobs: serve.JobsConfig{Dir: t.TempDir()}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Config{Service: service, Authority: authority})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	defer server.Close()
	send := func(method, path, kind string, body io.Reader) *http.Response {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer key")
		req.Header.Set("Content-Type", kind)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		return resp
	}
	var locations []string
	for range 2 {
		var form bytes.Buffer
		w := multipart.NewWriter(&form)
		part, _ := w.CreateFormFile("file", "a.txt")
		_, _ = io.WriteString(part, "text")
		_ = w.Close()
		resp := send("POST", "/api/v1/collections/notes/documents", w.FormDataContentType(), &form)
		_ = resp.Body.Close()
		locations = append(locations, resp.Header.Get("Location"))
	}
	resp := send("GET", locations[place]+"/events", "", nil)
	defer resp.Body.Close()
	var all strings.Builder
	for !strings.Contains(all.String(), "data: ") || !strings.HasSuffix(all.String(), "\n\n") {
		b := make([]byte, 1)
		if _, err := resp.Body.Read(b); err != nil {
			t.Fatalf("%v after %s", err, all.String())
		}
		all.Write(b)
	}
	meanwhile(authority)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		service.RunJobs(ctx, func(error) {})
	}()
	close(parts.begin)
	rest, err := io.ReadAll(resp.Body)
	cancel()
	<-ended
	if err != nil {
		t.Fatal(err)
	}
	return all.String() + string(rest)
}

func TestEventsOfAJobAreItsOwn(t *testing.T) {
	events := watched(t, 1, func(*revocable) {})
	if n := strings.Count(events, `"state":"queued"`); n != 1 {
		t.Errorf("%d events of a job that waits: %s", n, events)
	}
	if !strings.Contains(events, `"state":"done"`) {
		t.Errorf("no end: %s", events)
	}
}

func TestRevokedKeysHearNoMoreOfJobs(t *testing.T) {
	events := watched(t, 0, func(a *revocable) { a.revoked.Store(true) })
	if strings.Contains(events, "running") || strings.Contains(events, "done\"") || !strings.Contains(events, `"code":"unauthorized"`) {
		t.Errorf("a key that is revoked hears %s", events)
	}
}
