package embed

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
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

	// Address is the URL that /embeddings is appended to. If it has no path,
	// /v1 is added. DefaultOpenAIAddress.
	Address string

	// Key is sent as a bearer token. If it is empty, none is sent. Errors never
	// contain it.
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
	client *httpjson.Client
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
	address, err := serverURL(cfg.Address)
	if err != nil {
		return nil, err
	}
	header := http.Header{}
	if cfg.Key != "" {
		header.Set("Authorization", "Bearer "+cfg.Key)
	}
	o := &OpenAI{cfg: cfg, url: address, client: httpjson.New(httpjson.Config{
		Header: header, Timeout: cfg.Timeout, Tries: cfg.Tries, Pause: cfg.Backoff, MaxAnswer: 256 << 20,
	})}
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

func serverURL(address string) (string, error) {
	base, ok := httpjson.BaseURL(address, "/v1")
	if !ok {
		return "", errors.New("the address of the OpenAI-compatible server is not a URL such as http://127.0.0.1:8000/v1")
	}
	return base, nil
}

// The request and the response have the form that OpenAI publishes.
type openAIRequest struct {
	Model          string   `json:"model"`
	Input          []string `json:"input"`
	EncodingFormat string   `json:"encoding_format"`
	Dimensions     int      `json:"dimensions,omitempty"`
}

type openAIResponse struct {
	Data []struct {
		Index     *int      `json:"index"`
		Embedding []float32 `json:"embedding"`
	} `json:"data"`
}

func (o *OpenAI) request(ctx context.Context, texts []string) ([][]float32, error) {
	var answer openAIResponse
	err := o.client.Post(ctx, o.url+"/embeddings", openAIRequest{
		Model: o.cfg.Model, Input: texts, EncodingFormat: "float", Dimensions: o.cfg.Dimensions,
	}, &answer)
	if refused := (*httpjson.StatusError)(nil); errors.As(err, &refused) {
		switch refused.Status {
		case http.StatusUnauthorized, http.StatusForbidden:
			err = fmt.Errorf("%w; set OPENAI_API_KEY to a key of that server", err)
		case http.StatusNotFound:
			err = fmt.Errorf("%w; check the address and the model %s", err, o.cfg.Model)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("embed by %s: %w", o.url, err)
	}
	return inOrder(answer, len(texts))
}

// inOrder returns the vectors in the order of the texts. The response gives the
// index of each vector and may have another order.
func inOrder(answer openAIResponse, n int) ([][]float32, error) {
	if len(answer.Data) != n {
		return nil, fmt.Errorf("the server gave %d vectors for %d texts", len(answer.Data), n)
	}
	vectors := make([][]float32, n)
	for i, d := range answer.Data {
		at := i
		if d.Index != nil {
			at = *d.Index
		}
		if at < 0 || at >= n || vectors[at] != nil {
			return nil, fmt.Errorf("the server gave the index %d to a vector of %d, which is wrong or was there before", at, n)
		}
		if vectors[at] = d.Embedding; d.Embedding == nil {
			vectors[at] = []float32{}
		}
	}
	return vectors, nil
}
