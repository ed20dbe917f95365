package ollama

import (
	"fmt"
	"net/http"
	"time"
)

// Config says which server and models to use. The zero value reaches the local server; a model must be named here or in the call.
type Config struct {
	// Address of the server: host, host:port or URL. Empty means the environment variable OLLAMA_HOST, else
	// http://127.0.0.1:11434. An address to listen on, such as 0.0.0.0, means this machine.
	Address string

	// Model chats, for example "qwen2.5:7b". A call can name another with llms.WithModel.
	Model string

	// EmbedModel embeds, for example "mxbai-embed-large". It has no default: a collection is bound to its embedder.
	EmbedModel string

	// EmbedDimensions shortens embeddings to their first values, normalised again. Only models trained for it keep their
	// quality. 0 keeps all.
	EmbedDimensions int

	// ContextTokens is the size of the model's context, prompt and answer together. 0 means 4096. The server loads a model anew
	// when it changes.
	ContextTokens int

	// Temperature of sampling. The default 0 always takes the likeliest token.
	Temperature float64

	// Seed of sampling, of no effect at temperature 0. The default 0 is a seed like any other, so answers repeat; -1 draws a
	// new one for each call.
	Seed int

	// Think lets models that can do so reason before they answer. Off by default, since the tokens of the reasoning count
	// against MaxTokens. A call can decide otherwise with llms.WithThinking.
	Think bool

	// KeepAlive is how long the server keeps a model loaded after a call. 0 leaves it to the server (5 minutes); below 0 means
	// for ever.
	KeepAlive time.Duration

	// DialTimeout bounds connecting. 0 means 3 s. Waiting for the answer is bounded by the context of the call alone.
	DialTimeout time.Duration

	// Retries is how often a request is repeated that got no byte of a response (refused, reset), or status 503. 0 means 3;
	// below 0 means never. A connection that times out is not tried again.
	Retries int

	// Backoff is the wait before the first repetition; it doubles each time, give or take a quarter. 0 means 300 ms, which
	// makes 2.1 s for three repetitions: enough for a server that restarts.
	Backoff time.Duration

	// Transport carries the requests, in place of one made with DialTimeout. For tests and proxies.
	Transport http.RoundTripper
}

func (c Config) withDefaults() Config {
	if c.ContextTokens == 0 {
		c.ContextTokens = 4096
	}
	if c.DialTimeout == 0 {
		c.DialTimeout = 3 * time.Second
	}
	if c.Retries == 0 {
		c.Retries = 3
	}
	if c.Backoff == 0 {
		c.Backoff = 300 * time.Millisecond
	}
	return c
}

func (c Config) check() error {
	switch {
	case c.ContextTokens < 0:
		return fmt.Errorf("the context cannot have %d tokens", c.ContextTokens)
	case c.EmbedDimensions < 0:
		return fmt.Errorf("an embedding cannot have %d dimensions", c.EmbedDimensions)
	case c.Temperature < 0:
		return fmt.Errorf("the temperature cannot be %g: it must be 0 or more", c.Temperature)
	case c.DialTimeout < 0:
		return fmt.Errorf("the dial timeout cannot be %s", c.DialTimeout)
	case c.Backoff < 0:
		return fmt.Errorf("the backoff cannot be %s", c.Backoff)
	}
	return nil
}
