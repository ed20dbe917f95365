// Package httpjson sends JSON to the HTTP APIs of models. It limits the time of
// each try, retries requests that are safe to repeat, bounds the size of
// answers, and keeps keys out of errors.
//
// Shape: one Client per API. Post and Get send a request and decode the answer;
// Stream delivers an answer as it arrives. They retry after 429, 5xx and broken
// connections, after the time in Retry-After or after growing pauses with
// jitter, until Config.Tries is used up or the context ends.
package httpjson

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Config configures a Client. Its zero value works.
type Config struct {
	// Header is sent with each request and may contain a key. Its values never
	// appear in errors.
	Header http.Header
	// Timeout limits one try; 60 s. Connecting may take 3 s of it.
	Timeout time.Duration
	// Tries is how many times a request is sent at most; 4.
	Tries int
	// Pause is the approximate wait before the second try; it doubles with each
	// try. 500 ms.
	Pause time.Duration
	// MaxPause limits a pause. If the server asks for a longer one, the request
	// fails at once. 30 s.
	MaxPause time.Duration
	// MaxAnswer is the maximum size of an answer in bytes; 64 MiB.
	MaxAnswer int64
	// Transport carries the requests. If it is nil, the client uses a copy of
	// http.DefaultTransport with a limit on the time of connecting.
	Transport http.RoundTripper
}

// Client calls one API. It is safe for concurrent use.
type Client struct {
	cfg  Config
	http *http.Client
}

// New returns a client.
func New(cfg Config) *Client {
	cfg.Timeout = cmp.Or(cfg.Timeout, time.Minute)
	cfg.Tries = max(cmp.Or(cfg.Tries, 4), 1)
	cfg.Pause = cmp.Or(cfg.Pause, 500*time.Millisecond)
	cfg.MaxPause = cmp.Or(cfg.MaxPause, 30*time.Second)
	cfg.MaxAnswer = cmp.Or(cfg.MaxAnswer, 64<<20)
	if cfg.Transport == nil {
		if t, ok := http.DefaultTransport.(*http.Transport); ok {
			t = t.Clone()
			t.DialContext = (&net.Dialer{Timeout: 3 * time.Second}).DialContext
			cfg.Transport = t
		}
	}
	return &Client{cfg, &http.Client{
		Transport: cfg.Transport,
		// A key must not follow a redirect to another host.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Close frees idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// StatusError says that the API refused a request.
type StatusError struct {
	Host    string
	Status  int    // HTTP status
	Message string // the server's message, shortened
	// Code is the API's own code for the failure, such as
	// "context_length_exceeded"; empty if it gives none.
	Code string
	// RetryAfter is how long the server asks to wait; 0 if it does not.
	RetryAfter time.Duration
}

func (e *StatusError) Error() string {
	said := ""
	if e.Message != "" {
		said = ": " + e.Message
	}
	switch e.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return fmt.Sprintf("%s refused the key (HTTP %d)%s", e.Host, e.Status, said)
	case http.StatusNotFound:
		return fmt.Sprintf("%s has no such address or model (HTTP 404)%s", e.Host, said)
	case http.StatusTooManyRequests:
		return fmt.Sprintf("%s asks to send fewer requests (HTTP 429)%s", e.Host, said)
	}
	return fmt.Sprintf("%s answered HTTP %d%s", e.Host, e.Status, said)
}

// UnreachableError says that a server cannot be used now: nothing answers at
// the address, or the answer says that it is too busy or broken.
type UnreachableError struct {
	Server string // "https://host:port"
	Err    error
}

func (e *UnreachableError) Error() string {
	remedy := "check the address, and whether the server runs"
	if _, ok := e.Err.(*StatusError); ok { //nolint:errorlint // what it holds, not what that wraps
		remedy = "try again later"
	}
	return fmt.Sprintf("%s cannot be used: %v: %s", e.Server, e.Err, remedy)
}

// Unwrap returns the cause.
func (e *UnreachableError) Unwrap() error { return e.Err }

// Unreachable reports that the part cannot be used.
func (e *UnreachableError) Unreachable() bool { return true }

// Post sends in as JSON and decodes the answer into out. The error is the
// context's if it ended, a *StatusError if the server refused, and an
// *UnreachableError if it cannot be reached.
func (c *Client) Post(ctx context.Context, address string, in, out any) error {
	return c.send(ctx, http.MethodPost, address, in, c.decode(out))
}

// Get fetches the address and decodes the answer into out, with the errors of
// Post.
func (c *Client) Get(ctx context.Context, address string, out any) error {
	return c.send(ctx, http.MethodGet, address, nil, c.decode(out))
}

// Do sends in, which may be nil, with any method and decodes the answer into
// out, with the errors of Post. If out is nil, the answer is not read. Callers
// must make sure that the request is safe to repeat, or set Config.Tries to 1.
func (c *Client) Do(ctx context.Context, method, address string, in, out any) error {
	read := c.decode(out)
	if out == nil {
		read = func(*url.URL, *http.Response) (bool, error) { return false, nil }
	}
	return c.send(ctx, method, address, in, read)
}

// reader reads an answer. begun says that the caller has seen some of it, so
// that the request must not be repeated.
type reader func(u *url.URL, resp *http.Response) (begun bool, err error)

func (c *Client) send(ctx context.Context, method, address string, in any, read reader) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return fmt.Errorf("%q is not an http(s) address", address)
	}
	var body []byte
	if in != nil {
		if body, err = json.Marshal(in); err != nil {
			return fmt.Errorf("encode a request for %s: %w", u.Host, err)
		}
	}
	for try := 1; ; try++ {
		begun, retryAfter, err := c.try(ctx, method, u, body, read)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("ask %s: %w", u.Host, context.Cause(ctx))
		}
		pause := max(retryAfter, c.backoff(try))
		if begun || !repeatable(err) {
			return err
		}
		if try >= c.cfg.Tries || pause > c.cfg.MaxPause {
			if refused, ok := err.(*StatusError); ok { //nolint:errorlint // made by try, not wrapped
				return &UnreachableError{server(u), refused}
			}
			return err
		}
		if err := sleep(ctx, pause); err != nil {
			return fmt.Errorf("ask %s: %w", u.Host, err)
		}
	}
}

