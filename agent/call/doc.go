// Package call makes the calls of the language model: one call, within a budget,
// answered from the turn's cache where it was made before.
//
// A Caller is the only way from the agent to the model. It is made for one turn:
//
//	c := call.New(call.Config{Model: model, Calls: 20})
//	text, err := c.Write(ctx, prompt, 64)       // free text, at most 64 tokens
//	probs, ok, err := c.Judge(ctx, labelled)    // the probability of each label
//
// Each call goes the same way. The request is looked up in the cache, so that
// identical calls of a turn, even at the same time, are made once. It takes its
// part of the budget before it begins: the tokens that its prompt has and those
// that it may write are reserved, so that calls side by side cannot outspend the
// budget together. It runs as a span. What the server counted then takes the place
// of what was reserved. Text is streamed where somebody reads it, without the
// thoughts of models that reason. Fitting leaves passages out of a prompt that the
// model's context has no room for.
//
// Grades are token probabilities: one forward pass with one token asked for,
// instead of generated text. Method: Self-RAG (Asai et al., arXiv 2310.11511), with
// its reflection tokens replaced by the labels of a prompt to an ordinary
// instruction model. A model that gives no probabilities writes a label in JSON
// under a schema, with one repair; where that fails, the grade is unknown.
//
// Prompts come rendered, and what a reply means is the agent's to say. Two packages lie below it and the agent
// both: agent/internal/span writes spans, and agent/internal/stop has the reasons
// for which a turn's work ends early. The searches of the agent need the two
// without any call of a model, so they are not part of this package.
package call
