package server

import (
	"selfrag/serve/httpapi"
	"selfrag/serve/webpage"
	"selfrag/serve/widget"
)

// pageMounts returns the mounts of the web page and of the widget. They need no
// key, because they contain no data. They get their data from the API, with a
// key.
func pageMounts() []httpapi.Mount {
	page := webpage.Handler()
	var mounts []httpapi.Mount
	for _, pattern := range webpage.Patterns() {
		mounts = append(mounts, httpapi.Mount{Pattern: pattern, Handler: page, Public: true})
	}
	return append(mounts, httpapi.Mount{Pattern: widget.Pattern, Handler: widget.Handler(), Public: true})
}
