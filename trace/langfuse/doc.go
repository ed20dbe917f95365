// Package langfuse is a client of Langfuse's REST API.
//
// Shape: one Client a project; it authenticates, sends JSON, and repeats what
// is safe to repeat after 429, 5xx and broken connections. Each resource of
// the API is a file over it.
package langfuse
