// Package langchain makes langchaingo's parts of ours: every strategy and every
// step is a chains.Chain, and a conversation is a schema.Memory.
//
// Shape: Chain and Answers wrap an agent with its strategy, Steps the nine steps
// of the loop, and Of any function of one argument. What goes through a chain's
// map has the Go type that the step has; a value that is missing or of another
// type is an error which names its key. Package agent imports none of this: it
// needs langchaingo's language models, not its chains.
//
// A chain of a step puts its inputs out again beside what it made, because
// langchaingo's sequential chain gives each chain only what the one before it
// put out. So the nine steps, one after the other, are one round of the loop, and
// end in an answer or an abstention. The loop itself, with rounds until an answer
// holds, is composed of them in this package's tests, and answers as
// agent.SelfRAG does. Plans, translated questions, full answers and evidence that
// is quoted as the answer take other steps, and are the strategies' alone.
//
// Options of a call (chains.WithTemperature and so on) have no effect: prompts
// and sampling are the agent's.
package langchain
