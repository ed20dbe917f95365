// Package openai is a client of servers that speak OpenAI's chat completions API: OpenAI itself, vLLM, llama.cpp's server, LM Studio
// and others (https://platform.openai.com/docs/api-reference/chat).
//
// A [Client] is a langchaingo llms.Model. It differs from langchaingo's own OpenAI model in what grading needs: it reads the
// probabilities of the next token, applies JSON schemas given by the call, tells the tokens that came from the server's cache, and
// has an error for each thing that goes wrong: [UnreachableError], [KeyError], [ModelMissingError], [ContextError], [ServerError]
// and [ErrUnfinished].
//
// Servers know different parameters. What one refuses by name and can be done without is left out from then on, so the first call
// may take two requests. A server that cuts long prompts silently, as Ollama's OpenAI-compatible API does, cannot be told from one
// that reads them whole; package ollama has no such gap.
package openai

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/tmc/langchaingo/llms"

	"selfrag/internal/httpjson"
)

// DefaultAddress is OpenAI's own server.
const DefaultAddress = "https://api.openai.com/v1"

// Config says which server and model to use. A model must be named here or in the call; the rest of the zero value reaches OpenAI.
type Config struct {
	// Address is the URL below which /chat/completions lies. Without a path, /v1 is added. Empty: DefaultAddress.
	Address string

	// Key is sent as a bearer token; empty: none is sent. It is in no error.
	Key string

	// Model chats, by the server's name for it. A call can name another with llms.WithModel.
	Model string

	// Temperature of sampling. The default 0 takes the likeliest token.
	Temperature float64

	// Extra are further fields of each request, for what single servers know: {"chat_template_kwargs": {"enable_thinking": false}}
	// keeps models on vLLM and llama.cpp from reasoning before each grade.
	Extra map[string]any

	// Timeout bounds one try. 0 means 10 minutes: a slow machine may read a long prompt for minutes, and how long a caller waits is
	// for the context to say.
	Timeout time.Duration

	// Tries is how often a request is made in all when the server cannot be reached, is too busy (429) or fails (5xx). 0 means 4.
	// The waits between grow from Backoff (0 means 500 ms), with jitter, unless the server says when to come back.
	Tries   int
	Backoff time.Duration

	// Transport carries the requests, in place of one of its own. For tests and proxies.
	Transport http.RoundTripper
}

// Client talks to one server. It is safe for concurrent use; make it with [New].
type Client struct {
	cfg     Config
	address string
	http    *httpjson.Client
	refused refusedFields
	without atomic.Int32 // answers in a row, from the first, that lacked probabilities; far below 0 once one had them
}

var _ llms.Model = (*Client)(nil)

// New makes a client. It does not contact the server: see [Client.HasModel]. The error names the setting that cannot be used.
func New(cfg Config) (*Client, error) {
	if cfg.Temperature < 0 || cfg.Timeout < 0 || cfg.Tries < 0 || cfg.Backoff < 0 {
		return nil, errors.New("setting up an OpenAI-compatible server: no setting can be below 0")
	}
	address, err := parseAddress(cmp.Or(cfg.Address, DefaultAddress))
	if err != nil {
		return nil, fmt.Errorf("setting up an OpenAI-compatible server: %w", err)
	}
	header := http.Header{}
	if cfg.Key != "" {
		header.Set("Authorization", "Bearer "+cfg.Key)
	}
	return &Client{cfg: cfg, address: address, http: httpjson.New(httpjson.Config{
		Header: header, Timeout: cmp.Or(cfg.Timeout, 10*time.Minute), Tries: cfg.Tries, Pause: cfg.Backoff, Transport: cfg.Transport,
	})}, nil
}

// parseAddress completes the URL of a server. Its error does not repeat the address, which may hold a secret.
func parseAddress(address string) (string, error) {
	base, ok := httpjson.BaseURL(address, "/v1")
	if !ok {
		return "", errors.New("the address is not a URL such as http://127.0.0.1:8000/v1")
	}
	return base, nil
}

// Address is the URL of the server that the client talks to.
func (c *Client) Address() string { return c.address }

// Model is the name of the model that chats when a call names no other.
func (c *Client) Model() string { return c.cfg.Model }

// Close lets go of idle connections. The client can still be used afterwards.
func (c *Client) Close() { c.http.Close() }

// Models lists the names of the models that the server offers. Some servers list one name and take any.
func (c *Client) Models(ctx context.Context) ([]string, error) {
	var list struct {
		Data []struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	if err := c.explain(ctx, "", c.http.Get(ctx, c.address+"/models", &list)); err != nil {
		return nil, fmt.Errorf("listing the models of %s: %w", c.address, err)
	}
	names := make([]string, len(list.Data))
	for i, m := range list.Data {
		names[i] = m.ID
	}
	return names, nil
}

// HasModel reports whether the server answers as the model: it is in the server's list, or else the server writes a token in its
// name. The error is an [UnreachableError] or a [KeyError] where there is nothing to ask.
func (c *Client) HasModel(ctx context.Context, name string) (bool, error) {
	var refused *ServerError
	names, err := c.Models(ctx)
	if err != nil && !errors.As(err, &refused) {
		return false, err
	}
	if slices.Contains(names, name) {
		return true, nil
	}
	_, err = c.GenerateContent(ctx, []llms.MessageContent{llms.TextParts(llms.ChatMessageTypeHuman, "Hi")},
		llms.WithModel(name), llms.WithMaxTokens(1))
	if missing := (*ModelMissingError)(nil); errors.As(err, &missing) {
		return false, nil
	}
	return err == nil, err
}
