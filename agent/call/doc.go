// Package call makes the calls of the language model. Each call stays within a
// budget, and a repeated call is answered from the turn's cache.
//
// A Caller is the only way from the agent to the model. One is made for each
// turn:
//
//	c := call.New(call.Config{Model: model, Calls: 20})
//	text, err := c.Write(ctx, prompt, 64)       // free text, at most 64 tokens
//	probs, ok, err := c.Judge(ctx, labelled)    // the probability of each label
//
// All calls go through the same steps. The request is first looked up in the
// cache, so identical calls of a turn, even concurrent ones, are made once. The
// call then reserves the tokens of its prompt and the tokens that the model may
// write. Because of this reservation, parallel calls together cannot exceed the
// budget. The call is recorded in a trace span. Afterwards the token counts of
// the server replace the reservation. Text is streamed if the caller wants
// that. The thoughts of reasoning models are left out. Fitting leaves out
// passages that do not fit the model's context.
//
// A grade is the probability of a token. It takes one forward pass of the model
// and no generated text. Method: Self-RAG (Asai et al., arXiv 2310.11511), with
// its reflection tokens replaced by the labels of a prompt to an ordinary
// instruction model. A model that does not return probabilities writes a label
// in JSON under a schema. If the JSON is wrong, the model is asked once to
// repair it. If that fails too, the grade is unknown.
//
// The agent renders the prompts and interprets the replies. Two packages are
// imported by both this package and the agent: agent/internal/span writes
// spans, and agent/internal/stop holds the reasons to end the work of a turn
// early. The two packages are not part of this package, because the agent also
// needs them for searches, which call no model.
package call
