package httpjson

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
)

// Stream sends in as Post does and delivers the data of each server-sent event
// as it arrives (HTML Living Standard, 9.2). An answer in one piece, from a
// server that does not stream, is one event. An error of each ends the stream
// and is returned unchanged. Once an event has been delivered, the request is
// not repeated.
func (c *Client) Stream(ctx context.Context, address string, in any, each func(data []byte) error) error {
	var stopped error
	err := c.send(ctx, http.MethodPost, address, in, func(u *url.URL, resp *http.Response) (begun bool, err error) {
		handOver := func(data []byte) error {
			begun = true
			stopped = each(data)
			return stopped
		}
		if kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type")); err == nil && kind == "application/json" {
			answer, err := c.readAll(u, resp)
			if err != nil {
				return false, err
			}
			return true, handOver(answer)
		}
		err = c.events(u, resp.Body, handOver)
		return begun, err
	})
	if stopped != nil {
		return stopped
	}
	return err
}

// events reads server-sent events. It uses only their data and skips other
// fields and comments.
func (c *Client) events(u *url.URL, body io.Reader, each func(data []byte) error) error {
	lines := bufio.NewReader(body)
	var data []byte
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
		if rest, ok := bytes.CutPrefix(line, []byte("data:")); ok {
			if data != nil {
				data = append(data, '\n')
			}
			data = append(data, bytes.TrimPrefix(rest, []byte(" "))...)
		}
		if (len(line) == 0 || end) && len(data) > 0 {
			if err := each(data); err != nil {
				return err
			}
			data = nil
		}
		if end {
			return nil
		}
	}
}

// readLine reads a line of at most about most bytes.
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
