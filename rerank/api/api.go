package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"selfrag/internal/httpjson"
	"selfrag/retrieval"
)

var _ retrieval.Reranker = (*Reranker)(nil)

// Config selects a service and a model. Only Provider is required, and Address
// for a server of your own.
type Config struct {
	Provider Provider
	Address  string // "https://host[:port][/prefix]"; if empty, the vendor's own
	Model    string // if empty, the provider's default
	Key      string // sent as a bearer token; see Provider.KeyVariable
	Batch    int    // most documents per request; if 0, the provider's limit

	Timeout   time.Duration     // per try; 30 s
	Tries     int               // per request; 4
	Transport http.RoundTripper // nil means the default
}

// Reranker orders passages by the scores of a service. It is safe for
// concurrent use.
type Reranker struct {
	cfg     Config
	dialect dialect
	client  *httpjson.Client
	limits  *limits
}

// New returns a reranker. It does not contact the service.
func New(cfg Config) (*Reranker, error) {
	d, err := cfg.Provider.dialect()
	if err != nil {
		return nil, err
	}
	cfg.Address = baseOf(cmp.Or(cfg.Address, d.address))
	cfg.Key = strings.TrimSpace(cfg.Key)
	cfg.Model = cmp.Or(cfg.Model, d.model)
	cfg.Timeout = cmp.Or(cfg.Timeout, 30*time.Second)
	if cfg.Batch <= 0 || cfg.Batch > d.batch {
		cfg.Batch = d.batch
	}
	switch {
	case cfg.Address == "":
		return nil, fmt.Errorf("rerank by %s: no address is given: name the address of your own server", cfg.Provider)
	case d.needKey && cfg.Key == "":
		return nil, fmt.Errorf("rerank by %s: no key is given: set %s", cfg.Provider, cfg.Provider.KeyVariable())
	case strings.ContainsAny(cfg.Key, "\r\n"):
		return nil, fmt.Errorf("rerank by %s: the key holds a line break", cfg.Provider)
	}
	header := http.Header{}
	if cfg.Key != "" {
		header.Set("Authorization", "Bearer "+cfg.Key)
	}
	client := httpjson.New(httpjson.Config{Header: header, Timeout: cfg.Timeout, Tries: cfg.Tries, Transport: cfg.Transport, Final: httpjson.AboutSize})
	return &Reranker{cfg, d, client, newLimits(cfg.Batch, d.path)}, nil
}

// Name returns the service and the model, such as "cohere/rerank-v3.5".
func (r *Reranker) Name() string {
	if r.cfg.Model == "" {
		return string(r.cfg.Provider)
	}
	return string(r.cfg.Provider) + "/" + r.cfg.Model
}

// Close frees idle connections.
func (r *Reranker) Close() { r.client.Close() }

// Rerank scores the searchable text of each passage, in consecutive batches,
// and returns all passages, best first. Passages of equal score keep their
// order. Scores are the service's own, mostly in [0,1]. If the service refuses a
// passage for its length or a batch for its size, Rerank sends shorter texts or
// smaller batches from then on.
func (r *Reranker) Rerank(ctx context.Context, query string, passages []retrieval.Passage) ([]retrieval.Passage, error) {
	ranked := slices.Clone(passages)
	for rest := ranked; len(rest) > 0; {
		now := r.limits.now()
		batch := rest[:min(len(rest), now.Texts)]
		scores, err := r.score(ctx, query, batch, now)
		if err != nil && ctx.Err() == nil && r.limits.learn(err, now, batch) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("rerank by %s: %w", r.Name(), err)
		}
		for i := range batch {
			batch[i].Score, batch[i].Rerank = scores[i], &scores[i]
		}
		rest = rest[len(batch):]
	}
	slices.SortStableFunc(ranked, func(a, b retrieval.Passage) int { return cmp.Compare(b.Score, a.Score) })
	return ranked, nil
}

// score returns one score for each passage, in order.
func (r *Reranker) score(ctx context.Context, query string, passages []retrieval.Passage, limit limit) ([]float64, error) {
	texts := make([]string, len(passages))
	for i, p := range passages {
		texts[i] = limit.Cut(p.Searchable())
	}
	request := r.dialect.request(r.cfg.Model, query, texts)
	for _, name := range limit.without {
		delete(request, name)
	}
	var answer json.RawMessage
	if err := r.client.Post(ctx, r.cfg.Address+limit.path, request, &answer); err != nil {
		return nil, err
	}
	results, err := r.dialect.scores(answer)
	if err != nil {
		return nil, fmt.Errorf("its answer cannot be read: %w", err)
	}
	scores := make([]float64, len(texts))
	seen := make([]bool, len(texts))
	for _, s := range results {
		switch {
		case s.Index < 0 || s.Index >= len(texts):
			return nil, fmt.Errorf("it scored text %d of %d", s.Index, len(texts))
		case seen[s.Index]:
			return nil, fmt.Errorf("it scored text %d twice", s.Index)
		case math.IsNaN(s.Score) || math.IsInf(s.Score, 0):
			return nil, errors.New("it gave a score that is not a number")
		}
		scores[s.Index], seen[s.Index] = s.Score, true
	}
	if i := slices.Index(seen, false); i >= 0 {
		return nil, fmt.Errorf("it gave no score to text %d of %d", i, len(texts))
	}
	return scores, nil
}
