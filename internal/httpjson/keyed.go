package httpjson

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
)

// Keyed is a client that sends a key. It sends the key as a bearer token, or in
// the header api-key if the server is Azure's or refuses a bearer token. It is
// safe for concurrent use.
type Keyed struct {
	token, own *Client
	usesOwn    atomic.Bool
	mayChange  bool
}

// NewKeyed returns a client for the API at base. If key is empty, it sends
// none. If fixed is set, the key stays a bearer token whatever the server says.
func NewKeyed(cfg Config, base *url.URL, key string, fixed bool) *Keyed {
	key = strings.TrimSpace(key)
	token, own := cfg.Header.Clone(), cfg.Header.Clone()
	if token == nil {
		token, own = http.Header{}, http.Header{}
	}
	if key != "" {
		token.Set("Authorization", "Bearer "+key)
		own.Set("Api-Key", key)
		own.Set("X-Api-Key", key)
	}
	cfg.Header = token
	k := &Keyed{token: New(cfg), mayChange: key != "" && !fixed}
	k.own = k.token.WithHeader(own)
	k.usesOwn.Store(isAzure(base))
	return k
}

// isAzure reports whether a server is Azure's, which takes the key in the
// header api-key
// (https://learn.microsoft.com/azure/ai-services/openai/reference).
func isAzure(u *url.URL) bool {
	return strings.HasSuffix(u.Hostname(), ".azure.com") || strings.Contains(u.Path, "/openai/deployments/") || u.Query().Has("api-version")
}

// Client returns the client that sends the key in the form that the server
// takes.
func (k *Keyed) Client() *Client {
	if k.usesOwn.Load() {
		return k.own
	}
	return k.token
}

// Other reports whether a request that failed with err can be sent again with
// the key in the header api-key, because the server refused it as a bearer
// token.
func (k *Keyed) Other(err error) bool {
	var refused *StatusError
	return errors.As(err, &refused) && refused.Status == http.StatusUnauthorized && k.mayChange && k.usesOwn.CompareAndSwap(false, true)
}

// Close frees idle connections.
func (k *Keyed) Close() { k.token.Close() }
