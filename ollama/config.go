package ollama

import (
	"fmt"
	"net/http"
	"time"
)

// Config configures a Client. The zero value uses the server on this machine. A
// model must be named in Config or in the call.
type Config struct {
	// Address is the host, host:port or URL of the server. If it is empty, the
	// environment variable OLLAMA_HOST is used, or else http://127.0.0.1:11434.
	// An address to listen on, such as 0.0.0.0, means this machine.
	Address string

	// Model is the name of the model that chats, for example "qwen2.5:7b". A
	// call can name another with llms.WithModel.
	Model string

	// EmbedModel is the name of the model that embeds texts, for example
	// "mxbai-embed-large". It has no default, because a collection of vectors
	// is bound to the model that made them.
	EmbedModel string

	// EmbedDimensions is the number of values in a vector. A longer vector is
	// cut to its first values and normalised again. Only models that were
	// trained for this keep their quality. 0 keeps all values.
	EmbedDimensions int

	// ContextTokens is the size of the model's context, which holds the prompt
	// and the answer. 0 means 4096. The server reloads a model if the size
	// changes.
	ContextTokens int

	// Temperature is the temperature of sampling. The default 0 always takes
	// the likeliest token.
	Temperature float64

	// Seed is the seed of sampling. It has no effect at temperature 0. The
	// default 0 is a seed like any other, so answers repeat. -1 draws a new
	// seed for each call.
	Seed int

	// Think lets a model reason before it answers, if the model can. It is off
	// by default, because the tokens of the reasoning count against MaxTokens.
	// A call can override it with llms.WithThinking.
	Think bool

	// KeepAlive is how long the server keeps a model loaded after a call. 0
	// leaves that to the server, which keeps it for 5 minutes. A negative value
	// means forever.
	KeepAlive time.Duration

	// DialTimeout limits the time to connect. 0 means 3 s. Only the context of
	// a call limits the wait for its answer.
	DialTimeout time.Duration

	// Retries is the maximum number of times that a request is sent again. It
	// is sent again if the connection was refused or was reset before the first
	// byte of the response, and if the status is 503. It is not sent again if
	// connecting timed out. 0 means 3; a negative value means never.
	Retries int

	// Backoff is the wait before a request is sent for the second time. The
	// wait doubles each time and varies by up to a quarter. 0 means 300 ms.
	// With three retries that makes 2.1 s, which is enough for a server that
	// restarts.
	Backoff time.Duration

	// Transport carries the requests, for tests and proxies. If it is nil, the
	// client uses its own transport with DialTimeout.
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
