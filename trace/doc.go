// Package trace sends the spans of turns to Langfuse, to any OpenTelemetry
// endpoint or into a file, and the scores of turns to Langfuse.
//
// The agent and the retriever make spans with the OpenTelemetry API only.
// Attributes have the names of OpenInference (openinference.span.kind,
// input.value, output.value, llm.*) and of OpenTelemetry's conventions for
// generative AI (gen_ai.*), or names with the prefix "selfrag." if those have
// none. This package is the only one that knows Langfuse's names for them.
//
// Shape: New returns a Tracing, whose Tracer goes into agent.Config. Labels,
// such as the session, come through the context (With) and are set on every
// span of a turn. An ended span goes into a bounded queue for each destination,
// without waiting. Behind each queue one goroutine masks and cuts the content
// of the spans, renames their attributes for the destination, and sends them in
// batches. Close sends the rest within a time limit. Drops lists what did not
// arrive, and why.
package trace
