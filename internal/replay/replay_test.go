package replay_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"selfrag/internal/replay"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// model is a server whose answers say how often it was asked, and on what.
type model struct {
	url   string
	asked atomic.Int32
}

func newModel(t *testing.T) *model {
	t.Helper()
	m := &model{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := m.asked.Add(1)
		body, _ := io.ReadAll(r.Body)
		switch r.URL.Path {
		case "/stream":
			w.Header().Set("Content-Type", "application/x-ndjson")
			for i, word := range []string{"하나", "<둘>", "셋"} {
				fmt.Fprintf(w, `{"model":"m","created_at":"now %d","message":{"role":"assistant","content":%q},"done":false}`+"\n", n, word)
				if i == 1 {
					fmt.Fprintln(w)
				}
			}
			fmt.Fprintf(w, `{"model":"m","message":{"role":"assistant","content":""},"done":true,"total_duration":%d,"prompt_eval_count":3}`+"\n", n)
		case "/missing":
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"error":"model not found"}`)
		case "/busy":
			w.WriteHeader(http.StatusServiceUnavailable)
		case "/text":
			fmt.Fprint(w, "Ollama is running\n")
		case "/nulls":
			fmt.Fprint(w, "{\"a\":1}\n{\"a\":null}\n")
		case "/cut":
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, "short")
		default:
			fmt.Fprintf(w, `{"n":%d,"asked":%q,"eval_duration":%d,"models":[{"modified_at":"now"}],"logprobs":[{"token":"a","logprob":-1.50,"bytes":[97]}]}`, n, body, n)
		}
	}))
	t.Cleanup(server.Close)
	m.url = server.URL
	return m
}

// open opens a transport and gives a function that posts through it.
func open(t *testing.T, path string, mode replay.Mode) (*replay.Transport, func(url, body string) (int, string)) {
	t.Helper()
	next := &http.Transport{}
	t.Cleanup(next.CloseIdleConnections)
	transport, err := replay.OpenMode(path, next, mode)
	if err != nil {
		t.Fatal(err)
	}
	return transport, func(url, body string) (int, string) {
		t.Helper()
		resp, err := (&http.Client{Transport: transport}).Post(url, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		answer, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(answer)
	}
}

func TestRecordThenReplay(t *testing.T) {
	for _, name := range []string{"sub/exchanges.jsonl", "exchanges.jsonl.gz"} {
		t.Run(name, func(t *testing.T) {
			server, path := newModel(t), filepath.Join(t.TempDir(), name)
			requests := []string{"/stream", "/missing", "/text", "/nulls", "/api/chat", "/api/chat?x=1"}
			transport, post := open(t, path, replay.Record)
			var recorded []string
			for _, r := range requests {
				status, answer := post(server.url+r, `{"b":1,"a":2}`)
				recorded = append(recorded, fmt.Sprint(status, answer))
			}
			close(t, transport)
			if int(server.asked.Load()) != len(requests) {
				t.Errorf("the server was asked %d times", server.asked.Load())
			}

			transport, post = open(t, path, replay.Replay)
			var replayed []string
			for _, r := range requests {
				// Another host, other white space and order: the same request.
				status, answer := post("http://elsewhere"+r, ` {"a": 2, "b": 1} `)
				replayed = append(replayed, fmt.Sprint(status, answer))
			}
			close(t, transport)
			if !reflect.DeepEqual(recorded, replayed) {
				t.Errorf("recorded %q\nreplayed %q", recorded, replayed)
			}
			if want := `404{"error":"model not found"}`; strings.ReplaceAll(replayed[1], " ", "") != strings.ReplaceAll(want, " ", "") {
				t.Errorf("got %q, want %q", replayed[1], want)
			}
		})
	}
}

func close(t *testing.T, transport *replay.Transport) {
	t.Helper()
	if err := transport.Close(); err != nil {
		t.Error(err)
	}
}

func TestStreamKeepsItsChunks(t *testing.T) {
	server, path := newModel(t), filepath.Join(t.TempDir(), "x.jsonl")
	transport, post := open(t, path, replay.Record)
	post(server.url+"/stream", "{}")
	close(t, transport)

	transport, _ = open(t, path, replay.Replay)
	resp, err := (&http.Client{Transport: transport}).Post("http://x/stream", "", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var lines []string
	for scanner := bufio.NewScanner(resp.Body); scanner.Scan(); {
		lines = append(lines, scanner.Text())
	}
	want := []string{
		`{"done":false,"message":{"content":"하나","role":"assistant"},"model":"m"}`,
		`{"done":false,"message":{"content":"<둘>","role":"assistant"},"model":"m"}`,
		`{"done":false,"message":{"content":"셋","role":"assistant"},"model":"m"}`,
		`{"done":true,"message":{"content":"","role":"assistant"},"model":"m","prompt_eval_count":3}`,
	}
	if !reflect.DeepEqual(lines, want) || resp.Header.Get("Content-Type") != "application/x-ndjson" {
		t.Errorf("got %s %q", resp.Header.Get("Content-Type"), lines)
	}
}

// TestFile shows what a person who reads the file sees.
func TestFile(t *testing.T) {
	server, path := newModel(t), filepath.Join(t.TempDir(), "x.jsonl")
	transport, post := open(t, path, replay.Record)
	post(server.url+"/stream", `{"messages":[{"content":"first"},{"content":"`+strings.Repeat("가", 100)+` 끝?"},{"content":"답:"}]}`)
	post(server.url+"/api/embed", `{"model":"m","input":["one","two"]}`)
	post(server.url+"/text", "plain")
	close(t, transport)
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"key":"4ac207b889d23c51","hint":"POST /api/embed two","status":200,"type":"text/plain; charset=utf-8","json":{"asked":"{\"model\":\"m\",\"input\":[\"one\",\"two\"]}","logprobs":[{"logprob":-1.50,"token":"a"}],"models":[{}],"n":2}}
{"key":"2044ca5b26f44d82","hint":"POST /stream …` + strings.Repeat("가", 72) + ` 끝? | 답:","status":200,"type":"application/x-ndjson","chunks":[{"done":false,"message":{"content":"하나","role":"assistant"},"model":"m"},{"message":{"content":"<둘>"}},{"message":{"content":"셋"}},{"done":true,"message":{"content":""},"prompt_eval_count":3}]}
{"key":"d0c593b6611f2cad","hint":"POST /text","status":200,"type":"text/plain; charset=utf-8","text":"Ollama is running\n"}
`
	if string(got) != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestSameRequestSameAnswer(t *testing.T) {
	server, path := newModel(t), filepath.Join(t.TempDir(), "x.jsonl")
	transport, post := open(t, path, replay.Record)
	answers := make([]string, 40)
	var wait sync.WaitGroup
	for i := range answers {
		wait.Go(func() { _, answers[i] = post(server.url+"/api/chat", fmt.Sprintf(`{"q":%d}`, i%4)) })
	}
	wait.Wait()
	close(t, transport)
	for i, answer := range answers {
		if answer != answers[i%4] {
			t.Errorf("request %d: %q and %q", i%4, answers[i%4], answer)
		}
	}
	if lines := readLines(t, path); len(lines) != 4 {
		t.Errorf("stored %d exchanges", len(lines))
	}
}

func TestUnknownRequestNamesFileRequestAndRemedy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.jsonl")
	transport, _ := open(t, path, replay.Record)
	close(t, transport)
	transport, _ = open(t, path, replay.Replay)
	_, err := (&http.Client{Transport: transport}).Post("http://x/api/chat", "", strings.NewReader(`{"messages":[{"content":"Who?"}]}`))
	var missing *replay.MissingError
	if !errors.As(err, &missing) {
		t.Fatalf("got %v", err)
	}
	for _, part := range []string{path, "POST /api/chat Who?", "SELFRAG_RECORD=missing"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q lacks %q", err, part)
		}
	}
}

