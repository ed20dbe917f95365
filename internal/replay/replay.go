// Package replay lets tests use the answers of real models without the models: a http.RoundTripper that records exchanges in a
// text file and answers from it afterwards.
//
//	transport, err := replay.Open("testdata/chat.jsonl", nil)
//	...
//	t.Cleanup(func() { transport.Close() })
//	client, err := ollama.New(ollama.Config{Model: "qwen2.5-coder:0.5b", Transport: transport})
//
// The environment variable SELFRAG_RECORD chooses the [Mode]: unset replays, "1" records anew, "missing" asks the server only for
// what the file lacks. Recording writes the file in [Transport.Close] and leaves out what the test did not ask for, so record
// with all tests that share the file.
//
// A request is known by a hash of its method, path, query and body; JSON bodies are hashed with sorted keys and without white
// space. Neither the host nor any header counts or is stored, so a file holds no keys. A request asked twice is answered the same
// both times, when recording too: what a test sees while it records is what it will see later.
//
// The file has one exchange a line as JSON, sorted, so that a diff shows what changed; a name that ends in .gz is compressed.
// What differs from run to run is left out: times and durations (created_at, modified_at, expires_at, *_duration). So are the
// bytes of tokens beside their text. A streamed answer (NDJSON) keeps its chunks, each stored as its difference to the one
// before. Failed connections and status 503 are passed on but not stored.
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

// Mode says where answers come from.
type Mode int

// The modes.
const (
	Replay  Mode = iota // from the file; what it lacks is an error
	Record              // from the server; the file is written anew
	Missing             // from the file, and from the server what it lacks
)

// ModeVariable is the environment variable that [Open] asks for the mode.
const ModeVariable = "SELFRAG_RECORD"

// MissingError says that the file has no answer to a request.
type MissingError struct {
	Path string // of the file
	Hint string // the request, shortened
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("replay: %s has no answer to %s; with the real server running, run the test with %s=missing to add it, or %s=1 to record all anew",
		e.Path, e.Hint, ModeVariable, ModeVariable)
}

// Transport is a http.RoundTripper that records or replays. It is safe for concurrent use.
type Transport struct {
	path string
	mode Mode
	next http.RoundTripper

	mu      sync.Mutex
	known   map[string]exchange
	used    map[string]bool
	keepAll bool
	journal *os.File // what was recorded so far, should the test be killed before Close
}

// Open reads the file and chooses the mode by SELFRAG_RECORD. next reaches the real server when recording; nil means
// http.DefaultTransport. A file that does not exist is an error in mode Replay only.
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

// OpenMode is Open with a mode of the caller's choice.
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

// store keeps an exchange and returns the one to answer with: the first, where the same request was under way twice.
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

// KeepUnused has Close keep what the file held and nothing asked for, where only a part of what shares the file is run. Recording
// anew drops it all the same.
func (t *Transport) KeepUnused() { t.keepAll = true }

// Close writes the file when recording. It must be called once, after the last request.
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
