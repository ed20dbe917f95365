package mcpapi

import (
	"net/url"
	"strconv"
	"strings"
)

// The URIs of documents have the form selfrag://COLLECTION/SOURCE. An
// additional /START at the end means the text of a long document from the
// offset START on.
const (
	scheme         = "selfrag://"
	template       = scheme + "{collection}/{source}"
	templateBehind = template + "/{start}"
)

func uriOf(collection, source string) string {
	return scheme + escape(collection) + "/" + escape(source)
}

// escape escapes a text so that it can be the value of one variable of a URI
// template. A source is one variable, even if it contains slashes.
func escape(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }

// parseURI is the inverse of uriOf. start is the number in /START at the end of
// the URI, or 0 if there is none.
func parseURI(uri string) (collection, source string, start int, ok bool) {
	rest, ok := strings.CutPrefix(uri, scheme)
	parts := strings.Split(rest, "/")
	if !ok || len(parts) < 2 || len(parts) > 3 {
		return "", "", 0, false
	}
	collection, err := url.PathUnescape(parts[0])
	if err != nil {
		return "", "", 0, false
	}
	if source, err = url.PathUnescape(parts[1]); err != nil || source == "" {
		return "", "", 0, false
	}
	if len(parts) == 3 {
		if start, err = strconv.Atoi(parts[2]); err != nil || start < 0 {
			return "", "", 0, false
		}
	}
	return collection, source, start, true
}
