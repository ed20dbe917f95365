package setup

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"
)

// defaultLibrary is the address from which Ollama fetches models.
const defaultLibrary = "https://registry.ollama.ai"

// libraryTime is the maximum time to wait for Ollama's library. It is short, so
// that a user without a network does not wait long.
const libraryTime = 3 * time.Second

// library is Ollama's library of models. The size of each model is requested
// only once.
type library struct {
	address string // empty: no library
	client  *http.Client
	up      *bool            // whether the library answers; nil: not tried yet
	sizes   map[string]int64 // by name; -1: the library has no such model
}

func newLibrary(address string) *library {
	if address == "none" {
		address = ""
	}
	return &library{address: strings.TrimRight(address, "/"), client: &http.Client{Timeout: libraryTime}, sizes: map[string]int64{}}
}

// reached reports whether the library answers.
func (l *library) reached(ctx context.Context) bool {
	if l.up == nil {
		up := l.address != "" && answers(ctx, l.client, l.address+"/v2/")
		l.up = &up
	}
	return *l.up
}

// has reports whether the library has a model. A name without a slash, such as
// "gemma3:4b", stands for one of the library's own models, "library/gemma3:4b".
func (l *library) has(ctx context.Context, name string) bool {
	if _, asked := l.sizes[name]; !asked {
		l.sizes[name] = -1
		if l.reached(ctx) {
			l.sizes[name] = l.ask(ctx, name)
		}
	}
	return l.sizes[name] >= 0
}

// sizeOf returns the size in bytes of a model in the library, or 0 if the size
// is not known.
func (l *library) sizeOf(name string) int64 { return max(l.sizes[name], 0) }

// ask returns the sum of a model's layers in bytes, or -1 if there is no such
// model. It reads the manifest that Ollama's own pull reads. The format is the
// OCI image manifest.
func (l *library) ask(ctx context.Context, name string) int64 {
	model, tag, _ := strings.Cut(name, ":")
	if !strings.Contains(model, "/") {
		model = "library/" + model
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, l.address+"/v2/"+model+"/manifests/"+cmp.Or(tag, "latest"), nil)
	if err != nil {
		return -1
	}
	resp, err := l.client.Do(req)
	if err != nil {
		return -1
	}
	defer resp.Body.Close()
	var manifest struct{ Layers []struct{ Size int64 } }
	if resp.StatusCode != http.StatusOK || json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&manifest) != nil {
		return -1
	}
	size := int64(0)
	for _, layer := range manifest.Layers {
		size += max(layer.Size, 0)
	}
	return size
}

// hubReached reports whether Hugging Face can be reached. ONNX embedders are
// fetched from there. endpoint is the address of a mirror, or empty.
func hubReached(ctx context.Context, endpoint string) bool {
	return answers(ctx, &http.Client{Timeout: libraryTime}, cmp.Or(endpoint, "https://huggingface.co"))
}

// answers reports whether a server answers with a status that is not a server
// error.
func answers(ctx context.Context, client *http.Client, address string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, address, nil)
	if err != nil {
		return false
	}
	resp, err := client.Do(req)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode < http.StatusInternalServerError
}
