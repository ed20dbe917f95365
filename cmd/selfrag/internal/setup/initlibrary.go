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

// defaultLibrary is where Ollama fetches models from.
const defaultLibrary = "https://registry.ollama.ai"

// libraryTime bounds the wait for Ollama's library: who has no network shall not
// wait long to be told so.
const libraryTime = 3 * time.Second

// library is Ollama's library of models. Of each it is asked once.
type library struct {
	address string // empty: none
	client  *http.Client
	up      *bool
	sizes   map[string]int64 // by name; -1: it has none of the name
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

// has reports whether the library has a model. A model without a maker's name is
// one of the library's own.
func (l *library) has(ctx context.Context, name string) bool {
	if _, asked := l.sizes[name]; !asked {
		l.sizes[name] = -1
		if l.reached(ctx) {
			l.sizes[name] = l.ask(ctx, name)
		}
	}
	return l.sizes[name] >= 0
}

// sizeOf is how many bytes a model is that the library has; 0: not known.
func (l *library) sizeOf(name string) int64 { return max(l.sizes[name], 0) }

// ask is the sum of a model's layers, by the manifest that Ollama's own pull
// reads; -1 where there is none. The format is that of the OCI's image manifest.
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

// hubReached reports whether embedders can be fetched.
func hubReached(ctx context.Context, endpoint string) bool {
	return answers(ctx, &http.Client{Timeout: libraryTime}, cmp.Or(endpoint, "https://huggingface.co"))
}

// answers reports whether a server is there, whatever it says but that it has
// failed itself.
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
