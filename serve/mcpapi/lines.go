package mcpapi

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"sync"
)

// mostLine is how long a message may be, in bytes.
const mostLine = 16 << 20

// lines are the messages of a client, one a line, as clients write them: a byte
// order mark, carriage returns and empty lines are passed over, and arguments that
// are null are left out. A line that is no message is answered with the error that
// JSON-RPC has for it, and read past. It has one reader.
type lines struct {
	in   *bufio.Reader
	out  io.Writer // takes answers to what is no message
	left []byte    // of a line
}

func newLines(in io.Reader, out io.Writer) *lines {
	return &lines{in: bufio.NewReader(in), out: out}
}

// Read implements io.Reader.
func (l *lines) Read(p []byte) (int, error) {
	for len(l.left) == 0 {
		line, err := l.next()
		line = bytes.TrimSpace(bytes.TrimPrefix(bytes.TrimSpace(line), []byte("\xef\xbb\xbf")))
		if len(line) > 0 {
			message, wrong := messageOf(line)
			if wrong != nil {
				if _, err := l.out.Write(wrong); err != nil {
					return 0, err
				}
			}
			l.left = message
		}
		if err != nil && len(l.left) == 0 {
			return 0, err
		}
	}
	n := copy(p, l.left)
	l.left = l.left[n:]
	return n, nil
}

// next is the next line, as far as it may be long.
func (l *lines) next() ([]byte, error) {
	var line []byte
	for {
		part, err := l.in.ReadSlice('\n')
		if len(line) <= mostLine {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}

// messageOf is a line as a message that ends in a line break, or else the answer
// to a line that is none.
func messageOf(line []byte) (message, wrong []byte) {
	var object map[string]json.RawMessage
	switch {
	case len(line) > mostLine:
		return nil, refusal(-32700, "Parse error: the message is too long")
	case !json.Valid(line):
		return nil, refusal(-32700, "Parse error: a line of standard input is not JSON")
	case line[0] == '[': // a batch, which the server itself answers
	case json.Unmarshal(line, &object) != nil, object["jsonrpc"] == nil:
		return nil, refusal(-32600, "Invalid Request: a line of standard input is no message of JSON-RPC 2.0")
	default:
		if without := withoutNulls(object); without != nil {
			line = without
		}
	}
	return append(bytes.Clone(line), '\n'), nil
}

// withoutNulls is a call of a tool without the arguments that are null; nil where
// there are none.
func withoutNulls(call map[string]json.RawMessage) []byte {
	var params, arguments map[string]json.RawMessage
	if string(call["method"]) != `"tools/call"` || json.Unmarshal(call["params"], &params) != nil || json.Unmarshal(params["arguments"], &arguments) != nil {
		return nil
	}
	found := false
	for name, value := range arguments {
		if string(value) == "null" {
			delete(arguments, name)
			found = true
		}
	}
	if !found {
		return nil
	}
	// Each of these is JSON that was just read.
	params["arguments"], _ = json.Marshal(arguments)
	call["params"], _ = json.Marshal(params)
	line, _ := json.Marshal(call)
	return line
}

// refusal answers what has no id.
func refusal(code int, message string) []byte {
	line, _ := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": nil, "error": map[string]any{"code": code, "message": message}}) // it cannot fail
	return append(line, '\n')
}

// oneAtATime is a writer that several write to.
type oneAtATime struct {
	mu  sync.Mutex
	out io.Writer
}

// Write implements io.Writer.
func (w *oneAtATime) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.out.Write(p)
}