func TestMissingAsksForWhatTheFileLacks(t *testing.T) {
	server, path := newModel(t), filepath.Join(t.TempDir(), "x.jsonl")
	transport, post := open(t, path, replay.Record)
	_, old := post(server.url+"/api/chat", `{"q":"old"}`)
	post(server.url+"/api/chat", `{"q":"forgotten"}`)
	close(t, transport)

	transport, post = open(t, path, replay.Missing)
	if _, again := post(server.url+"/api/chat", `{"q":"old"}`); again != old {
		t.Errorf("asked again: %q, before %q", again, old)
	}
	post(server.url+"/api/chat", `{"q":"new"}`)
	close(t, transport)
	if server.asked.Load() != 3 {
		t.Errorf("the server was asked %d times", server.asked.Load())
	}
	if lines := readLines(t, path); len(lines) != 2 || strings.Contains(strings.Join(lines, ""), "forgotten") {
		t.Errorf("stored %q", lines)
	}
}

func TestKeepUnused(t *testing.T) {
	for _, test := range []struct {
		mode replay.Mode
		want int
	}{{replay.Missing, 2}, {replay.Record, 1}} {
		server, path := newModel(t), filepath.Join(t.TempDir(), "x.jsonl")
		transport, post := open(t, path, replay.Record)
		post(server.url+"/api/chat", `{"q":"old"}`)
		close(t, transport)

		transport, post = open(t, path, test.mode)
		transport.KeepUnused()
		post(server.url+"/api/chat", `{"q":"new"}`)
		close(t, transport)
		if lines := readLines(t, path); len(lines) != test.want {
			t.Errorf("mode %d: stored %q, not %d exchanges", test.mode, lines, test.want)
		}
	}
}

