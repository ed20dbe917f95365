// Package questions makes data sets of questions from documents, for people who
// have documents of their own and no labelled questions about them.
//
// Shape: a Maker takes a Corpus and returns Questions of three kinds: questions
// of one look-up, questions of two look-ups (over two documents that share a
// name), and questions that the documents do not answer. Data flows one way:
//
//	passages -> Corpus -> candidate (a sentence and a value in it) -> question -> filter -> Question
//
// A candidate's answer is always a verbatim span of its sentence. A language
// model, if there is one, only writes the question; without one, code turns the
// sentence into a question (korean.go, english.go, row.go). Code checks both,
// and evidence must find the answer in the gold passage and nowhere else
// (filter.go).
//
// File is a data set under review: each question is kept, edited or dropped.
// FromFeedback makes a data set from the thumbs on a server's answers. All of
// them write lines that eval.LoadQA reads.
package questions
