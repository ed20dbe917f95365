// Package httpjson sends JSON to the HTTP APIs of models. It limits the time of
// each try, retries requests that are safe to repeat, bounds the size of
// answers, and keeps keys out of errors.
//
// Shape: one Client per API. Post and Get send a request and decode the answer;
// Stream delivers an answer as it arrives (stream.go). They retry after 429,
// 5xx and broken connections, after the time that the server asks for or after
// growing pauses with jitter (wait.go), until Config.Tries is used up or the
// context ends. An error that a server sends becomes a StatusError, whatever
// its HTTP status (refusal.go, inside.go). A request carries the trace context
// of its span.
package httpjson

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/otel/propagation"
)

// Config configures a Client. A field that is zero has the default value that
// its comment names.
type Config struct {
	// Header is sent with each request and may contain a key. Its values never
	// appear in errors.
	Header http.Header
	// Timeout limits one try, of which connecting may take 3 s. The default is
	// 60 s.
	Timeout time.Duration
	// Tries is the maximum number of times that a request is sent. The default
	// is 4.
	Tries int
	// Pause is the approximate wait before the second try. It doubles with each
	// try. The default is 500 ms.
	Pause time.Duration
	// MaxPause limits a pause. The default is 30 s. If the context has a
	// deadline, the deadline is the limit instead. If the server asks for a
	// longer pause, the request fails at once.
	MaxPause time.Duration
	// MaxAnswer is the maximum size of an answer in bytes. The default is 64
	// MiB.
	MaxAnswer int64
	// Final reports whether a refusal will stay the same however often the request
	// is sent, although its status suggests otherwise. If it is nil, the status
	// decides.
	Final func(*StatusError) bool
	// Transport carries the requests. If it is nil, the client uses a copy of
	// http.DefaultTransport that limits the time to connect.
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

// WithHeader returns a client that sends the headers h instead, over the same
// connections.
func (c *Client) WithHeader(h http.Header) *Client {
	of := *c
	of.cfg.Header = h
	return &of
}

// Close frees idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Post sends the JSON of in and decodes the answer into out. The error is the
// context's if the context ended, a *StatusError if the server refused the
// request, and an *UnreachableError if the server cannot be reached or does not
// speak the API.
func (c *Client) Post(ctx context.Context, address string, in, out any) error {
	return c.send(ctx, http.MethodPost, address, in, c.decode(out))
}

// Get fetches the address and decodes the answer into out. It returns the same
// errors as Post.
func (c *Client) Get(ctx context.Context, address string, out any) error {
	return c.send(ctx, http.MethodGet, address, nil, c.decode(out))
}

// Do sends a request with any method and decodes the answer into out. The body
// is the JSON of in, or empty if in is nil. If out is nil, the answer is not
// read. Do returns the same errors as Post. Callers must make sure that the
// request is safe to repeat, or set Config.Tries to 1.
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
		return errors.New("the address of a request is not an http(s) address")
	}
	var body []byte
	if in != nil {
		if body, err = json.Marshal(in); err != nil {
			return fmt.Errorf("encode a request for %s: %w", u.Host, err)
		}
	}
	for try := 1; ; try++ {
		begun, err := c.try(ctx, method, u, body, read)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("ask %s: %w", u.Host, context.Cause(ctx))
		}
		if begun {
			return err
		}
		if !c.repeatable(err) {
			return spent(u, err)
		}
		pause, ok := c.pause(ctx, try, err)
		if !ok {
			if refused, is := err.(*StatusError); is { //nolint:errorlint // made by try, not wrapped
				return &UnreachableError{server(u), refused}
			}
			return err
		}
		if err := sleep(ctx, pause); err != nil {
			return fmt.Errorf("ask %s: %w", u.Host, err)
		}
	}
}

// try sends the request once.
func (c *Client) try(ctx context.Context, method string, u *url.URL, body []byte, read reader) (begun bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		return false, fmt.Errorf("make a request for %s: %w", u.Host, err)
	}
	for k, v := range c.cfg.Header {
		req.Header[k] = v
	}
	propagation.TraceContext{}.Inject(ctx, propagation.HeaderCarrier(req.Header))
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
		return false, &UnreachableError{server(u), err}
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		answer, err := c.readAll(u, resp.Body)
		if err != nil {
			return false, err
		}
		refusal := c.refusal(u, resp.StatusCode, answer, resp.Header)
		if to, err := resp.Location(); err == nil && resp.StatusCode/100 == 3 {
			refusal.Message = "it redirects to " + server(to) + to.Path + ", which is not followed; if that is the API, use that address"
		}
		return false, refusal
	}
	begun, err = read(u, resp)
	if refused := (*StatusError)(nil); errors.As(err, &refused) && refused.RetryAfter == 0 {
		refused.RetryAfter = Wanted(resp.Header, time.Now())
	}
	return begun, err
}

// server returns the address without path and query, which may contain a
// secret.
func server(u *url.URL) string { return u.Scheme + "://" + u.Host }

// repeatable reports whether another try may help. The APIs called here compute
// and store nothing, so every request is safe to repeat.
func (c *Client) repeatable(err error) bool {
	var refused *StatusError
	if errors.As(err, &refused) {
		if refused.QuotaSpent() || c.cfg.Final != nil && c.cfg.Final(refused) {
			return false
		}
		return refused.Status == http.StatusTooManyRequests || refused.Status == http.StatusRequestTimeout || refused.Status >= 500
	}
	var unreachable *UnreachableError
	return errors.As(err, &unreachable) && !errors.As(err, new(*formError))
}

// spent returns an *UnreachableError if err says that a quota is spent, else
// err.
func spent(u *url.URL, err error) error {
	if refused, ok := err.(*StatusError); ok && refused.QuotaSpent() { //nolint:errorlint // made by try, not wrapped
		return &UnreachableError{server(u), refused}
	}
	return err
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
