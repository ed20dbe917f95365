// Package multihop finds the passages of a question that no single search
// finds, because the question takes several sub-questions, each about the
// answer to an earlier one. It searches with the first stage only and asks no
// language model.
//
// Shape: a Plan is a question taken apart into sub-questions, and Parse reads
// one from a model's text. A Finder searches along a plan with a Searcher, in
// two ways. A Path has a passage for each sub-question, and each of its hops
// follows a name in the passage before. A bridge is one hop from the question's
// own best passages and needs no plan. A Pool merges by score what different
// queries find. Progress holds the answers to the sub-questions found so far.
// Data flows one way:
//
//	text -> Parse -> Plan -> Finder.Follow -> paths, bridges -> Pool -> ranking
//	                      -> Progress (Next, Take) -> Draft
//
// A loop asks Plan.Several whether there is anything to take apart, and
// Plan.Chains whether the sub-questions lead from one to the next. It then
// calls Finder.Follow once, and Progress.Next and Progress.Take in turn, until
// Progress.Complete returns true or a sub-question finds no answer.
//
// Method: a beam search over paths of passages, as in multi-hop dense retrieval
// (Xiong et al., arXiv 2009.12756), with the queries of a plan in place of a
// trained query encoder.
package multihop
