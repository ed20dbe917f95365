package embed

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/tmc/langchaingo/embeddings"
)

var _ embeddings.Embedder = (*OpenAI)(nil)

// DefaultOpenAIAddress is OpenAI's own server.
const DefaultOpenAIAddress = "https://api.openai.com/v1"

// OpenAIConfig chooses a model of a server that speaks OpenAI's embeddings API
// (https://platform.openai.com/docs/api-reference/embeddings).
type OpenAIConfig struct {
	Model string // as the server names it; required

	// Address is the URL below which /embeddings lies. Without a path, /v1 is
	// added. DefaultOpenAIAddress.
	Address string

	// Key is sent as a bearer token; empty: none is sent. It is in no error.
	Key string

	// Dimensions asks the server for shorter vectors, which only some models
	// give. 0: as many as the model has, and nothing is asked for.
	Dimensions int

	Batch int // texts a request; 32

	// Timeout bounds one request, which may embed a batch on a slow machine.
	// 2 minutes. Connecting is given 3 s of it.
	Timeout time.Duration

	// Tries is how often a request is made in all, when the server cannot be
	// reached, is too busy (429) or fails (5xx); 4. The waits between grow from
	// Backoff (500 ms), with jitter, unless the server says when to come back.
	Tries   int
	Backoff time.Duration

	// Profile is how the model is used; nil: ProfileOf(Model). Pooling and
	// MaxTokens are the server's.
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

// longestWait bounds all waiting between the tries of one request: a server
// that asks for more is as good as down.
const longestWait = 2 * time.Minute

// OpenAI embeds by a server that speaks OpenAI's API. It is safe for
// concurrent use. Close it after use.
type OpenAI struct {
	remote
	cfg    OpenAIConfig
	url    string
	client *http.Client
}

// UnreachableError says that a server cannot be used now: it does not answer,
// or answers that it is too busy or broken.
type UnreachableError struct {
	Address string
	Err     error
}

func (e *UnreachableError) Error() string {
	return fmt.Sprintf("the embedding server at %s cannot be used: %v", e.Address, e.Err)
}

func (e *UnreachableError) Unwrap() error { return e.Err }

// NewOpenAI returns an embedder after embedding one word, which tells how many
// dimensions the model has and that the server has the model.
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
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = (&net.Dialer{Timeout: 3 * time.Second}).DialContext
	o := &OpenAI{cfg: cfg, url: address, client: &http.Client{
		Transport: transport,
		Timeout:   cfg.Timeout,
		// A redirected POST would become a GET, and take the key elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	o.remote = remote{profile: profileFor(cfg.Model, cfg.Profile), batch: cfg.Batch, ask: o.request}
	o.spec.Dimensions = cfg.Dimensions
	name := Name{Provider: "openai", Model: cfg.Model, Dimensions: cfg.Dimensions}
	if err := o.open(ctx, name.String()); err != nil {
		o.Close()
		return nil, err
	}
	return o, nil
}

// Close ends idle connections.
func (o *OpenAI) Close() { o.client.CloseIdleConnections() }

func serverURL(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.RawQuery != "" || u.User != nil {
		return "", errors.New("the address of the OpenAI-compatible server is not a URL such as http://127.0.0.1:8801/v1")
	}
	if u.Path = strings.TrimSuffix(u.Path, "/"); u.Path == "" {
		u.Path = "/v1"
	}
	return u.String(), nil
}

// The request and the answer, as OpenAI publishes them.
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

func (o *OpenAI) request(ctx context.Context, kind kind, texts []string) ([][]float32, error) {
	model := o.profile.PassageModel
	if kind == query {
		model = o.profile.QueryModel
	}
	body, err := json.Marshal(openAIRequest{
		Model: cmp.Or(model, o.cfg.Model), Input: texts, EncodingFormat: "float", Dimensions: o.cfg.Dimensions,
	})
	if err != nil {
		return nil, fmt.Errorf("write the request: %w", err)
	}
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval = o.cfg.Backoff
	answer, err := backoff.Retry(ctx, func() (openAIResponse, error) { return o.post(ctx, body) },
		backoff.WithBackOff(wait), backoff.WithMaxTries(uint(o.cfg.Tries)), backoff.WithMaxElapsedTime(longestWait))
	if err != nil {
		var final *backoff.PermanentError
		if errors.As(err, &final) {
			err = final.Err
		}
		return nil, err
	}
	return inOrder(answer, len(texts))
}

// post makes one try. An error that trying again cannot help is permanent.
func (o *OpenAI) post(ctx context.Context, body []byte) (answer openAIResponse, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.url+"/embeddings", bytes.NewReader(body))
	if err != nil {
		return answer, backoff.Permanent(fmt.Errorf("make the request: %w", err))
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	if o.cfg.Key != "" {
		req.Header.Set("Authorization", "Bearer "+o.cfg.Key)
	}
	resp, err := o.client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return answer, backoff.Permanent(ctx.Err())
		}
		return answer, &UnreachableError{o.url, err}
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return answer, o.refused(resp)
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 256<<20)).Decode(&answer); err != nil {
		if ctx.Err() != nil {
			return answer, backoff.Permanent(ctx.Err())
		}
		return answer, &UnreachableError{o.url, fmt.Errorf("read its answer: %w", err)}
	}
	return answer, nil
}

// refused is the error of an answer that is not 200 OK.
func (o *OpenAI) refused(resp *http.Response) error {
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 4<<10))
	var told struct {
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	message := strings.TrimSpace(string(text))
	if json.Unmarshal(text, &told) == nil && told.Error.Message != "" {
		message = told.Error.Message
	}
	if o.cfg.Key != "" {
		// Some servers repeat the key that they refuse.
		message = strings.ReplaceAll(message, o.cfg.Key, "***")
	}
	err := fmt.Errorf("it answered %s: %q", resp.Status, message)
	switch code := resp.StatusCode; {
	case code == http.StatusTooManyRequests || code == http.StatusRequestTimeout || code >= 500:
		if wait, ok := retryAfter(resp.Header, time.Now()); ok {
			err = &comeBack{err, &backoff.RetryAfterError{Duration: wait}}
		}
		return &UnreachableError{o.url, err}
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		err = fmt.Errorf("%w; set OPENAI_API_KEY to a key of that server", err)
	case code == http.StatusNotFound:
		err = fmt.Errorf("%w; check the address and the model %s", err, o.cfg.Model)
	}
	return backoff.Permanent(fmt.Errorf("the embedding server at %s refused: %w", o.url, err))
}

// comeBack is an error that tells when to try again.
type comeBack struct {
	error
	after *backoff.RetryAfterError
}

func (c *comeBack) Unwrap() []error { return []error{c.error, c.after} }

// retryAfter reads the header Retry-After: seconds or a date (RFC 9110, 10.2.3).
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		if seconds >= 0 && seconds < 1e6 {
			return time.Duration(seconds * float64(time.Second)), true
		}
		return 0, false
	}
	if date, err := http.ParseTime(text); err == nil {
		return max(date.Sub(now), 0), true
	}
	return 0, false
}

// inOrder returns the vectors in the order of the texts, which the answer
// tells by index and need not keep.
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
