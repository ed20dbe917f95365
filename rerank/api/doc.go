// Package api reranks with a service: Cohere, Jina, Voyage, or a server of your
// own that implements the rerank request of Text Embeddings Inference, infinity
// or vLLM.
//
// Shape: a Provider knows the requests and answers of one vendor
// (providers.go). Reranker splits the passages into batches, sends them through
// internal/httpjson, which retries and keeps keys out of errors, and collects
// the scores (api.go). The scores of a model are comparable between batches
// because each pair is scored by itself.
package api
