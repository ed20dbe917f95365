package ollama

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/ollama/ollama/api"
)

// PullProgress reports how much of a model the server has fetched.
type PullProgress struct {
	Status      string // message of the server, such as "verifying sha256 digest"
	Done, Total int64  // bytes fetched and size in bytes of the layers begun so far; 0 before the first
}

// PullError says that the server runs but could not fetch the model.
type PullError struct {
	Address string // base URL of the server
	Model   string
	Message string // message of the server
}

func (e *PullError) Error() string {
	if e.Unknown() {
		return fmt.Sprintf("Ollama's library has no model %s: look for the name on https://ollama.com/library", e.Model)
	}
	return fmt.Sprintf("Ollama at %s could not fetch %s from its library: %s; check the network of that machine and try again: the download resumes where it stopped", e.Address, e.Model, e.Message)
}

// Unreachable returns true: the model cannot be used.
func (e *PullError) Unreachable() bool { return true }

// Unknown reports whether the pull failed because the library has no such
// model.
func (e *PullError) Unknown() bool { return strings.Contains(e.Message, "file does not exist") }

// Pull makes the server fetch a model from its library, and returns when the
// server has the model. It passes each report of the server to the function
// progress, which may be nil. The server continues a pull that broke off
// earlier, and checks the SHA-256 of what it fetched. The error is a
// [PullError] if the server failed to fetch the model, and an
// [UnreachableError] if the server cannot be reached.
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

// pullError returns the error of a pull, or nil if it succeeded. The error is a
// [PullError] if the server reported that the pull failed, or else the error
// that explain returns.
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
	Size int64 // size in memory in bytes
	VRAM int64 // part of Size on a graphics card
}

// Loaded returns the models that the server has in memory now.
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
