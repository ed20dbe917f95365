package main

import (
	"selfrag/serve/httpapi"
	"selfrag/serve/webpage"
)

// pageMounts returns the routes of the web page if it is wanted. The page is
// public, because it is the same for everybody: it gets its content through the
// API, with a key.
func pageMounts(wanted bool) []httpapi.Mount {
	if !wanted {
		return nil
	}
	page := webpage.Handler()
	var mounts []httpapi.Mount
	for _, pattern := range webpage.Patterns() {
		mounts = append(mounts, httpapi.Mount{Pattern: pattern, Handler: page, Public: true})
	}
	return mounts
}
