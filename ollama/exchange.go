package ollama

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"syscall"
	"time"
)

// exchange carries one request, repeats it while that is safe, and keeps what api.Client drops: the status, and why the
// response ended. A request to a model changes nothing on the server, so it may be repeated as long as no byte of a response
// came back. It belongs to one call and one goroutine.
type exchange struct {
	next    http.RoundTripper
	retries int
	backoff time.Duration

	status      int    // of the response, 0 if none came
	contentType string // of the response
	location    string // that it redirects to
	err         error  // why no response came, or why its body ended early
}

// client is for the one call. It follows no redirect: what is asked, and the user's signature, go to no server but the one that
// was named, and no server chooses what address on this network is called.
func (x *exchange) client() *http.Client {
	return &http.Client{Transport: x, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// RoundTrip implements http.RoundTripper.
func (x *exchange) RoundTrip(req *http.Request) (*http.Response, error) {
	// Tells net/http, and nobody else, that it may send the request again when the server closed the idle connection that it
	// went out on. Else that is an error without a type.
	req = req.Clone(req.Context())
	req.Header["Idempotency-Key"] = []string{}
	for attempt := 0; ; attempt++ {
		resp, err := x.next.RoundTrip(req)
		if attempt >= x.retries || !repeatable(resp, err) || (req.Body != nil && req.GetBody == nil) {
			return x.keep(resp, err)
		}
		if resp != nil {
			// Emptied, so that the connection can be used again.
			_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
			resp.Body.Close()
		}
		if waitErr := pause(req.Context(), x.backoff<<attempt); waitErr != nil {
			return x.keep(nil, waitErr)
		}
		again := req.Clone(req.Context())
		if req.Body != nil {
			if again.Body, err = req.GetBody(); err != nil {
				return x.keep(nil, err)
			}
		}
		req = again
	}
}

func (x *exchange) keep(resp *http.Response, err error) (*http.Response, error) {
	x.err = err
	if err != nil {
		return nil, err
	}
	x.status, x.contentType, x.location = resp.StatusCode, resp.Header.Get("Content-Type"), resp.Header.Get("Location")
	resp.Body = &watchedBody{ReadCloser: resp.Body, exchange: x}
	return resp, nil
}

// watchedBody remembers why reading a response ended.
type watchedBody struct {
	io.ReadCloser
	exchange *exchange
}

func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		b.exchange.err = err
	}
	return n, err
}

func repeatable(resp *http.Response, err error) bool {
	if err == nil {
		return resp.StatusCode == http.StatusServiceUnavailable
	}
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// pause waits d give or take a quarter, so that clients of a server that restarts do not come back all at once.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(time.Duration(float64(d) * (0.75 + rand.Float64()/2)))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
