// Package retrieval finds the passages of a collection that may answer a query.
//
// Shape: Passage is the one passage type of the program. TwoStage runs two
// stages. The first stage searches a Store by vectors and by words and fuses
// the results into k1 candidates. In the second stage a Reranker keeps the best
// k2. Store, Embedder and Reranker are declared here, by their consumer, and
// implemented by the packages below (sqlite, embed) and by rerank. Data flows
// one way: query -> vector -> candidates -> fused -> reranked -> Result.
//
// schema.Document of langchaingo appears only in langchain.go and vectorstore.go.
package retrieval
