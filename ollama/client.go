// Package ollama is a client of an Ollama server for retrieval-augmented generation: it chats, streams, constrains answers to a
// JSON schema, reads the probabilities of the next token, and embeds.
//
// A [Client] is a langchaingo llms.Model and embeddings.Embedder, so it goes wherever those go. It differs from langchaingo's own
// Ollama model in what happens when something is wrong: an answer that was broken off is an error and never a short answer, a
// prompt that does not fit is an error and never a silently shortened prompt, and an unreachable server or a missing model is an
// error that names the command that helps. See [UnreachableError], [ModelMissingError], [ContextError], [ServerError] and
// [ErrUnfinished].
//
// # What the counters mean
//
// Ollama 0.17.4 counts every token of the prompt in prompt_eval_count, those it found in its cache too; only
// prompt_eval_duration shrinks when a prefix was cached. How many tokens came from the cache cannot be derived, so none of the
// methods report it. eval_count counts the token that ends the turn, which is not part of the answer's text: an answer of five
// tokens that ended by itself counts six.
//
// # Prefix cache
//
// A server with OLLAMA_NUM_PARALLEL=1 (its default) keeps one sequence a model: a request pays only for what follows the longest
// prefix it shares with the request before it, whoever sent that. With more, and OLLAMA_MULTIUSER_CACHE, Ollama 0.17.4 keeps
// several on its own engine; on llama.cpp's, which runs qwen2 and llama, that ends the runner. Put what is shared first, and keep requests about the same
// passages together. A change of the context size reloads the model: one server, one ContextTokens.
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

// Client talks to one Ollama server. It is safe for concurrent use; make it with [New].
type Client struct {
	cfg       Config
	base      *url.URL
	transport http.RoundTripper

	sizing     sync.Mutex
	sized      bool    // whether the server was asked for the parameters
	parameters float64 // of the model

	memory sync.Map // see Memory
}

// Memory returns the map in which callers keep what they find out about the model, as long as the client lives.
func (c *Client) Memory() *sync.Map { return &c.memory }

var (
	_ llms.Model          = (*Client)(nil)
	_ embeddings.Embedder = (*Client)(nil)
)

// New makes a client. It does not contact the server: see [Client.Ping]. The error names the setting that cannot be used.
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

// Address is the base URL of the server that the client talks to.
func (c *Client) Address() string { return c.base.String() }

// Model is the name of the model that chats when a call names no other.
func (c *Client) Model() string { return c.cfg.Model }

// Close lets go of idle connections. The client can still be used afterwards.
func (c *Client) Close() {
	(&http.Client{Transport: c.transport}).CloseIdleConnections()
}

// newTransport bounds connecting, but not the wait for an answer: a server that loads a large model may be silent for minutes,
// and how long that may take is for the caller's context to say.
func newTransport(dialTimeout time.Duration) *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout: dialTimeout,
		MaxIdleConnsPerHost: 16,
		IdleConnTimeout:     90 * time.Second,
	}
}

// open prepares one call: the exchange that carries it and tells afterwards what happened on the wire.
func (c *Client) open() *exchange {
	return &exchange{next: c.transport, retries: c.cfg.Retries, backoff: c.cfg.Backoff}
}

// plain prepares one call whose answer comes in one piece.
func (c *Client) plain() (*api.Client, *exchange) {
	x := c.open()
	return api.NewClient(c.base, x.client()), x
}
