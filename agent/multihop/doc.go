// Package multihop finds the passages for a question that takes several
// look-ups. No single search finds these passages, because a later look-up is
// about the answer to an earlier one. Here a look-up is called a sub-question.
// The package searches with the first stage only and asks no language model.
//
// Shape: a Plan is a question taken apart into sub-questions, and Parse reads
// one from a model's text. A Finder searches along a plan with a Searcher, in
// two ways. A Path holds a passage for each sub-question, found with a name
// from an earlier passage. A bridge leads from one of the best passages for the
// question to a related passage, and needs no plan. A Pool merges the passages
// of different queries by score. Progress holds the answers to sub-questions
// found so far. Data flows one way:
//
//	text -> Parse -> Plan -> Finder.Follow -> paths, bridges -> Pool -> ranking
//	                      -> Progress (Next, Take) -> Draft
//
// A strategy first calls Plan.Several, which returns nil if fewer than two
// sub-questions have to be searched for, and Plan.Chains, which reports whether
// the sub-questions build on each other. The strategy then calls Finder.Follow
// once, and Progress.Next and Progress.Take in turn, until Progress.Complete
// returns true or a sub-question finds no answer.
//
// Method: a beam search over paths of passages, as in multi-hop dense retrieval
// (Xiong et al., arXiv 2009.12756), with the queries of a plan in place of a
// trained query encoder.
package multihop
