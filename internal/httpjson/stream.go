package httpjson

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
)

// Stream sends the JSON of in. It passes the data of every server-sent event to
// the function each as the event arrives (HTML Living Standard, 9.2). If a
// server does not stream, its answer in one piece is one event. If an answer
// consists of several JSON values, every value is one event, whatever the
// content type is. An error of the function ends the stream and is returned
// unchanged. Once an event has been delivered, the request is not repeated.
func (c *Client) Stream(ctx context.Context, address string, in any, each func(data []byte) error) error {
	var stopped error
	err := c.send(ctx, http.MethodPost, address, in, func(u *url.URL, resp *http.Response) (begun bool, err error) {
		handOver := func(data []byte) error {
			begun = true
			stopped = each(data)
			return stopped
		}
		lines := bufio.NewReader(resp.Body)
		first, err := firstByte(lines)
		if err != nil {
			return false, brokenOff(u, err)
		}
		if !bytes.ContainsRune([]byte("{[<"), rune(first)) {
			err = c.events(u, lines, resp.Header, handOver)
			return begun, err
		}
		answer, err := c.readAll(u, lines)
		if err != nil {
			return false, err
		}
		for _, value := range values(answer) {
			if value, err = c.sound(u, value, resp.Header); err != nil {
				return begun, err
			}
			if err := handOver(value); err != nil {
				return true, err
			}
		}
		return begun, nil
	})
	if stopped != nil {
		return stopped
	}
	return err
}

// firstByte skips white space and byte order marks, and returns the next byte
// without reading it.
func firstByte(lines *bufio.Reader) (byte, error) {
	for {
		next, err := lines.Peek(1)
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = errors.New("it is empty")
			}
			return 0, err
		}
		if !bytes.ContainsAny(next, " \t\r\n") && !bytes.Contains(byteOrderMark, next) {
			return next[0], nil
		}
		if _, err := lines.Discard(1); err != nil {
			return 0, err
		}
	}
}

// values returns the JSON values in a text. If the text holds anything else, it
// returns the whole text.
func values(text []byte) [][]byte {
	var all [][]byte
	dec := json.NewDecoder(bytes.NewReader(text))
	for {
		var one json.RawMessage
		if err := dec.Decode(&one); errors.Is(err, io.EOF) && len(all) > 0 {
			return all
		} else if err != nil {
			return [][]byte{text}
		}
		all = append(all, one)
	}
}

// events reads server-sent events. It uses only their data, and the name of an
// event that reports a failure. It skips other fields and comments.
func (c *Client) events(u *url.URL, lines *bufio.Reader, header http.Header, each func(data []byte) error) error {
	var data []byte
	name := ""
	known := false // a line had the form of an event
	left := c.cfg.MaxAnswer
	for {
		line, err := readLine(lines, left)
		if left -= int64(len(line)); left < 0 {
			return c.tooLarge(u)
		}
		end := errors.Is(err, io.EOF)
		if err != nil && !end {
			return brokenOff(u, err)
		}
		line = bytes.TrimRight(line, "\r\n")
		field, rest, _ := bytes.Cut(line, []byte(":"))
		rest = bytes.TrimPrefix(rest, []byte(" "))
		switch string(field) {
		case "data":
			if data != nil {
				data = append(data, '\n')
			}
			data = append(data, rest...)
			known = true
		case "event":
			name, known = string(rest), true
		case "", "id", "retry":
			known = known || len(line) > 0
		default:
			if !known {
				return noAPI(u, `"`+shortened(c.redact(string(line)), 60)+`"`)
			}
		}
		if (len(line) == 0 || end) && len(data) > 0 {
			if name == "error" {
				return c.Failure(u.Host, data, header)
			}
			if refused := c.inside(u, data, header); refused != nil {
				return refused
			}
			if err := each(data); err != nil {
				return err
			}
			data = nil
		}
		if len(line) == 0 {
			name = ""
		}
		if end {
			return nil
		}
	}
}

// readLine reads a line. If the line is longer than the limit most, in bytes,
// readLine may return only its beginning.
func readLine(lines *bufio.Reader, most int64) ([]byte, error) {
	var line []byte
	for {
		part, err := lines.ReadSlice('\n')
		line = append(line, part...)
		if !errors.Is(err, bufio.ErrBufferFull) || int64(len(line)) > most {
			return line, err
		}
	}
}
