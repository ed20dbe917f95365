// Package agent answers a question from documents. It holds the Self-RAG loop
// with its steps, strategies, budget and events, and the answers with verified
// citations.
//
// Shape: an Agent makes a Turn of each question. A Strategy runs the turn by
// calling Steps: typed functions such as RefineQuery or Draft. Steps can also
// be used alone (NewSteps) and as langchaingo chains (package langchain). Steps
// reach the model only through a call.Caller (package call), which answers a
// repeated call from the turn's cache and counts every other call against the
// Budget. So no strategy can exceed its budget. A step in another package is
// built from Steps.Render, Steps.Write and Steps.Grade, which count against the
// same budget. A turn reports its progress as one stream of typed events that
// ends with Answered. The command line, the server and the tracer all read that
// stream. Data flows one way:
//
//	question -> query -> passages -> evidence -> draft -> claims -> grades -> answer
//
// A follow-up question is rewritten to be complete in itself (package
// conversation) before a strategy sees it.
//
// Evidence is the sentences of the found passages that may answer the question.
// An EvidenceFinder finds these sentences after each search, without the model.
// The strategy Extractive answers with evidence alone, and every abstention
// quotes the best evidence. A question that asks for more than a fact is
// answered from whole sections (package reading). Without a model or with a
// small one, the sections themselves are the answer (package quote).
//
// The loop is made of three values. An iteration is one round, from its query
// to its graded draft. The agenda chooses what the next round searches for, and
// decides when to stop. The findings hold the supported sentences, the refused
// drafts and the notes of all rounds. Every strategy takes its rounds from
// Turn.iterations, so every round is limited and recorded in the same way. The
// text that the model reads is a Reading, which holds passages and the part of
// each that the model is shown.
//
// The strategies share code. answerFrom drafts and judges an answer.
// Steps.FollowPlan is for a question that takes several look-ups. It asks the
// model for a plan of the look-ups, searches for each look-up (package
// multihop), and merges the passages by score. conclude makes an answer from
// the findings, quotes strong evidence, or abstains. To add a strategy, write
// its file and list it in Strategies.
//
// The model does what small models are good at, and code does the rest. The
// model makes plans and writes drafts. To find the passages for a plan, code
// tries the names in the passages one by one, because a model that reads the
// passages chooses the wrong name more often. Code refuses sentences with
// numbers, names or words that the cited passages lack. It also assembles the
// text and the citations of the answer from supported sentences (package
// claim), so nothing unchecked from the model reaches the answer.
//
// Method: Self-RAG (Asai et al., arXiv 2310.11511), with its reflection tokens
// replaced by token probabilities of an ordinary instruction model.
package agent
