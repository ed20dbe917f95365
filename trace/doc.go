// Package trace sends the spans of turns to Langfuse, to any OpenTelemetry
// endpoint, or into a file, and the scores of turns to Langfuse.
//
// The agent and the retriever make spans with the OpenTelemetry API alone, by
// the names of OpenInference (openinference.span.kind, input.value,
// output.value, llm.*), of OpenTelemetry's conventions for generative AI
// (gen_ai.*), and "selfrag." for what those have no name for. This package is
// the only one that knows how Langfuse calls the same.
//
// Shape: New makes a Tracing, whose Tracer goes into agent.Config. Labels,
// such as the session, come through the context (With) onto every span of a
// turn. An ended span goes into one bounded queue for each destination and
// never waits. Behind each queue one goroutine masks and cuts what the spans
// hold, names it as the destination does, and sends it in batches. Close sends
// what is left, within a time limit; Drops tells what did not arrive, and why.
package trace
