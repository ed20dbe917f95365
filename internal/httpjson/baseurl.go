package httpjson

import (
	"errors"
	"net/url"
	"strings"
)

// ErrAddress says that an address is not the URL of an API. It does not repeat
// the address, which may hold a secret.
var ErrAddress = errors.New("the address is not a URL such as http://127.0.0.1:8000/v1")

// Base returns the URL below which the paths of an API lie. If the address has
// no path, Base adds path, such as "/v1". If the address ends in one of the
// paths of the API, such as "/embeddings", Base removes that ending. The query
// may hold only api-version, as in the address of a deployment on Azure. A key
// must be passed separately from the address.
func Base(address, path string, paths ...string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil {
		return nil, ErrAddress
	}
	for name := range u.Query() {
		if name != "api-version" {
			return nil, errors.New("the address has a query: use a URL such as http://127.0.0.1:8000/v1, and give a key apart from it")
		}
	}
	u.Path = strings.TrimRight(u.Path, "/")
	for _, end := range paths {
		u.Path = strings.TrimRight(strings.TrimSuffix(u.Path, end), "/")
	}
	if u.Path == "" {
		u.Path = path
	}
	return u, nil
}

// Join returns the URL of a path of an API below base, with the query of base.
func Join(base *url.URL, path string) string {
	u := *base
	u.Path += path
	return u.String()
}
