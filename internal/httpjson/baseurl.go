package httpjson

import (
	"net/url"
	"strings"
)

// BaseURL completes the address below which the paths of an API lie: one without a
// path gets this one, such as "/v1". ok is false for what is no http or https URL
// of a host, and for one with a user or a query, which may hold a secret.
func BaseURL(address, path string) (base string, ok bool) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.RawQuery != "" || u.User != nil {
		return "", false
	}
	if u.Path = strings.TrimSuffix(u.Path, "/"); u.Path == "" {
		u.Path = path
	}
	return u.String(), true
}
