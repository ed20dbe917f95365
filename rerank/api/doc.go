// Package api reranks by a service: Cohere, Jina, Voyage, or a server of your
// own that speaks the rerank request of Text Embeddings Inference, infinity or
// vLLM.
//
// Shape: a Provider knows one vendor's request and answer (providers.go);
// Reranker cuts passages into batches, sends them through internal/httpjson,
// which retries and keeps keys out of errors, and puts the scores back
// (api.go). Scores of one model are comparable between batches, since each
// pair is scored by itself.
package api
