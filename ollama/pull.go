package ollama

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/ollama/ollama/api"
)

// PullProgress says how far the server is with fetching a model.
type PullProgress struct {
	Status      string // in the server's words, such as "verifying sha256 digest"
	Done, Total int64  // bytes of the layers that have begun; 0 before the first has
}

// PullError says that the server is there and could not fetch the model.
type PullError struct {
	Address string // base URL of the server
	Model   string
	Message string // the server's words
}

func (e *PullError) Error() string {
	if e.Unknown() {
		return fmt.Sprintf("Ollama's library has no model %s: look for the name on https://ollama.com/library", e.Model)
	}
	return fmt.Sprintf("Ollama at %s could not fetch %s from its library: %s; check the network of that machine and try again: the download resumes where it stopped", e.Address, e.Model, e.Message)
}

// Unreachable reports that the part cannot be used.
func (e *PullError) Unreachable() bool { return true }

// Unknown reports whether the library was asked and has no such model.
func (e *PullError) Unknown() bool { return strings.Contains(e.Message, "file does not exist") }

// Pull has the server fetch a model from its library, and reports how far it is until the model is there. The server checks the
// SHA-256 of what it fetched, and goes on where an earlier pull was broken off. progress may be nil. The error is a [PullError] if
// the server could not, or an [UnreachableError] if it is the server that is away.
func (c *Client) Pull(ctx context.Context, name string, progress func(PullProgress)) error {
	server, x := c.plain()
	var done, total int64
	layers := map[string]api.ProgressResponse{}
	last := ""
	err := server.Pull(ctx, &api.PullRequest{Model: name}, func(p api.ProgressResponse) error {
		last = p.Status
		if p.Digest != "" {
			before := layers[p.Digest]
			done, total = done+p.Completed-before.Completed, total+p.Total-before.Total
			layers[p.Digest] = p
		}
		if progress != nil {
			progress(PullProgress{Status: p.Status, Done: done, Total: total})
		}
		return nil
	})
	if err == nil && ctx.Err() == nil && x.err == nil && last != "success" {
		err = fmt.Errorf("%w: its last word was %q", ErrUnfinished, last)
	}
	return c.pullError(ctx, name, x, err)
}

// pullError tells the errors of the server's library from those of the server.
func (c *Client) pullError(ctx context.Context, name string, x *exchange, err error) error {
	if ctx.Err() == nil && err != nil && x.err == nil && strings.Contains(x.contentType, "json") {
		return fmt.Errorf("pulling a model: %w", &PullError{Address: c.Address(), Model: name, Message: cmp.Or(excerpt(err.Error()), "it sent an empty line")})
	}
	if err := c.explain(ctx, name, x, err); err != nil {
		return fmt.Errorf("pulling a model: %w", err)
	}
	return nil
}

// Loaded is a model that the server has in memory.
type Loaded struct {
	Name string
	Size int64 // bytes of memory that it takes
	VRAM int64 // bytes of those on a graphics card
}

// Loaded lists the models that the server has in memory now.
func (c *Client) Loaded(ctx context.Context) ([]Loaded, error) {
	server, x := c.plain()
	list, err := server.ListRunning(ctx)
	if err := c.explain(ctx, "", x, err); err != nil {
		return nil, fmt.Errorf("listing Ollama's loaded models: %w", err)
	}
	loaded := make([]Loaded, len(list.Models))
	for i, m := range list.Models {
		loaded[i] = Loaded{Name: m.Name, Size: m.Size, VRAM: m.SizeVRAM}
	}
	return loaded, nil
}
