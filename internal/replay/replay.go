// Package replay lets tests use the answers of real models without the models.
// It provides an http.RoundTripper that records exchanges in a text file and
// answers from the file afterwards.
//
//	transport, err := replay.Open("testdata/chat.jsonl", nil)
//	...
//	t.Cleanup(func() { transport.Close() })
//	client, err := ollama.New(ollama.Config{Model: "qwen2.5-coder:0.5b", Transport: transport})
//
// The environment variable SELFRAG_RECORD sets the [Mode]. If it is unset, the
// file is replayed; "1" records anew; "missing" asks the server only for what
// the file lacks. Recording writes the file in [Transport.Close] and leaves out
// exchanges that the test did not use, so record with all tests that share the
// file.
//
// A request is identified by a hash of its method, path, query and body. JSON
// bodies are hashed with sorted keys and without white space. Host and headers
// are neither hashed nor stored, so a file contains no keys. A request that is
// repeated gets the same answer each time, even while recording: a test sees
// the same when it is replayed.
//
// The file has one exchange per line as JSON, sorted, so that a diff shows the
// changes. A file whose name ends in .gz is compressed. Values that differ from
// run to run are left out: times and durations (created_at, modified_at,
// expires_at, *_duration). So are the bytes of tokens beside their text. A
// streamed answer (NDJSON) keeps its chunks, each stored as its difference from
// the one before. Failed connections and status 503 are passed on but not
// stored.
package replay

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
)

// Mode is the source of answers.
type Mode int

// The modes.
const (
	Replay  Mode = iota // from the file; anything else is an error
	Record              // from the server; the file is written anew
	Missing             // from the file, and otherwise from the server
)

// ModeVariable is the environment variable from which [Open] takes the mode.
const ModeVariable = "SELFRAG_RECORD"

// MissingError says that the file has no answer to a request.
type MissingError struct {
	Path string // path of the file
	Hint string // the request, shortened
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("replay: %s has no answer to %s; with the real server running, run the test with %s=missing to add it, or %s=1 to record all anew",
		e.Path, e.Hint, ModeVariable, ModeVariable)
}

// Transport is an http.RoundTripper that records or replays. It is safe for
// concurrent use.
type Transport struct {
	path string
	mode Mode
	next http.RoundTripper

	mu      sync.Mutex
	known   map[string]exchange
	used    map[string]bool
	keepAll bool
	journal *os.File // what was recorded so far, in case the test is killed before Close
}

// Open reads the file and takes the mode from SELFRAG_RECORD. next reaches the
// real server for recording; nil means http.DefaultTransport. A missing file is
// an error only in mode Replay.
func Open(path string, next http.RoundTripper) (*Transport, error) {
	switch value := os.Getenv(ModeVariable); value {
	case "", "0":
		return OpenMode(path, next, Replay)
	case "1":
		return OpenMode(path, next, Record)
	case "missing":
		return OpenMode(path, next, Missing)
	default:
		return nil, fmt.Errorf("replay: %s is %q: use 1 to record anew, missing to add, or leave it unset", ModeVariable, value)
	}
}

// OpenMode is Open with an explicit mode.
func OpenMode(path string, next http.RoundTripper, mode Mode) (*Transport, error) {
	if next == nil {
		next = http.DefaultTransport
	}
	t := &Transport{path: path, mode: mode, next: next, known: map[string]exchange{}, used: map[string]bool{}}
	if mode != Record {
		err := readFile(path, t.known)
		if errors.Is(err, os.ErrNotExist) && mode == Replay {
			return nil, fmt.Errorf("replay: %s does not exist; record it with the real server running and %s=1", path, ModeVariable)
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("replay: reading %s: %w", path, err)
		}
	}
	if mode == Replay {
		return t, nil
	}
	return t, t.openJournal()
}

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	body, err := readBody(req)
	if err != nil {
		return nil, fmt.Errorf("replay: reading the request: %w", err)
	}
	key, hint := keyOf(req, body), hintOf(req, body)
	if found, ok := t.lookup(key); ok {
		return found.response(req)
	}
	if t.mode == Replay {
		return nil, &MissingError{Path: t.path, Hint: hint}
	}
	return t.ask(req, body, key, hint)
}

func (t *Transport) ask(req *http.Request, body []byte, key, hint string) (*http.Response, error) {
	forwarded := req.Clone(req.Context())
	if body != nil {
		forwarded.Body = io.NopCloser(bytes.NewReader(body))
	}
	resp, err := t.next.RoundTrip(forwarded)
	if err != nil || resp.StatusCode == http.StatusServiceUnavailable {
		return resp, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("replay: reading the answer to %s: %w", hint, err)
	}
	recorded, err := t.store(newExchange(key, hint, resp, answer))
	if err != nil {
		return nil, err
	}
	return recorded.response(req)
}

func (t *Transport) lookup(key string) (exchange, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	found, ok := t.known[key]
	t.used[key] = ok
	return found, ok
}

// store keeps an exchange and returns the one to answer with. If the same
// request was sent twice at a time, this is the first one.
func (t *Transport) store(e exchange) (exchange, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if first, ok := t.known[e.Key]; ok {
		return first, nil
	}
	t.known[e.Key], t.used[e.Key] = e, true
	if t.journal != nil {
		if err := writeLine(t.journal, e); err != nil {
			return e, fmt.Errorf("replay: noting an exchange: %w", err)
		}
	}
	return e, nil
}

// KeepUnused makes Close keep exchanges that were not used, for runs of only a
// part of the tests that share the file. Recording anew still drops them.
func (t *Transport) KeepUnused() { t.keepAll = true }

// Close writes the file when recording. It must be called once, after the last
// request.
func (t *Transport) Close() error {
	if t.mode == Replay {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	var keep []exchange
	for key, e := range t.known {
		if t.used[key] || t.keepAll {
			keep = append(keep, e)
		}
	}
	if err := writeFile(t.path, keep); err != nil {
		return fmt.Errorf("replay: writing %s: %w", t.path, err)
	}
	return t.closeJournal()
}

func readBody(req *http.Request) ([]byte, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return nil, nil
	}
	defer req.Body.Close()
	return io.ReadAll(req.Body)
}
