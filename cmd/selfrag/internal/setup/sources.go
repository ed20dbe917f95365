package setup

import (
	"context"
	"net/http"

	"selfrag/internal/onnx"
	"selfrag/internal/parts"
)

// sources says where parts come from. An empty field stands for the value in the
// environment or, if there is none, for the public registry.
type sources struct {
	index  string // Python package index
	maven  string // Maven repository
	folder string // folder with packages; nothing is fetched then
}

// newFetcher returns a Fetcher that puts parts into the cache. It calls show with the
// progress.
func newFetcher(getenv func(string) string, from sources, show func(file string, done, total int64)) (*parts.Fetcher, error) {
	cache, err := onnx.CacheDir()
	if err != nil {
		return nil, err
	}
	return parts.New(parts.Config{
		Cache: cache, Folder: from.folder, Progress: show, Hub: parts.Hub(getenv),
		Index: parts.Index(getenv, from.index), Maven: parts.Maven(getenv, from.maven),
	}), nil
}

// packages reports whether the Python package index can be reached.
func (a *initRun) packages(ctx context.Context) bool {
	return answers(ctx, &http.Client{Timeout: libraryTime}, parts.Index(a.getenv, ""))
}
