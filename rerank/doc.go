// Package rerank brings second-stage rerankers and evidence to any retriever.
//
// Shape: a reranker is a retrieval.Reranker; each kind has a package of its own
// below this one. Inside the program retrieval.TwoStage runs them.
// CompressionRetriever runs them over a langchaingo schema.Retriever of someone
// else's: retriever -> documents -> DocumentCompressor -> the best few documents
// (Compressor, of a reranker) or their best sentences (evidence.Compressor).
package rerank
