// Package agent answers a question from documents. It holds the Self-RAG loop
// with its steps, strategies, budget and events, and the answers with verified
// citations.
//
// Shape: an Agent makes a Turn of each question. A Strategy runs the turn by
// calling Steps: typed functions such as RefineQuery or Draft. Steps can also
// be used alone (NewSteps) and as langchaingo chains (package langchain). They
// reach the model only through a call.Caller (package call), which answers a
// repeated call from the turn's cache and counts every other call against the
// Budget. So no strategy can outspend its budget. A step in another package is
// built from Steps.Render, Steps.Write and Steps.Grade, under the same budget.
// A turn reports its progress as one stream of typed events that ends with
// Answered. The command line, the server and the tracer all read that stream.
// Data flows one way:
//
//	question -> query -> passages -> evidence -> draft -> claims -> grades -> answer
//
// A follow-up question is rewritten to be complete in itself (package
// conversation) before a strategy sees it.
//
// An EvidenceFinder finds the evidence of each search without the model. The
// strategy Extractive answers with the evidence alone, and every abstention
// quotes the best of it.
//
// The loop is made of three values. An iteration is one round, from its query
// to its graded draft. The agenda decides what to ask next and when to stop.
// The findings hold what the rounds supported, refused and noted. Every
// strategy takes its rounds from Turn.iterations, so every round is bounded and
// recorded in the same way. The model reads a Reading: passages with the part
// of each that it is shown.
//
// The strategies share their parts. answerFrom drafts and judges an answer.
// Steps.FollowPlan finds the passages of a question that takes several
// sub-questions, along a plan (package multihop), and merges them by score in a
// pool. conclude makes an answer from the findings, quotes strong evidence, or
// abstains. To add a strategy, write its file and list it in Strategies.
//
// The model does what small models are good at, and code does the rest. A model
// takes a question apart and drafts. The way from hop to hop is found by trying
// the names in the passages one by one, because a model that reads the passages
// errs more often. Code refuses sentences whose numbers, names or words their
// passages lack. It also assembles the text and the citations of the answer
// from supported sentences (package claim), so nothing unchecked from the model
// reaches the answer.
//
// Method: Self-RAG (Asai et al., arXiv 2310.11511), with its reflection tokens
// replaced by token probabilities of an ordinary instruction model.
package agent
