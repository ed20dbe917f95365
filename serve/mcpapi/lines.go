package mcpapi

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"sync"
)

// mostLine is the maximum length of a message in bytes. Not measured.
const mostLine = 16 << 20

// lines reads the messages of a client, one on each line. It skips byte order
// marks, carriage returns and empty lines. It answers a line that is not a
// message with the error of JSON-RPC, and goes on with the next line. It must
// have only one reader.
type lines struct {
	in   *bufio.Reader
	out  io.Writer // takes the errors
	left []byte    // unread rest of a line
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

// next returns the next line. It drops most of a line that is longer than
// mostLine.
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

// messageOf returns the message on a line, with a line break at its end, or else
// the error that answers the line.
func messageOf(line []byte) (message, wrong []byte) {
	var object map[string]json.RawMessage
	switch {
	case len(line) > mostLine:
		return nil, refusal(-32700, "Parse error: the message is too long")
	case !json.Valid(line):
		return nil, refusal(-32700, "Parse error: a line of standard input is not JSON")
	case line[0] == '[': // a batch, which the SDK answers
	case json.Unmarshal(line, &object) != nil, object["jsonrpc"] == nil:
		return nil, refusal(-32600, "Invalid Request: a line of standard input is no message of JSON-RPC 2.0")
	}
	return append(bytes.Clone(line), '\n'), nil
}

// refusal returns the error for a line whose id is not known.
func refusal(code int, message string) []byte {
	line, _ := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": nil, "error": map[string]any{"code": code, "message": message}}) // cannot fail
	return append(line, '\n')
}

// oneAtATime is a writer that is safe for concurrent use.
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
