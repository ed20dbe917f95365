package api

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Provider is a service and its protocol.
type Provider string

// The providers.
const (
	Cohere   Provider = "cohere"   // https://docs.cohere.com/reference/rerank, version 2
	Jina     Provider = "jina"     // https://api.jina.ai, v1/rerank
	Voyage   Provider = "voyage"   // https://docs.voyageai.com/reference/reranker-api
	TEI      Provider = "tei"      // Hugging Face Text Embeddings Inference, POST /rerank
	Infinity Provider = "infinity" // michaelfeil/infinity, POST /rerank
	VLLM     Provider = "vllm"     // vLLM, POST /v1/rerank
)

// Providers returns all providers.
func Providers() []Provider { return []Provider{Cohere, Jina, Voyage, TEI, Infinity, VLLM} }

// KeyVariable returns the environment variable that holds the provider's key by
// the provider's own convention. It is empty for servers of your own.
func (p Provider) KeyVariable() string {
	switch p {
	case Cohere:
		return "CO_API_KEY"
	case Jina:
		return "JINA_API_KEY"
	case Voyage:
		return "VOYAGE_API_KEY"
	}
	return ""
}

// dialect holds the differences between providers.
type dialect struct {
	address string // address of the service; if empty, the user must set one
	path    string
	model   string // default; if empty, the server has its own
	batch   int    // most documents per request
	needKey bool
	request func(model, query string, texts []string) map[string]any
	scores  func(answer json.RawMessage) ([]indexed, error)
}

// indexed is the score of one text, by its index in the request.
type indexed struct {
	Index int
	Score float64
}

func (p Provider) dialect() (dialect, error) {
	switch p {
	case Cohere:
		return dialect{"https://api.cohere.com", "/v2/rerank", "rerank-v3.5", 1000, true, listRequest("top_n", nil), resultsIn("results")}, nil
	case Jina:
		return dialect{"https://api.jina.ai", "/v1/rerank", "jina-reranker-v2-base-multilingual", 1000, true,
			listRequest("top_n", map[string]any{"return_documents": false}), resultsIn("results")}, nil
	case Voyage:
		return dialect{"https://api.voyageai.com", "/v1/rerank", "rerank-2.5", 1000, true,
			listRequest("top_k", map[string]any{"return_documents": false, "truncation": true}), resultsIn("data")}, nil
	case TEI:
		// The server refuses more than its --max-client-batch-size, 32 by
		// default.
		return dialect{"", "/rerank", "", 32, false, teiRequest, teiScores}, nil
	case Infinity:
		return dialect{"", "/rerank", "", 128, false,
			listRequest("top_n", map[string]any{"return_documents": false}), resultsIn("results")}, nil
	case VLLM:
		// A server that is new enough cuts texts at the model's own length.
		return dialect{"", "/v1/rerank", "", 128, false, listRequest("top_n", map[string]any{truncatesPrompt: -1}), resultsIn("results")}, nil
	}
	names := make([]string, 0, len(Providers()))
	for _, known := range Providers() {
		names = append(names, string(known))
	}
	slices.Sort(names)
	return dialect{}, fmt.Errorf("unknown rerank service %q: use one of %s", p, strings.Join(names, ", "))
}

// listRequest returns the request that most services share. count is the name
// of the field for the number of results, which is set to all.
func listRequest(count string, more map[string]any) func(string, string, []string) map[string]any {
	return func(model, query string, texts []string) map[string]any {
		r := map[string]any{"query": query, "documents": texts, count: len(texts)}
		if model != "" {
			r["model"] = model
		}
		for k, v := range more {
			r[k] = v
		}
		return r
	}
}

func teiRequest(_, query string, texts []string) map[string]any {
	return map[string]any{"query": query, "texts": texts, "raw_scores": false, "return_text": false, "truncate": true}
}

// truncatesPrompt is the field for the number of tokens at which vLLM cuts a
// text; -1 is the model's own limit.
const truncatesPrompt = "truncate_prompt_tokens"

// result is a score as services write it, under one of two names.
type result struct {
	Index     *float64 `json:"index"`
	Relevance *float64 `json:"relevance_score"`
	Score     *float64 `json:"score"`
}

// indexed returns the score with its index. ok is false if one of them is missing.
func (r result) indexed() (one indexed, ok bool) {
	score := r.Relevance
	if score == nil {
		score = r.Score
	}
	if r.Index == nil || score == nil {
		return indexed{}, false
	}
	return indexed{int(*r.Index), *score}, true
}

// resultsIn parses [{"index","relevance_score"}] from a field of the answer.
func resultsIn(field string) func(json.RawMessage) ([]indexed, error) {
	return func(answer json.RawMessage) ([]indexed, error) {
		var object map[string]json.RawMessage
		if err := json.Unmarshal(answer, &object); err != nil {
			return nil, fmt.Errorf("it is not a JSON object: %w", err)
		}
		var list []result
		if err := json.Unmarshal(object[field], &list); err != nil {
			return nil, fmt.Errorf("its field %q: %w", field, err)
		}
		out := make([]indexed, len(list))
		for i, r := range list {
			one, ok := r.indexed()
			if !ok {
				return nil, fmt.Errorf("result %d lacks index or relevance_score", i)
			}
			out[i] = one
		}
		return out, nil
	}
}

func teiScores(answer json.RawMessage) ([]indexed, error) {
	var list []result
	if err := json.Unmarshal(answer, &list); err != nil {
		return nil, fmt.Errorf("it is not a list of scores: %w", err)
	}
	out := make([]indexed, len(list))
	for i, r := range list {
		one, ok := r.indexed()
		if !ok {
			return nil, fmt.Errorf("result %d lacks index or score", i)
		}
		out[i] = one
	}
	return out, nil
}
