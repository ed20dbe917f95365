package main

import (
	"selfrag/serve/httpapi"
	"selfrag/serve/webpage"
)

// pageMounts are the routes of the web page, where it is wanted. It is
// the same for everybody: what it shows comes through the API, with a key.
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
