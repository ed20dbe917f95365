package api

import (
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"

	"selfrag/internal/httpjson"
	"selfrag/retrieval"
)

// limits holds what refusals have shown about a service, as long as the reranker
// lives. It is safe for concurrent use.
type limits struct {
	mu    sync.Mutex
	limit limit
	paths []string // paths that were not tried yet
}

// limit is what a request must keep to.
type limit struct {
	batch   int      // maximum number of documents
	letters int      // maximum length of a document in runes; 0: no limit
	path    string   // path of the service
	without []string // fields that the service refuses
}

func newLimits(batch int, path string) *limits {
	all := []string{"/v1/rerank", "/rerank", "/v2/rerank"}
	return &limits{limit: limit{batch: batch, path: path}, paths: slices.DeleteFunc(all, func(p string) bool { return p == path })}
}

func (l *limits) now() limit {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.limit
}

// cut returns the part of a text that the service accepts.
func (l limit) cut(text string) string {
	if runes := []rune(text); l.letters > 0 && len(runes) > l.letters {
		return string(runes[:l.letters])
	}
	return text
}

var (
	tooMany = regexp.MustCompile(`(?i)batch|documents|texts|number of (inputs|items)|too many|items|문서 수|개수`)
	tooLong = regexp.MustCompile(`(?i)tokens?\b|too (long|large)|length|context|characters|physical batch size|토큰|길이`)
)

// aboutLimits reports whether a refusal is about the size of a request. Sending
// the same request again would not help.
func aboutLimits(e *httpjson.StatusError) bool {
	return e.Status == http.StatusInternalServerError && tooLong.MatchString(e.Said)
}

// fewestLetters is the minimum length in runes to which a document is cut. Not
// measured.
const fewestLetters = 64

// learn reads the refusal of a batch and reports whether the batch can be sent
// again with other limits. sent are the limits of the refused request.
func (l *limits) learn(err error, sent limit, batch []retrieval.Passage) bool {
	var refused *httpjson.StatusError
	if !errors.As(err, &refused) {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.limit.batch != sent.batch || l.limit.letters != sent.letters || l.limit.path != sent.path || len(l.limit.without) != len(sent.without) {
		return true // another call has changed the limits
	}
	said := refused.Said
	switch refused.Status {
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		if len(l.paths) == 0 || strings.Contains(strings.ToLower(said), "model") {
			return false
		}
		l.limit.path, l.paths = l.paths[0], l.paths[1:]
		return true
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity, http.StatusInternalServerError:
	default:
		return false
	}
	if strings.Contains(said, truncatesPrompt) && !slices.Contains(l.limit.without, truncatesPrompt) {
		l.limit.without = append(slices.Clone(l.limit.without), truncatesPrompt)
		return true
	}
	_, most := httpjson.Bounds(said)
	longest := 0
	for _, p := range batch {
		longest = max(longest, len([]rune(sent.cut(p.Searchable()))))
	}
	physical := strings.Contains(said, "physical batch") // llama.cpp's word for tokens at a time
	switch {
	case tooMany.MatchString(said) && !physical && most > 0 && most < len(batch):
		l.limit.batch = most
	case refused.Status == http.StatusRequestEntityTooLarge && len(batch) > 1:
		l.limit.batch = len(batch) / 2
	case tooLong.MatchString(said) && longest > fewestLetters:
		l.limit.letters = max(longest/2, fewestLetters)
		// A token is about three letters in English, and one in Korean: halving goes on from there.
		if 3*most > fewestLetters && 3*most < longest {
			l.limit.letters = 3 * most
		}
	case tooMany.MatchString(said) && len(batch) > 1:
		l.limit.batch = len(batch) / 2
	default:
		return false
	}
	return true
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
