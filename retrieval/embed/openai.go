package embed

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tmc/langchaingo/embeddings"

	"selfrag/internal/httpjson"
)

var _ embeddings.Embedder = (*OpenAI)(nil)

// DefaultOpenAIAddress is OpenAI's own server.
const DefaultOpenAIAddress = "https://api.openai.com/v1"

// OpenAIConfig chooses a model of a server with OpenAI's embeddings API
// (https://platform.openai.com/docs/api-reference/embeddings).
type OpenAIConfig struct {
	Model string // as the server names it; required

	// Address is the URL below which /embeddings lies, or the URL of
	// /embeddings itself. If it has no path, /v1 is added. It may end in
	// "?api-version=...", as the address of a deployment on Azure does.
	// DefaultOpenAIAddress.
	Address string

	// Key is sent as a bearer token. It is sent in the header api-key to Azure,
	// and to a server that refuses it as a bearer token. If it is empty, none is
	// sent. Errors never contain it.
	Key string

	// Dimensions asks the server for shorter vectors, which only some models
	// support. 0: do not ask, so that vectors have all dimensions.
	Dimensions int

	Batch int // texts per request; 32

	// Timeout limits one request, which may embed a batch on a slow machine. 2
	// minutes.
	Timeout time.Duration

	// Tries is the maximum number of tries of a request if the server cannot be
	// reached, is too busy (429) or fails (5xx); 4. The waits between them grow
	// from Backoff (500 ms), with jitter, unless the server says when to try
	// again.
	Tries   int
	Backoff time.Duration

	// Profile describes how to use the model; nil: ProfileOf(Model). Pooling
	// and MaxTokens are the server's.
	Profile *Profile
}

func (c OpenAIConfig) withDefaults() OpenAIConfig {
	c.Address = cmp.Or(c.Address, DefaultOpenAIAddress)
	c.Batch = cmp.Or(c.Batch, 32)
	c.Timeout = cmp.Or(c.Timeout, 2*time.Minute)
	c.Tries = cmp.Or(c.Tries, 4)
	c.Backoff = cmp.Or(c.Backoff, 500*time.Millisecond)
	return c
}

// OpenAI embeds with a server that has OpenAI's API. It is safe for concurrent
// use. Close it after use.
type OpenAI struct {
	remote
	cfg    OpenAIConfig
	url    string
	client *httpjson.Keyed
	sizes  *httpjson.Sizes
	bare   atomic.Bool // the server refuses encoding_format
}

// NewOpenAI returns an embedder. It embeds one word first, to find the number
// of dimensions and to check that the server has the model.
func NewOpenAI(ctx context.Context, cfg OpenAIConfig) (*OpenAI, error) {
	cfg = cfg.withDefaults()
	if cfg.Model == "" {
		return nil, errors.New("embed by an OpenAI-compatible server: no model is given")
	}
	if cfg.Dimensions < 0 || cfg.Batch < 0 || cfg.Tries < 0 || cfg.Timeout < 0 || cfg.Backoff < 0 {
		return nil, errors.New("embed by an OpenAI-compatible server: no setting can be below 0")
	}
	base, err := httpjson.Base(cfg.Address, "/v1", "/embeddings", "/chat/completions")
	if err != nil {
		return nil, fmt.Errorf("embed by an OpenAI-compatible server: %w", err)
	}
	o := &OpenAI{cfg: cfg, url: httpjson.Join(base, "/embeddings"), sizes: httpjson.NewSizes(cfg.Batch), client: httpjson.NewKeyed(httpjson.Config{
		Timeout: cfg.Timeout, Tries: cfg.Tries, Pause: cfg.Backoff, MaxAnswer: 256 << 20, Final: httpjson.AboutSize,
	}, base, cfg.Key, strings.HasPrefix(cfg.Address, DefaultOpenAIAddress))}
	o.remote = remote{profile: profileFor(cfg.Model, cfg.Profile), batch: cfg.Batch, ask: o.request}
	o.spec.Dimensions = cfg.Dimensions
	name := Name{Provider: "openai", Model: cfg.Model, Dimensions: cfg.Dimensions}
	if err := o.open(ctx, name.String()); err != nil {
		o.Close()
		return nil, err
	}
	return o, nil
}

// Close closes idle connections.
func (o *OpenAI) Close() { o.client.Close() }

// openAIRequest has the form that OpenAI publishes.
type openAIRequest struct {
	Model          string   `json:"model"`
	Input          []string `json:"input"`
	EncodingFormat string   `json:"encoding_format,omitempty"`
	Dimensions     int      `json:"dimensions,omitempty"`
}

// request embeds texts. If the server refuses a text for its length or a request
// for its size, request sends shorter texts or smaller requests from then on.
func (o *OpenAI) request(ctx context.Context, texts []string) ([][]float32, error) {
	vectors := make([][]float32, 0, len(texts))
	for rest := texts; len(rest) > 0; {
		size := o.sizes.Now()
		batch := make([]string, min(len(rest), size.Texts))
		for i := range batch {
			batch[i] = size.Cut(rest[i])
		}
		got, err := o.post(ctx, batch)
		if err != nil && ctx.Err() == nil && (o.client.Other(err) || o.without(err) || o.sizes.Learn(err, size, batch)) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("embed by %s: %w", o.url, o.advised(err))
		}
		vectors = append(vectors, got...)
		rest = rest[len(batch):]
	}
	return vectors, nil
}

// post makes one request.
func (o *OpenAI) post(ctx context.Context, texts []string) ([][]float32, error) {
	request := openAIRequest{Model: o.cfg.Model, Input: texts, EncodingFormat: "float", Dimensions: o.cfg.Dimensions}
	if o.bare.Load() {
		request.EncodingFormat = ""
	}
	var answer openAIResponse
	if err := o.client.Client().Post(ctx, o.url, request, &answer); err != nil {
		return nil, err
	}
	return inOrder(answer, len(texts))
}

// without reports whether the request can be sent again without encoding_format,
// because the server refuses that field.
func (o *OpenAI) without(err error) bool {
	var refused *httpjson.StatusError
	return errors.As(err, &refused) && strings.Contains(refused.Said, "encoding_format") && o.bare.CompareAndSwap(false, true)
}

// advised adds what the user can do about a refusal.
func (o *OpenAI) advised(err error) error {
	if refused := (*httpjson.StatusError)(nil); errors.As(err, &refused) {
		switch refused.Status {
		case http.StatusUnauthorized, http.StatusForbidden:
			return fmt.Errorf("%w; set OPENAI_API_KEY to a key of that server", err)
		case http.StatusNotFound:
			return fmt.Errorf("%w; check the address and the model %s", err, o.cfg.Model)
		}
	}
	return err
}
