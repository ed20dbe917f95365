// Package eval measures retrieval and answers on data sets with known
// answers, and compares two ways to answer.
//
// Shape: Load and LoadQA read data sets. The metrics are plain functions:
// over rankings and judgements (metrics.go), over answers (answermetrics.go),
// and by a judge of the caller's (citations.go, ragas.go; package judge asks a
// model). Retrieval runs a searcher over all queries. A Run asks its Arms every
// question and keeps the Outcomes in a Log, which a killed run goes on with;
// Summarise sums up one arm, Compare compares two, with the paired statistics of
// bootstrap.go, permutation.go and power.go, and package report makes a page of
// that; CompareUnpaired compares groups that have nothing in common. Which
// store, embedder, model and strategy are measured is the caller's choice.
package eval
