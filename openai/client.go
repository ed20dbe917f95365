// Package openai is a client of servers that speak OpenAI's chat completions API: OpenAI itself, vLLM, llama.cpp's server, LM Studio
// and others (https://platform.openai.com/docs/api-reference/chat).
//
// A [Client] is a langchaingo llms.Model. It differs from langchaingo's own OpenAI model in what grading needs: it reads the
// probabilities of the next token, applies JSON schemas given by the call, tells the tokens that came from the server's cache, and
// has an error for each thing that goes wrong: [UnreachableError], [KeyError], [ModelMissingError], [ContextError], [ServerError]
// and [ErrUnfinished].
//
// Servers know different parameters and answer in different forms. The client leaves out a field that the server refuses and that is
// not essential, keeps to limits that a refusal names, and moves system messages into the user's turn if the server has no such role
// (needs.go). So the first call may take several requests. It reads answers in every form known to be in use (answer.go); only the
// text must be there. A server that cuts long prompts silently, as Ollama's OpenAI-compatible API does, cannot be told from one that
// reads them whole; package ollama has no such gap.
package openai

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tmc/langchaingo/llms"

	"selfrag/internal/httpjson"
)

// DefaultAddress is OpenAI's own server.
const DefaultAddress = "https://api.openai.com/v1"

// Config says which server and model to use. A model must be named here or in the call; the rest of the zero value reaches OpenAI.
type Config struct {
	// Address is the URL below which /chat/completions lies, or the URL of /chat/completions itself. Without a path, /v1 is added. It
	// may end in "?api-version=...", as the address of a deployment on Azure does. Empty: DefaultAddress.
	Address string

	// Key is sent as a bearer token. It is sent in the header api-key to Azure, and to a server that refuses it as a bearer token.
	// Empty: none is sent. It is in no error.
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
	address string // without the query
	base    *url.URL
	host    string
	http    *httpjson.Keyed
	needs   needs
	without atomic.Int32 // answers in a row, from the first, that lacked probabilities; far below 0 once one had them
	memory  sync.Map     // see Memory
}

var _ llms.Model = (*Client)(nil)

// New makes a client. It does not contact the server: see [Client.HasModel]. The error names the setting that cannot be used.
func New(cfg Config) (*Client, error) {
	if cfg.Temperature < 0 || cfg.Timeout < 0 || cfg.Tries < 0 || cfg.Backoff < 0 {
		return nil, errors.New("setting up an OpenAI-compatible server: no setting can be below 0")
	}
	u, err := httpjson.Base(cmp.Or(cfg.Address, DefaultAddress), "/v1", "/chat/completions")
	if err != nil {
		return nil, fmt.Errorf("setting up an OpenAI-compatible server: %w", err)
	}
	address := *u
	address.RawQuery = ""
	c := &Client{cfg: cfg, host: u.Host, base: u, address: address.String()}
	c.http = httpjson.NewKeyed(httpjson.Config{
		Timeout: cmp.Or(cfg.Timeout, 10*time.Minute), Tries: cfg.Tries, Pause: cfg.Backoff, Transport: cfg.Transport, Final: finalRefusal,
	}, u, cfg.Key, c.address == DefaultAddress)
	return c, nil
}

// client returns the client that sends the key in the form that the server takes.
func (c *Client) client() *httpjson.Client { return c.http.Client() }

// url returns the address of a path of the API.
func (c *Client) url(path string) string { return httpjson.Join(c.base, path) }

// Memory returns the map in which callers keep what they find out about the model, as long as the client lives.
func (c *Client) Memory() *sync.Map { return &c.memory }

// Address is the URL of the server that the client talks to.
func (c *Client) Address() string { return c.address }

// Model is the name of the model that chats when a call names no other.
func (c *Client) Model() string { return c.cfg.Model }

// Close lets go of idle connections. The client can still be used afterwards.
func (c *Client) Close() { c.http.Close() }

// Models lists the names of the models that the server offers. Some servers list one name and take any.
func (c *Client) Models(ctx context.Context) ([]string, error) {
	type listed struct {
		ID   loose[string] `json:"id"`
		Name loose[string] `json:"name"`
	}
	var raw json.RawMessage
	err := c.client().Get(ctx, c.url("/models"), &raw)
	if err != nil && ctx.Err() == nil && c.http.Other(err) {
		err = c.client().Get(ctx, c.url("/models"), &raw)
	}
	if err := c.explain(ctx, "", err); err != nil {
		return nil, fmt.Errorf("listing the models of %s: %w", c.address, err)
	}
	var list struct {
		Data   loose[[]listed] `json:"data"`
		Models loose[[]listed] `json:"models"`
	}
	all := loose[[]listed]{}
	_ = all.UnmarshalJSON(raw) // a bare list
	_ = json.Unmarshal(raw, &list)
	names := []string{}
	for _, m := range slices.Concat(all.Value, list.Data.Value, list.Models.Value) {
		if name := cmp.Or(m.ID.Value, m.Name.Value); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names, nil
}

// HasModel reports whether the server answers as the model: it is in the server's list, or else the server writes a token in its
// name. The error is an [UnreachableError] or a [KeyError] where there is nothing to ask.
func (c *Client) HasModel(ctx context.Context, name string) (bool, error) {
	names, err := c.Models(ctx)
	if gone := (*UnreachableError)(nil); ctx.Err() != nil || errors.As(err, &gone) && gone.silent() {
		return false, err
	}
	if slices.Contains(names, name) || slices.Contains(names, "models/"+name) { // the form of Google's names
		return true, nil
	}
	_, err = c.GenerateContent(ctx, []llms.MessageContent{llms.TextParts(llms.ChatMessageTypeHuman, "Hi")},
		llms.WithModel(name), llms.WithMaxTokens(1))
	if missing := (*ModelMissingError)(nil); errors.As(err, &missing) {
		return false, nil
	}
	return err == nil, err
}
