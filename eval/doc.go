// Package eval measures retrieval and answers on data sets with known answers,
// and compares two ways to answer, which it calls arms.
//
// Shape: Load and LoadQA read data sets. The metrics are plain functions: over
// rankings and judgements (metrics.go), over answers (answermetrics.go), and
// with a judge that the caller provides (citations.go, ragas.go; package judge
// asks a model). Retrieval measures a search on all queries. A Run asks its
// Arms every question and keeps the Outcomes in a Log, so that an interrupted
// run can be resumed. Summarise sums up one arm. Compare compares two, with the
// paired statistics of bootstrap.go, permutation.go and power.go, and package
// report writes the result as a page. CompareUnpaired compares independent
// groups. The caller chooses the store, embedder, model and strategy to
// measure.
package eval
