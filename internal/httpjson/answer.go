package httpjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

func (c *Client) readAll(u *url.URL, body io.Reader) ([]byte, error) {
	answer, err := io.ReadAll(io.LimitReader(body, c.cfg.MaxAnswer+1))
	switch {
	case err != nil:
		return nil, brokenOff(u, err)
	case int64(len(answer)) > c.cfg.MaxAnswer:
		return nil, c.tooLarge(u)
	}
	return answer, nil
}

func (c *Client) tooLarge(u *url.URL) error {
	return fmt.Errorf("the answer of %s is larger than %d bytes", u.Host, c.cfg.MaxAnswer)
}

// decode returns a reader for an answer that is one JSON value.
func (c *Client) decode(out any) reader {
	return func(u *url.URL, resp *http.Response) (bool, error) {
		answer, err := c.readAll(u, resp.Body)
		if err != nil {
			return false, err
		}
		answer, err = c.sound(u, answer, resp.Header)
		if err != nil {
			return false, err
		}
		err = json.Unmarshal(answer, out)
		if kind := (*json.UnmarshalTypeError)(nil); errors.As(err, &kind) {
			return false, fmt.Errorf("read the answer of %s: its field %q is a %s", u.Host, kind.Field, kind.Value)
		}
		if err != nil {
			return false, fmt.Errorf("read the answer of %s: %w", u.Host, err)
		}
		return false, nil
	}
}

// byteOrderMark stands at the beginning of the answers of some servers.
var byteOrderMark = []byte("\xef\xbb\xbf")

// sound returns an answer as valid JSON. The error says that the answer is not
// JSON. If the answer reports a failure, the error is that failure.
func (c *Client) sound(u *url.URL, answer []byte, header http.Header) ([]byte, error) {
	answer = bytes.TrimSpace(bytes.TrimPrefix(bytes.TrimSpace(answer), byteOrderMark))
	switch {
	case len(answer) == 0:
		return nil, brokenOff(u, errors.New("it is empty"))
	case answer[0] == '<':
		return nil, noAPI(u, fmt.Sprintf("a web page (%s)", shortened(c.redact(textOfPage(string(answer))), 60)))
	}
	if !json.Valid(answer) {
		if answer = Numbers(answer); !json.Valid(answer) {
			if cutShort(answer) {
				return nil, brokenOff(u, nil)
			}
			return nil, noAPI(u, fmt.Sprintf("%q", shortened(c.redact(string(answer)), 60)))
		}
	}
	if refused := c.inside(u, answer, header); refused != nil {
		return nil, refused
	}
	return answer, nil
}

// cutShort reports whether a text is the beginning of JSON.
func cutShort(text []byte) bool {
	var v any
	var syntax *json.SyntaxError
	err := json.Unmarshal(text, &v)
	return errors.As(err, &syntax) && syntax.Offset >= int64(len(text))
}

// Numbers replaces NaN and the infinities in JSON by null. JSON has no such
// numbers, but Python's encoder writes them. Strings stay as they are.
func Numbers(text []byte) []byte {
	var out []byte
	for i := 0; i < len(text); {
		if text[i] == '"' {
			end := i + 1
			for end < len(text) && text[end] != '"' {
				if text[end] == '\\' {
					end++
				}
				end++
			}
			end = min(end+1, len(text))
			out = append(out, text[i:end]...)
			i = end
			continue
		}
		word := ""
		for _, w := range []string{"-Infinity", "+Infinity", "Infinity", "NaN"} {
			if bytes.HasPrefix(text[i:], []byte(w)) {
				word = w
				break
			}
		}
		if word != "" {
			out = append(out, "null"...)
			i += len(word)
			continue
		}
		out = append(out, text[i])
		i++
	}
	return out
}
