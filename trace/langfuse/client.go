package langfuse

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"selfrag/internal/httpjson"
)

// DefaultHost is Langfuse's own cloud in Europe.
const DefaultHost = "https://cloud.langfuse.com"

// Config selects a Langfuse server and a project.
type Config struct {
	// Host is the address without /api, such as "http://localhost:3000"
	// (DefaultHost).
	Host string
	// PublicKey and SecretKey are the keys of a project.
	PublicKey, SecretKey string
	// Timeout limits one try; 10 s.
	Timeout time.Duration
	// Tries is how many times a request is sent at most; 4.
	Tries int
	// Pause is the approximate wait before the second try; it doubles with each
	// try. 500 ms.
	Pause time.Duration
	// MaxPause limits a pause, including one that Langfuse asks for; 30 s.
	MaxPause time.Duration
	// Transport carries the requests; nil means one of its own.
	Transport http.RoundTripper
}

// StatusError says that Langfuse refused a request, with the HTTP status.
type StatusError = httpjson.StatusError

// UnreachableError says that Langfuse cannot be used now: nothing answers at
// the address, or the answer says that it is too busy or broken.
type UnreachableError = httpjson.UnreachableError

// Client calls the REST API of one project. It is safe for concurrent use.
type Client struct {
	host       string
	auth       string
	repeating  *httpjson.Client
	singleShot *httpjson.Client
	raw        *http.Client // for requests that are not JSON
	timeout    time.Duration
}

// New returns a client. It does not contact the server.
func New(cfg Config) (*Client, error) {
	if cfg.PublicKey == "" || cfg.SecretKey == "" {
		return nil, errors.New("Langfuse needs a public and a secret key: set LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY")
	}
	host := strings.TrimRight(cmp.Or(cfg.Host, DefaultHost), "/")
	if u, err := url.Parse(host); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, fmt.Errorf("the Langfuse host %q is not an http(s) address, such as %s", cfg.Host, DefaultHost)
	}
	cfg.Timeout = cmp.Or(cfg.Timeout, 10*time.Second)
	if t, ok := http.DefaultTransport.(*http.Transport); ok && cfg.Transport == nil {
		t = t.Clone()
		t.DialContext = (&net.Dialer{Timeout: 3 * time.Second}).DialContext
		cfg.Transport = t
	}
	auth := "Basic " + base64.StdEncoding.EncodeToString([]byte(cfg.PublicKey+":"+cfg.SecretKey))
	common := httpjson.Config{
		Header:  http.Header{"Authorization": {auth}},
		Timeout: cfg.Timeout, Tries: cfg.Tries, Pause: cfg.Pause, MaxPause: cfg.MaxPause, Transport: cfg.Transport,
	}
	once := common
	once.Tries = 1
	return &Client{
		host: host, auth: auth, repeating: httpjson.New(common), singleShot: httpjson.New(once), timeout: cfg.Timeout,
		raw: &http.Client{
			Transport: cfg.Transport,
			// A key must not follow a redirect to another host.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// Host returns the address of the server.
func (c *Client) Host() string { return c.host }

// Authorization returns the value of the Authorization header. It contains the
// secret key.
func (c *Client) Authorization() string { return c.auth }

// Close frees idle connections.
func (c *Client) Close() {
	c.repeating.Close()
	c.singleShot.Close()
	c.raw.CloseIdleConnections()
}

// Get fetches a path such as "/api/public/v2/prompts/draft", with a query that
// may be nil, and decodes the answer into out. The error is the context's if it
// ended, a *StatusError if Langfuse refused, and an *UnreachableError if it
// cannot be used now. Get retries after status 429, 5xx and broken connections.
func (c *Client) Get(ctx context.Context, path string, query url.Values, out any) error {
	return c.repeating.Get(ctx, c.address(path, query), out)
}

// Post sends in as JSON and decodes the answer into out, which may be nil.
// Errors and retries are those of Get. Use it only for requests that are safe
// to repeat, for example because they carry an id of their own.
func (c *Client) Post(ctx context.Context, path string, in, out any) error {
	return c.repeating.Do(ctx, http.MethodPost, c.address(path, nil), in, out)
}

// PostOnce is like Post, for requests that are not safe to repeat: it sends
// them once.
func (c *Client) PostOnce(ctx context.Context, path string, in, out any) error {
	return c.singleShot.Do(ctx, http.MethodPost, c.address(path, nil), in, out)
}

// Patch is like Post with the method PATCH.
func (c *Client) Patch(ctx context.Context, path string, in, out any) error {
	return c.repeating.Do(ctx, http.MethodPatch, c.address(path, nil), in, out)
}

// Delete deletes the resource at a path, with the errors and retries of Get.
func (c *Client) Delete(ctx context.Context, path string) error {
	return c.repeating.Do(ctx, http.MethodDelete, c.address(path, nil), nil, nil)
}

// Project returns the name of the project that the keys belong to.
func (c *Client) Project(ctx context.Context) (string, error) {
	var out struct {
		Data []struct{ Name string }
	}
	if err := c.Get(ctx, "/api/public/projects", nil, &out); err != nil {
		return "", fmt.Errorf("ask Langfuse for the project of its keys: %w", err)
	}
	if len(out.Data) == 0 {
		return "", nil
	}
	return out.Data[0].Name, nil
}

// address returns the address of a path, whose parts the caller has escaped.
func (c *Client) address(path string, query url.Values) string {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return c.host + path
}
