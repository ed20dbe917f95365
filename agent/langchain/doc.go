// Package langchain adapts the agent to langchaingo: every strategy and every
// step is a chains.Chain, and a conversation is a schema.Memory.
//
// Shape: Chain and Answers wrap an agent with its strategy, Steps wraps the
// nine steps of the loop, and Of wraps any function of one argument. A value in
// a chain's map has the Go type that the step takes or returns. A missing
// value, or a value of another type, is an error that names the key. Package
// agent does not import this package, because it needs only the language models
// of langchaingo and not the chains.
//
// The chain of a step returns its inputs together with its output, because
// langchaingo's sequential chain passes only the outputs of one chain to the
// next. So the nine steps in sequence are one round of the loop, and end in an
// answer or an abstention. The tests of this package build the whole loop from
// these steps, with further rounds until an answer is supported. That loop
// gives the same answers as agent.SelfRAG. Plans, translated questions, full
// answers and quoted evidence need other steps, which only the strategies have.
//
// Options of a call (chains.WithTemperature and so on) have no effect, because
// the agent sets prompts and sampling.
package langchain
