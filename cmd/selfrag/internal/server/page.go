package server

import (
	"selfrag/serve/httpapi"
	"selfrag/serve/webpage"
)

// pageMounts returns the mounts of the web page. The page needs no key, because
// it contains no data. It gets its data from the API, with a key.
func pageMounts() []httpapi.Mount {
	page := webpage.Handler()
	var mounts []httpapi.Mount
	for _, pattern := range webpage.Patterns() {
		mounts = append(mounts, httpapi.Mount{Pattern: pattern, Handler: page, Public: true})
	}
	return mounts
}
