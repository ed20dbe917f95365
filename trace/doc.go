// Package trace sends the spans of turns to Langfuse, to any OpenTelemetry
// endpoint, or into a file, and the scores of turns to Langfuse.
//
// The agent and the retriever make spans with the OpenTelemetry API only. Their
// attributes have the names of OpenInference (openinference.span.kind,
// input.value, output.value, llm.*) and of OpenTelemetry's conventions for
// generative AI (gen_ai.*), and begin with "selfrag." where those have no name.
// Only this package knows Langfuse's names for them.
//
// Shape: New returns a Tracing, whose Tracer goes into agent.Config. Labels,
// such as the session, come through the context (With) and are set on every
// span of a turn. An ended span is added to one bounded queue per destination
// without waiting. Behind each queue, one goroutine masks and cuts the content
// of the spans, converts names to those of the destination, and sends batches.
// Close sends what is left, within a time limit. Drops reports what did not
// arrive, and why.
package trace
