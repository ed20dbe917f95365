// Package rerank adds second-stage rerankers and evidence to any retriever.
//
// Shape: a reranker is a retrieval.Reranker, and each kind has a package of its
// own below this one. Inside the program, retrieval.TwoStage runs them.
// CompressionRetriever runs them over any langchaingo schema.Retriever:
// retriever -> documents -> DocumentCompressor -> the best few documents
// (Compressor, with a reranker) or their best sentences (evidence.Compressor).
package rerank
