// Package retrieval finds the passages of a collection that may answer a query.
//
// Shape: Passage is the one passage type of the program. TwoStage runs the
// first stage (dense and lexical search through a Store, fused into k1
// candidates) and the second stage (a Reranker keeps the best k2). Store,
// Embedder and Reranker are declared here, by their consumer, and implemented
// by the packages below (sqlite, embed) and by rerank. Data flows one way:
// query -> vector -> candidates -> fused -> reranked -> Result.
//
// schema.Document of langchaingo appears only in langchain.go and vectorstore.go.
package retrieval
