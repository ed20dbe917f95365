package api

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"

	"selfrag/internal/httpjson"
	"selfrag/retrieval"
)

// limits holds what refusals have shown about a service, as long as the reranker
// lives. It is safe for concurrent use.
type limits struct {
	sizes *httpjson.Sizes

	mu      sync.Mutex
	path    string
	without []string // fields that the service refuses
	paths   []string // paths that were not tried yet
}

// limit is what a request must keep to.
type limit struct {
	httpjson.Size
	path    string   // path of the service
	without []string // fields that the service refuses
}

func newLimits(batch int, path string) *limits {
	all := []string{"/v1/rerank", "/rerank", "/v2/rerank"}
	return &limits{sizes: httpjson.NewSizes(batch), path: path, paths: slices.DeleteFunc(all, func(p string) bool { return p == path })}
}

func (l *limits) now() limit {
	l.mu.Lock()
	defer l.mu.Unlock()
	return limit{l.sizes.Now(), l.path, l.without}
}

// learn reads the refusal of a batch and reports whether the batch can be sent
// again with other limits. sent are the limits of the refused request.
func (l *limits) learn(err error, sent limit, batch []retrieval.Passage) bool {
	var refused *httpjson.StatusError
	if !errors.As(err, &refused) {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.path != sent.path || len(l.without) != len(sent.without) {
		return true // another call has changed the limits
	}
	if refused.Status == http.StatusNotFound || refused.Status == http.StatusMethodNotAllowed {
		if len(l.paths) == 0 || strings.Contains(strings.ToLower(refused.Said), "model") {
			return false
		}
		l.path, l.paths = l.paths[0], l.paths[1:]
		return true
	}
	if strings.Contains(refused.Said, truncatesPrompt) && !slices.Contains(l.without, truncatesPrompt) {
		l.without = append(slices.Clone(l.without), truncatesPrompt)
		return true
	}
	texts := make([]string, len(batch))
	for i, p := range batch {
		texts[i] = p.Searchable()
	}
	return l.sizes.Learn(err, sent.Size, texts)
}

// baseOf returns an address without the path of the service.
func baseOf(address string) string {
	address = strings.TrimRight(strings.TrimSpace(address), "/")
	address = strings.TrimRight(strings.TrimSuffix(address, "/rerank"), "/")
	for _, version := range []string{"/v1", "/v2"} {
		address = strings.TrimSuffix(address, version)
	}
	return address
}
