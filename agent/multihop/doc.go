// Package multihop finds the passages of a question that no single search
// finds, because it takes several sub-questions, each about what an earlier one
// finds out. It searches by the first stage alone and asks no language model.
//
// Shape: a Plan is a question taken apart into sub-questions; Parse reads one
// from what a model wrote. A Finder searches along it by a Searcher, in two
// ways: a Path has a passage for each sub-question, and each of its hops goes by
// a name in the passage before; a bridge is one hop from the question's own best
// passages, without a plan. A Pool merges what different queries find, by score.
// Progress holds the answers to the sub-questions as they are found out. Data
// flows one way:
//
//	text -> Parse -> Plan -> Finder.Follow -> paths, bridges -> Pool -> ranking
//	                      -> Progress (Next, Take) -> Draft
//
// A loop asks Plan.Several whether there is anything to take apart and
// Plan.Chains whether its sub-questions lead from one to the next. It then calls
// Finder.Follow once, and Progress.Next and Progress.Take in turn, until
// Progress.Complete or until a sub-question finds no answer.
//
// Method: a beam search over paths of passages, as in multi-hop dense retrieval
// (Xiong et al., arXiv 2009.12756), with a plan's queries in place of a trained
// query encoder.
package multihop
