// Package eval measures retrieval and answers on data sets with known
// answers.
//
// Shape: Load reads a data set in BEIR layout; the metrics are plain
// functions over ranked ids and judgements; Retrieval runs a searcher over
// all queries and averages the metrics. Which store, embedder and reranker
// are measured is the caller's choice.
package eval
