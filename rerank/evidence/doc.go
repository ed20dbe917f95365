// Package evidence chooses the sentences and table rows that may answer a
// question, and estimates how likely they do, without a language model. The
// literature calls this sentence selection or extractive compression.
//
// Shape: Finder.Find takes a question and the passages that a search found, and
// returns Found: sentences, best first, each verbatim with its offsets, its
// signals and P(answers), and three figures about the whole question. Data
// flows one way:
//
//	passages -> cut -> pieces -> signals (words, tokens, kind) -> curve -> Found
//
// A signal is a number about one piece: how many of the question's words it
// holds, how near its tokens are to the question's, whether it holds the kind
// of thing that the question asks for. A curve, fitted by Fit on judged
// questions, turns the signals into a probability. To add a signal, give it a
// name and a field in Signals, compute it, and fit the curves anew with selfrag
// calibrate.
//
// Compressor turns the sentences into langchaingo documents, for a
// rerank.CompressionRetriever.
//
// The tokens of a passage come from one pass of the encoder. With late.Kept
// around the encoder, reranking by late interaction and evidence share that
// pass.
package evidence
