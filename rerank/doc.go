// Package rerank brings second-stage rerankers to any retriever.
//
// Shape: a reranker is a retrieval.Reranker; each kind has a package of its own
// below this one. Inside the program retrieval.TwoStage runs them. Compressor
// runs them over a langchaingo schema.Retriever of someone else's: retriever ->
// documents -> reranker -> the best few documents.
package rerank
