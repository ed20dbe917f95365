// Package agent answers a question from documents: the Self-RAG loop, its
// steps, strategies, budget, events, and answers with verified citations.
//
// Shape: an Agent makes a Turn of each question. A Strategy runs the turn by
// calling Steps: typed functions such as RefineQuery or Draft, which also
// serve alone (NewSteps) and as langchaingo chains (package langchain). Steps
// reach the model only through a call.Caller (package call), which answers a call
// that was made before from the turn's cache and counts the others against the
// Budget, so no strategy can outspend it. A step of another package is made of
// Steps.Render, Steps.Write and Steps.Grade, under the same budget. What happens
// is told as typed events in one stream, ended by Answered; the command line, a
// server and a tracer all read that stream. Data flows one way:
//
//	question -> query -> passages -> evidence -> draft -> claims -> grades -> answer
//
// A follow-up question is made complete in itself (package conversation) before a
// strategy sees it.
//
// The evidence of each search is found by an EvidenceFinder without the model.
// Extractive answers with it alone, and every abstention quotes the best of it.
//
// The loop is made of three values: an iteration is one round, from its query to
// its graded draft; the agenda says what to ask next, and why to stop; findings are
// what the rounds supported, refused and noted. Every strategy takes its rounds from
// Turn.iterations, so each is bounded and recorded alike. A model reads a Reading:
// passages, and of each what it is shown.
//
// The strategies share their parts: answerFrom drafts and judges; Steps.Follow
// finds the passages of a question that takes several sub-questions, along a plan
// (package multihop), merged by score in a pool; conclude makes an answer of the
// findings, quotes strong evidence, or abstains. To add a strategy, write its file
// and name it in Strategies.
//
// The model is used where small models are good, code where code is surer. A
// model takes a question apart and drafts; names in the passages, tried one by
// one, find the way from hop to hop (a model that reads the passages errs more
// often); code refuses sentences whose numbers, names or words their passages
// lack, and assembles the answer's text and citations from supported sentences
// (package claim), never unchecked from the model.
//
// Method: Self-RAG (Asai et al., arXiv 2310.11511), with its reflection
// tokens replaced by token probabilities of an ordinary instruction model.
package agent
