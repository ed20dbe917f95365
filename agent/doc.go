// Package agent answers a question from documents: the Self-RAG loop, its
// steps, strategies, budget, events, and answers with verified citations.
//
// Shape: an Agent makes a Turn of each question. A Strategy (SelfRAG,
// TwoStage) runs the turn by calling Steps: typed functions such as
// RefineQuery or Draft, which also serve alone as langchaingo chains
// (ChainOf). Steps reach the model only through a meter, which counts calls
// and tokens against the Budget, so no strategy can outspend it. What happens
// is told as typed events in one stream, ended by Answered; the command line,
// a server and a tracer all read that stream. Data flows one way:
//
//	question -> query -> passages -> grades -> draft -> grades -> answer
//
// The answer's text and citations are assembled by code from supported
// sentences (answer.go, cite.go), never taken over from the model unchecked.
//
// Method: Self-RAG (Asai et al., arXiv 2310.11511), with its reflection
// tokens replaced by token probabilities of an ordinary instruction model.
package agent
