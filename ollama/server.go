package ollama

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/ollama/ollama/types/model"
)

// ModelInfo describes a model that the server has.
type ModelInfo struct {
	Name         string    // with its tag, for example "qwen2.5:7b"
	Size         int64     // bytes on disk
	Digest       string    // SHA-256 of its manifest, in hexadecimal
	Family       string    // architecture, for example "qwen2"
	Parameters   string    // number of parameters in the server's notation, for example "494.03M"
	Quantization string    // for example "Q4_K_M"
	Modified     time.Time // when it was pulled or created
}

// Ping checks that a server answers at the address. If none does, the error is
// an [UnreachableError].
func (c *Client) Ping(ctx context.Context) error {
	server, x := c.plain()
	if err := c.explain(ctx, "", x, server.Heartbeat(ctx)); err != nil {
		return fmt.Errorf("looking for Ollama: %w", err)
	}
	return nil
}

// Version returns the version of the server, for example "0.17.4".
func (c *Client) Version(ctx context.Context) (string, error) {
	server, x := c.plain()
	version, err := server.Version(ctx)
	if err := c.explain(ctx, "", x, err); err != nil {
		return "", fmt.Errorf("asking Ollama for its version: %w", err)
	}
	return version, nil
}

// Models returns the models that the server has, newest first.
func (c *Client) Models(ctx context.Context) ([]ModelInfo, error) {
	server, x := c.plain()
	list, err := server.List(ctx)
	if err := c.explain(ctx, "", x, err); err != nil {
		return nil, fmt.Errorf("listing Ollama's models: %w", err)
	}
	models := make([]ModelInfo, len(list.Models))
	for i, m := range list.Models {
		models[i] = ModelInfo{
			Name: m.Name, Size: m.Size, Digest: m.Digest, Modified: m.ModifiedAt,
			Family: m.Details.Family, Parameters: m.Details.ParameterSize, Quantization: m.Details.QuantizationLevel,
		}
	}
	return models, nil
}

// Parameters returns the number of parameters of the client's model, or 0 if
// the server does not report it. The server is asked once.
func (c *Client) Parameters(ctx context.Context) (float64, error) {
	c.sizing.Lock()
	defer c.sizing.Unlock()
	if c.sized {
		return c.parameters, nil
	}
	models, err := c.Models(ctx)
	if err != nil {
		return 0, err
	}
	wanted := model.ParseName(c.cfg.Model)
	for _, m := range models {
		if wanted.EqualFold(model.ParseName(m.Name)) {
			c.parameters = parametersOf(m.Parameters)
		}
	}
	c.sized = true
	return c.parameters, nil
}

// parametersOf parses a number of parameters in Ollama's notation, such as
// "1.5B" or "494.03M". It returns 0 for any other text.
func parametersOf(written string) float64 {
	if written == "" {
		return 0
	}
	scale, known := map[byte]float64{'K': 1e3, 'M': 1e6, 'B': 1e9, 'T': 1e12}[written[len(written)-1]]
	n, err := strconv.ParseFloat(strings.TrimRight(written, "KMBT"), 64)
	if err != nil || !known {
		return 0
	}
	return n * scale
}

// HasModel reports whether the server has the model. It compares names as
// Ollama does: a name without a tag has the tag ":latest", and case does not
// matter.
func (c *Client) HasModel(ctx context.Context, name string) (bool, error) {
	models, err := c.Models(ctx)
	if err != nil {
		return false, err
	}
	wanted := model.ParseName(name)
	for _, m := range models {
		if wanted.EqualFold(model.ParseName(m.Name)) {
			return true, nil
		}
	}
	return false, nil
}