// try sends the request once. retryAfter is how long the server asks to wait.
func (c *Client) try(ctx context.Context, method string, u *url.URL, body []byte, read reader) (begun bool, retryAfter time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		return false, 0, fmt.Errorf("make a request for %s: %w", u.Host, err)
	}
	for k, v := range c.cfg.Header {
		req.Header[k] = v
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		var e *url.Error
		if errors.As(err, &e) {
			err = e.Err // without the address, whose query may contain a secret
		}
		if ctx.Err() != nil {
			err = fmt.Errorf("no answer within %s", c.cfg.Timeout)
		}
		return false, 0, &UnreachableError{server(u), err}
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		answer, err := c.readAll(u, resp)
		if err != nil {
			return false, 0, err
		}
		refusal := c.refusal(u, resp.StatusCode, answer)
		refusal.RetryAfter = Wanted(resp.Header.Get("Retry-After"), time.Now())
		return false, refusal.RetryAfter, refusal
	}
	begun, err = read(u, resp)
	return begun, 0, err
}

func (c *Client) readAll(u *url.URL, resp *http.Response) ([]byte, error) {
	answer, err := io.ReadAll(io.LimitReader(resp.Body, c.cfg.MaxAnswer+1))
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

// brokenOff returns the error for an answer that ended too early. cause may be
// nil.
func brokenOff(u *url.URL, cause error) error {
	if cause == nil {
		return &UnreachableError{server(u), errors.New("the answer broke off")}
	}
	return &UnreachableError{server(u), fmt.Errorf("the answer broke off: %w", cause)}
}

// decode reads an answer that is one JSON value.
func (c *Client) decode(out any) reader {
	return func(u *url.URL, resp *http.Response) (bool, error) {
		answer, err := c.readAll(u, resp)
		if err != nil {
			return false, err
		}
		if err := json.Unmarshal(answer, out); err != nil {
			if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) && syntax.Offset >= int64(len(answer)) {
				return false, brokenOff(u, nil)
			}
			return false, fmt.Errorf("read the answer of %s: %w", u.Host, err)
		}
		return false, nil
	}
}

// refusal returns the server's explanation for refusing a request.
func (c *Client) refusal(u *url.URL, status int, answer []byte) *StatusError {
	text, code := Message(answer)
	return &StatusError{Host: u.Host, Status: status, Message: c.redact(text), Code: code}
}

// server returns the address without path and query, which may contain a
// secret.
func server(u *url.URL) string { return u.Scheme + "://" + u.Host }

// repeatable reports whether another try may help. The APIs called here compute
// and store nothing, so every request is safe to repeat.
func repeatable(err error) bool {
	var refused *StatusError
	if errors.As(err, &refused) {
		return refused.Status == http.StatusTooManyRequests || refused.Status == http.StatusRequestTimeout || refused.Status >= 500
	}
	var unreachable *UnreachableError
	return errors.As(err, &unreachable)
}

// backoff is between half and all of Pause, doubled with each try, so that
// callers that failed together do not come back together.
func (c *Client) backoff(try int) time.Duration {
	d := c.cfg.Pause << min(try-1, 16)
	return min(d/2+rand.N(d/2+1), c.cfg.MaxPause)
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Wanted parses Retry-After: seconds, or a date (RFC 9110, 10.2.3). It returns
// 0 for anything else.
func Wanted(header string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseFloat(header, 64); err == nil && seconds > 0 && seconds < 1e9 {
		return time.Duration(seconds * float64(time.Second))
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}

// Message finds an API's message about a failure, shortened, and its code. Each
// API puts them in a different place.
func Message(answer []byte) (text, code string) {
	var object map[string]any
	text = string(answer)
	if json.Unmarshal(answer, &object) == nil {
		for _, key := range []string{"message", "detail", "error", "msg"} {
			switch v := object[key].(type) {
			case string:
				text, code = v, codeIn(object)
			case map[string]any:
				if s, ok := v["message"].(string); ok {
					text = s
				}
				code = codeIn(v)
			default:
				continue
			}
			break
		}
	}
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > 200 {
		return string(runes[:200]) + "…", code
	}
	return string(runes), code
}

// codeIn returns the more specific of the codes of a failure.
func codeIn(failure map[string]any) string {
	for _, key := range []string{"code", "type"} {
		if code, ok := failure[key].(string); ok && code != "" {
			return code
		}
	}
	return ""
}

// redact removes keys that a server repeats.
func (c *Client) redact(s string) string {
	for _, values := range c.cfg.Header {
		for _, v := range values {
			for _, secret := range secretsOf(v) {
				if len(secret) >= 4 {
					s = strings.ReplaceAll(s, secret, "***")
				}
			}
		}
	}
	return s
}

// secretsOf returns the forms in which a server may repeat the secret of a
// header. For basic authentication these are the encoded form and the password.
func secretsOf(header string) []string {
	scheme, rest, ok := strings.Cut(header, " ")
	switch {
	case ok && scheme == "Bearer":
		return []string{rest}
	case ok && scheme == "Basic":
		out := []string{rest}
		if plain, err := base64.StdEncoding.DecodeString(rest); err == nil {
			_, password, _ := strings.Cut(string(plain), ":")
			out = append(out, password)
		}
		return out
	}
	return []string{header}
}
