// Package evidence chooses the sentences and table rows that may answer a
// question, and says how likely they do, without a language model. The field
// calls it sentence selection, or extractive compression.
//
// Shape: Finder.Find takes a question with the passages that a search found and
// gives Found: sentences, best first, each verbatim with its offsets, its signals
// and P(answers), and three figures about the question as a whole. Data flows
// one way:
//
//	passages -> cut -> pieces -> signals (words, tokens, kind) -> curve -> Found
//
// A signal is a number that says something about one piece: how many of the
// question's words it holds, how near its tokens are to the question's, whether
// it holds the kind of thing that is asked for. A curve, fitted by Fit on judged
// questions, makes a probability of them. To add a signal, give it a name and a
// field in Signals, compute it, and fit the curves anew with selfrag calibrate.
//
// Compressor makes langchaingo documents of the sentences, for a
// rerank.CompressionRetriever.
//
// The tokens of a passage come from one pass of the encoder. Kept around an
// encoder makes reranking by late interaction and evidence share that pass.
package evidence
