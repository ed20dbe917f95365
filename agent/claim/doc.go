// Package claim checks in code whether passages say what a sentence claims. It
// needs no model, no context and no clock.
//
// Shape: Parse splits a model's text into sentences with citations. Check
// compares one sentence with the passages that it cites and returns a Verdict
// with the Rule and the fact that refute it. Compose builds the text of an
// answer from sentences, with verbatim quotes and their offsets. Data flows one
// way:
//
//	text -> Parse -> Sentence -> Check -> Verdict
//	                          -> Compose -> text and Citations
//
// Code can only refute a sentence; a sentence that nothing refutes is not
// proven. Whether the passages support it is left to a model. To add a rule,
// give it a name in Rules, a case in Check and words in Verdict.Because, and
// add claims to testdata that it refutes and claims that it must not refute.
package claim
