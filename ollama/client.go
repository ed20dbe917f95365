// Package ollama is a client of an Ollama server for retrieval-augmented
// generation. It chats, streams, constrains answers to a JSON schema, reads the
// probabilities of the next token, and embeds texts.
//
// A [Client] implements langchaingo's llms.Model and embeddings.Embedder. It
// differs from langchaingo's own Ollama model in what happens when something is
// wrong:
//
//   - An answer that broke off is an error. It is never returned as a short
//     answer.
//   - A prompt that does not fit into the context is an error. The server never
//     shortens it silently.
//   - An unreachable server or a missing model is an error that names the
//     command that helps.
//
// See [UnreachableError], [ModelMissingError], [ContextError], [ServerError]
// and [ErrUnfinished].
//
// # What the counters mean
//
// Ollama 0.17.4 counts every token of the prompt in prompt_eval_count,
// including the tokens that it found in its cache. If the beginning of the
// prompt was cached, only prompt_eval_duration becomes smaller. The number of
// cached tokens cannot be derived from the counters, so no method reports it.
// eval_count includes the token that ends the turn, which is not part of the
// text. An answer of five tokens that ended by itself therefore counts as six.
//
// # Prefix cache
//
// A server with OLLAMA_NUM_PARALLEL=1, the default, keeps the tokens of one
// request per model. The next request, from any client, may begin with the same
// tokens. The server then processes only the tokens after that common prefix.
// With a larger OLLAMA_NUM_PARALLEL and OLLAMA_MULTIUSER_CACHE, Ollama 0.17.4
// keeps the tokens of several requests if the model runs on Ollama's own
// engine. On the engine of llama.cpp, which runs qwen2 and llama, these
// settings end the process that runs the model.
//
// Put the text that requests share at the beginning of the prompt, and send
// requests about the same passages one after another. Use one value of
// ContextTokens for a server, because the server reloads the model if the size
// of the context changes.
package ollama

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/ollama/ollama/api"
	"github.com/tmc/langchaingo/embeddings"
	"github.com/tmc/langchaingo/llms"
)

// Client talks to one Ollama server. It is safe for concurrent use. [New]
// returns a Client.
type Client struct {
	cfg       Config
	base      *url.URL
	transport http.RoundTripper

	sizing     sync.Mutex
	sized      bool    // the server has been asked for the number of parameters
	parameters float64 // number of parameters of the model

	memory sync.Map // see Memory
}

// Memory returns a map in which callers can keep what they find out about the
// model. The map lives as long as the client.
func (c *Client) Memory() *sync.Map { return &c.memory }

var (
	_ llms.Model          = (*Client)(nil)
	_ embeddings.Embedder = (*Client)(nil)
)

// New returns a client. It does not contact the server; [Client.Ping] does. The
// error names the setting that is not valid.
func New(cfg Config) (*Client, error) {
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("setting up Ollama: %w", err)
	}
	base, err := parseAddress(cfg.Address)
	if err != nil {
		return nil, fmt.Errorf("setting up Ollama: %w", err)
	}
	transport := cfg.Transport
	if transport == nil {
		transport = newTransport(cfg.DialTimeout)
	}
	return &Client{cfg: cfg, base: base, transport: transport}, nil
}

// Address returns the base URL of the server.
func (c *Client) Address() string { return c.base.String() }

// Model returns the name of the model that chats if a call does not name
// another.
func (c *Client) Model() string { return c.cfg.Model }

// Close closes idle connections. The client can still be used afterwards.
func (c *Client) Close() {
	(&http.Client{Transport: c.transport}).CloseIdleConnections()
}

// newTransport returns a transport that limits the time to connect, but not the
// wait for an answer. A server that loads a large model may send nothing for
// minutes. The caller's context limits that wait.
func newTransport(dialTimeout time.Duration) *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout: dialTimeout,
		MaxIdleConnsPerHost: 16,
		IdleConnTimeout:     90 * time.Second,
	}
}

// open prepares one call. The returned exchange carries the request and records
// what happened to it on the network.
func (c *Client) open() *exchange {
	return &exchange{next: c.transport, retries: c.cfg.Retries, backoff: c.cfg.Backoff}
}

// plain prepares one call whose answer comes in one piece. The returned API
// client sends its request through the returned exchange.
func (c *Client) plain() (*api.Client, *exchange) {
	x := c.open()
	return api.NewClient(c.base, x.client()), x
}
