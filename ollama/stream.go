package ollama

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"time"

	"github.com/ollama/ollama/api"
	"github.com/ollama/ollama/auth"
	"github.com/ollama/ollama/envconfig"
	"github.com/ollama/ollama/version"
	"go.opentelemetry.io/otel/propagation"
)

// Initial and maximum size in bytes of the buffer for a line of an answer. Most
// lines have some hundred bytes. The maximum is that of api.Client.
const (
	usualLine   = 4 << 10
	longestLine = 8 << 20
)

// post sends a request and passes every line of the answer to the function each
// as the line arrives. It reads streams as api.Client does, and returns the
// same errors. But it needs some KB of memory for a call where api.Client needs
// 8 MB, and it returns the error that ended the reading.
func post[T any](ctx context.Context, c *Client, x *exchange, path string, body any, each func(T) error) error {
	req, err := c.request(ctx, path, body)
	if err != nil {
		return err
	}
	resp, err := x.client().Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= http.StatusBadRequest {
		return refused(resp)
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(make([]byte, 0, usualLine), longestLine)
	for lines.Scan() {
		line := lines.Bytes()
		var part T
		if err := json.Unmarshal(line, &part); err != nil {
			return errors.New(string(line))
		}
		if err := reported(line); err != nil {
			return err
		}
		if err := each(part); err != nil {
			return err
		}
	}
	return lines.Err()
}

// reported returns the failure that a line of an answer reports, or nil.
func reported(line []byte) error {
	if !bytes.Contains(line, []byte(`"error"`)) {
		return nil
	}
	var failure struct {
		Error string `json:"error"`
	}
	if err := json.Unmarshal(line, &failure); err != nil {
		return errors.New(string(line))
	}
	if failure.Error != "" {
		return errors.New(failure.Error)
	}
	return nil
}

// refused returns the error for a response with an error status. It returns nil
// if the body is empty, unless the status is 401.
func refused(resp *http.Response) error {
	content, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return err
	}
	if resp.StatusCode == http.StatusUnauthorized {
		return api.AuthorizationError{StatusCode: resp.StatusCode, Status: resp.Status}
	}
	if content = bytes.TrimSpace(content); len(content) == 0 {
		return nil
	}
	failed := api.StatusError{StatusCode: resp.StatusCode, Status: resp.Status}
	if json.Unmarshal(content, &failed) != nil {
		failed.ErrorMessage = string(content)
	}
	failed.StatusCode = resp.StatusCode // the body may hold another
	return failed
}

// request returns the HTTP request that api.Client would send.
func (c *Client) request(ctx context.Context, path string, body any) (*http.Request, error) {
	content, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	address := c.base.JoinPath(path)
	var token string
	if envconfig.UseAuth() || c.base.Hostname() == "ollama.com" {
		if token, err = sign(ctx, path, address); err != nil {
			return nil, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address.String(), bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/x-ndjson")
	req.Header.Set("User-Agent", fmt.Sprintf("ollama/%s (%s %s) Go/%s", version.Version, runtime.GOARCH, runtime.GOOS, runtime.Version()))
	if token != "" {
		req.Header.Set("Authorization", token)
	}
	propagation.TraceContext{}.Inject(ctx, propagation.HeaderCarrier(req.Header))
	return req, nil
}

// sign signs a request with the key of the user's Ollama, in the form that
// ollama.com requires. It adds the current time to the address.
func sign(ctx context.Context, path string, address *url.URL) (token string, err error) {
	now := strconv.FormatInt(time.Now().Unix(), 10)
	query := address.Query()
	query.Set("ts", now)
	address.RawQuery = query.Encode()
	return auth.Sign(ctx, fmt.Appendf(nil, "%s,%s?ts=%s", http.MethodPost, path, now))
}
