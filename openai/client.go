// Package openai is a client of servers that implement OpenAI's chat
// completions API (https://platform.openai.com/docs/api-reference/chat). Such
// servers are OpenAI's own, vLLM, llama.cpp's server, LM Studio and others.
//
// A [Client] implements langchaingo's llms.Model. It has features that grading
// needs and that langchaingo's own OpenAI model lacks:
//
//   - It reads the probabilities of the next token.
//   - It applies a JSON schema that is given in the call.
//   - It reports how many tokens came from the server's cache.
//   - It returns an error type for each kind of failure: [UnreachableError],
//     [KeyError], [ModelMissingError], [ContextError], [ServerError] and
//     [ErrUnfinished].
//
// Servers accept different parameters and answer in different forms. If a
// server refuses a field that is not essential, the client leaves the field
// out. If a refusal names a limit, the client keeps to it. If a server does not
// accept system messages, the client moves their text into the user's turn
// (needs.go). For these reasons the first call may take several requests. The
// client reads answers in every form that is known to be in use (answer.go).
// Only the text of the answer is required.
//
// Some servers cut long prompts silently, as Ollama's OpenAI-compatible API
// does. The client cannot detect that. Package ollama returns an error instead.
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

// DefaultAddress is the address of OpenAI's own server.
const DefaultAddress = "https://api.openai.com/v1"

// Config configures a Client. A model must be named in Config or in the call.
// With all other fields zero, the client uses OpenAI's server.
type Config struct {
	// Address is the base URL of the API, or the URL of /chat/completions
	// itself. If it has no path, /v1 is added. It may end in
	// "?api-version=...", as the address of a deployment on Azure does. If it
	// is empty, DefaultAddress is used.
	Address string

	// Key is the API key. It is sent as a bearer token, or in the header
	// api-key if the server is Azure's or refuses a bearer token. If it is
	// empty, no key is sent. Errors never contain the key.
	Key string

	// Model is the server's name for the model that chats. A call can name
	// another with llms.WithModel.
	Model string

	// Temperature is the temperature of sampling. The default 0 takes the
	// likeliest token.
	Temperature float64

	// Extra holds further fields of each request, for parameters that only some
	// servers accept. For example, this value keeps models on vLLM and
	// llama.cpp from reasoning before each grade:
	//
	//	{"chat_template_kwargs": {"enable_thinking": false}}
	Extra map[string]any

	// Timeout limits one try. 0 means 10 minutes, because a slow machine may
	// read a long prompt for minutes. The context of a call limits the whole
	// wait.
	Timeout time.Duration

	// Tries is the maximum number of times that a request is sent. It is sent
	// again if the server cannot be reached, is too busy (429) or fails (5xx).
	// 0 means 4. The waits between the tries grow from Backoff, with jitter,
	// unless the server says how long to wait. If Backoff is 0, it is 500 ms.
	Tries   int
	Backoff time.Duration

	// Transport carries the requests, for tests and proxies. If it is nil, the
	// client uses its own transport.
	Transport http.RoundTripper
}

// Client talks to one server. It is safe for concurrent use. [New] returns a
// Client.
type Client struct {
	cfg     Config
	address string // without the query
	base    *url.URL
	host    string
	http    *httpjson.Keyed
	needs   needs
	without atomic.Int32 // number of answers without probabilities; far below 0 after an answer with them
	memory  sync.Map     // see Memory
}

var _ llms.Model = (*Client)(nil)

// New returns a client. It does not contact the server; [Client.HasModel] does.
// The error names the setting that is not valid.
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

// client returns the client that sends the key in the form that the server
// takes.
func (c *Client) client() *httpjson.Client { return c.http.Client() }

// url returns the address of a path of the API.
func (c *Client) url(path string) string { return httpjson.Join(c.base, path) }

// Memory returns a map in which callers can keep what they find out about the
// model. The map lives as long as the client.
func (c *Client) Memory() *sync.Map { return &c.memory }

// Address returns the URL of the server, without its query.
func (c *Client) Address() string { return c.address }

// Model returns the name of the model that chats if a call does not name
// another.
func (c *Client) Model() string { return c.cfg.Model }

// Close closes idle connections. The client can still be used afterwards.
func (c *Client) Close() { c.http.Close() }

// Models returns the names of the models that the server offers. Some servers
// offer one name but accept any.
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

// HasModel reports whether the server answers under the name of the model. It
// looks for the name in the server's list. If the list does not have the name,
// HasModel asks the model for one token. The error is an [UnreachableError] or
// a [KeyError] if the server cannot be used.
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