// A test that is killed while it records leaves a journal, maybe with half a line at its end.
func TestMissingGoesOnAfterAKill(t *testing.T) {
	server, path := newModel(t), filepath.Join(t.TempDir(), "x.jsonl")
	_, post := open(t, path, replay.Record)
	post(server.url+"/api/chat", `{"q":1}`)
	journal, err := os.OpenFile(path+".part", os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := journal.WriteString(`{"key":"half`); err != nil {
		t.Fatal(err)
	}
	journal.Close()

	transport, post := open(t, path, replay.Missing)
	post(server.url+"/api/chat", `{"q":1}`)
	post(server.url+"/api/chat", `{"q":2}`)
	close(t, transport)
	if n := server.asked.Load(); n != 2 || len(readLines(t, path)) != 2 {
		t.Errorf("the server was asked %d times, stored %q", n, readLines(t, path))
	}
	if _, err := os.Stat(path + ".part"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the journal stays: %v", err)
	}
}

func TestFaultsAreNotStored(t *testing.T) {
	server, path := newModel(t), filepath.Join(t.TempDir(), "x.jsonl")
	transport, post := open(t, path, replay.Record)
	if status, _ := post(server.url+"/busy", ""); status != http.StatusServiceUnavailable {
		t.Errorf("status %d", status)
	}
	for _, url := range []string{server.url + "/cut", "http://127.0.0.1:1/"} {
		if _, err := (&http.Client{Transport: transport}).Post(url, "", nil); err == nil {
			t.Errorf("%s passed", url)
		}
	}
	close(t, transport)
	if lines := readLines(t, path); len(lines) != 0 {
		t.Errorf("stored %q", lines)
	}
}

func TestContextEndsAReplay(t *testing.T) {
	server, path := newModel(t), filepath.Join(t.TempDir(), "x.jsonl")
	transport, post := open(t, path, replay.Record)
	post(server.url+"/stream", "")
	close(t, transport)
	transport, _ = open(t, path, replay.Replay)
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://x/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := resp.Body.Read(make([]byte, 1000)); err != nil {
		t.Errorf("before the cancel: %v", err)
	}
	cancel()
	if _, err := io.ReadAll(resp.Body); !errors.Is(err, context.Canceled) {
		t.Errorf("after the cancel: %v", err)
	}
	if _, err := transport.RoundTrip(req); !errors.Is(err, context.Canceled) {
		t.Errorf("a new request: %v", err)
	}
}

func TestOpen(t *testing.T) {
	folder := t.TempDir()
	broken := filepath.Join(folder, "broken.jsonl")
	if err := os.WriteFile(broken, []byte("{\"key\":\"a\"}\n{"), 0o644); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ variable, path, want string }{
		{"", filepath.Join(folder, "none.jsonl"), "none.jsonl does not exist; record it"},
		{"yes", broken, `SELFRAG_RECORD is "yes"`},
		{"", broken, "broken.jsonl: exchange 2"},
		{"missing", broken, "broken.jsonl: exchange 2"},
		{"missing", filepath.Join(folder, "new.jsonl"), ""},
		{"1", broken, ""},
	}
	for _, test := range tests {
		t.Setenv(replay.ModeVariable, test.variable)
		transport, err := replay.Open(test.path, nil)
		if test.want == "" && err == nil {
			close(t, transport)
			continue
		}
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: got %v, want %q", test.variable, err, test.want)
		}
	}
}

func readLines(t *testing.T, path string) []string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.FieldsFunc(string(data), func(r rune) bool { return r == '\n' })
}
