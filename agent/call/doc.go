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
// All calls take the same path. The request is first looked up in the cache, so
// identical calls of a turn, even concurrent ones, are made once. The call then
// reserves its part of the budget: the tokens of its prompt and those that it
// may write. So parallel calls cannot outspend the budget together. It runs in
// a span. Afterwards the server's own counts replace the reservation. Text is
// streamed if the caller wants it, without the thoughts of models that reason.
// Fitting leaves out passages that do not fit the model's context.
//
// Grades are token probabilities: one forward pass with one token asked for,
// instead of generated text. Method: Self-RAG (Asai et al., arXiv 2310.11511),
// with its reflection tokens replaced by the labels of a prompt to an ordinary
// instruction model. A model without probabilities writes a label in JSON under
// a schema, with one repair. If that fails, the grade is unknown.
//
// Prompts come rendered, and the agent decides what a reply means. Two packages
// lie below both this package and the agent: agent/internal/span writes spans,
// and agent/internal/stop holds the reasons to end the work of a turn early.
// They are not part of this package because the agent's searches need them too,
// without any call of a model.
package call
