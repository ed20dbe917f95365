// Package claim finds out whether passages say what a sentence claims, as far
// as code can: it needs no model, no context and no clock.
//
// Shape: Parse makes sentences with citations of what a model wrote; Check
// compares one sentence with the passages that it cites and gives a Verdict,
// which names the Rule and the fact that refute it; Compose makes an answer's
// text of sentences, with verbatim quotes and their offsets. Data flows one way:
//
//	text -> Parse -> Sentence -> Check -> Verdict
//	                          -> Compose -> text and Citations
//
// Code refutes only; that nothing refutes a sentence is no proof. Whether the
// passages support it is left to a model. To add a rule, give it a name in
// Rules, a case in Check and words in Verdict.Because, and write claims that it
// refutes and claims that it must not into testdata.
package claim
