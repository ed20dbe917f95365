// Package agent answers a question from documents: the Self-RAG loop, its
// steps, strategies, budget, events, and answers with verified citations.
//
// Shape: an Agent makes a Turn of each question. A Strategy runs the turn by
// calling Steps: typed functions such as RefineQuery or Draft, which also
// serve alone as langchaingo chains (ChainOf). Steps reach the model only
// through a call.Caller (package call), which answers a call that was made before
// from the turn's cache and counts the others against the Budget, so no strategy
// can outspend it. A step of another package is made of Steps.Render, Steps.Write
// and Steps.Grade, under the same budget. What happens is told as typed events in
// one stream, ended by Answered; the command line, a server and a tracer all read
// that stream. Data flows one way:
//
//	question -> plan -> query -> passages -> evidence -> grades -> draft -> grades -> answer
//
// The evidence of each search is found by an EvidenceFinder without the model.
// Extractive answers with it alone, and every abstention quotes the best of it.
//
// The strategies share their parts: Steps.Follow finds the passages of a
// question that takes several sub-questions, along a plan (package multihop),
// merged by score in a pool; judge grades a draft; conclude makes an answer of
// the evidence, or abstains. To add a strategy, write its file and name it in
// Strategies.
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
