package replay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// exchange is one line of the file. The body of the response is in one of JSON,
// Chunks and Text.
type exchange struct {
	Key    string            `json:"key"`
	Hint   string            `json:"hint"`
	Status int               `json:"status"`
	Type   string            `json:"type,omitempty"` // Content-Type
	JSON   json.RawMessage   `json:"json,omitempty"`
	Chunks []json.RawMessage `json:"chunks,omitempty"` // the first chunk in full, then merge patches (RFC 7396)
	Text   string            `json:"text,omitempty"`
}

func newExchange(key, hint string, resp *http.Response, body []byte) exchange {
	e := exchange{Key: key, Hint: hint, Status: resp.StatusCode, Type: resp.Header.Get("Content-Type")}
	if value, err := decode(body); err == nil {
		if e.JSON, err = encode(steady(value)); err == nil {
			return e
		}
	}
	if chunks, ok := toPatches(body); ok {
		e.Chunks = chunks
		return e
	}
	e.Text = string(body)
	return e
}

// response answers a request. Its body comes in the original chunks and ends if
// the request's context ends.
func (e exchange) response(req *http.Request) (*http.Response, error) {
	chunks, err := e.body()
	if err != nil {
		return nil, fmt.Errorf("replay: the recorded answer to %s cannot be read: %w", e.Hint, err)
	}
	header := http.Header{}
	if e.Type != "" {
		header.Set("Content-Type", e.Type)
	}
	return &http.Response{
		Status:     fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status)),
		StatusCode: e.Status,
		Proto:      "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        header,
		Body:          &chunkedBody{ctx: req.Context(), chunks: chunks},
		ContentLength: -1,
		Request:       req,
	}, nil
}

func (e exchange) body() ([][]byte, error) {
	switch {
	case e.Chunks != nil:
		return fromPatches(e.Chunks)
	case e.JSON != nil:
		return [][]byte{e.JSON}, nil
	default:
		return [][]byte{[]byte(e.Text)}, nil
	}
}

// steady removes the parts of a value that differ from run to run or only
// repeat others.
func steady(value any) any {
	switch value := value.(type) {
	case []any:
		for i := range value {
			value[i] = steady(value[i])
		}
	case map[string]any:
		_, isToken := value["logprob"]
		for name, inner := range value {
			if volatile(name) || isToken && name == "bytes" {
				delete(value, name)
			} else {
				value[name] = steady(inner)
			}
		}
	}
	return value
}

func volatile(name string) bool {
	switch name {
	case "created_at", "modified_at", "expires_at":
		return true
	}
	return strings.HasSuffix(name, "_duration")
}

// toPatches parses NDJSON. It returns false if the body is something else or
// could not be restored.
func toPatches(body []byte) ([]json.RawMessage, bool) {
	var patches []json.RawMessage
	var before map[string]any
	for line := range bytes.Lines(body) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		value, err := decode(line)
		object, ok := value.(map[string]any)
		if err != nil || !ok || hasNull(object) {
			return nil, false
		}
		steady(object)
		patch, err := encode(diff(before, object))
		if err != nil {
			return nil, false
		}
		patches = append(patches, patch)
		before = object
	}
	return patches, len(patches) > 0
}

func fromPatches(patches []json.RawMessage) ([][]byte, error) {
	var lines [][]byte
	var object map[string]any
	for _, patch := range patches {
		value, err := decode(patch)
		if err != nil {
			return nil, err
		}
		change, ok := value.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("a chunk is not a JSON object: %s", patch)
		}
		object = merge(object, change)
		line, err := encode(object)
		if err != nil {
			return nil, err
		}
		lines = append(lines, append(line, '\n'))
	}
	return lines, nil
}
