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

// exchange carries one request and sends it again if that is safe. It also
// keeps what api.Client drops: the status, and why the response ended. A
// request to a model changes nothing on the server, so it can be sent again if
// no byte of a response has arrived. An exchange belongs to one call and one
// goroutine.
type exchange struct {
	next    http.RoundTripper
	retries int
	backoff time.Duration

	status      int    // status of the response; 0 if none arrived
	contentType string // content type of the response
	location    string // URL to which the response redirects
	err         error  // why no response arrived, or why its body ended early
}

// client returns the HTTP client for the call. It follows no redirect. The
// prompt and the user's signature must go only to the configured server, and no
// server may choose an address on this network to call.
func (x *exchange) client() *http.Client {
	return &http.Client{Transport: x, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// RoundTrip implements http.RoundTripper.
func (x *exchange) RoundTrip(req *http.Request) (*http.Response, error) {
	// This key allows net/http to send the request again if the server had
	// closed the idle connection that carried it. Otherwise that failure is an
	// error without a type. net/http does not send a header that has no value.
	req = req.Clone(req.Context())
	req.Header["Idempotency-Key"] = []string{}
	for attempt := 0; ; attempt++ {
		resp, err := x.next.RoundTrip(req)
		if attempt >= x.retries || !repeatable(resp, err) || (req.Body != nil && req.GetBody == nil) {
			return x.keep(resp, err)
		}
		if resp != nil {
			// A connection can be used again only after its response was read.
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

// watchedBody records why the reading of a response ended.
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

// pause waits for d, longer or shorter by up to a quarter. The variation keeps
// the clients of a restarting server from returning all at once.
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
