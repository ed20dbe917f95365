// Package langfuse is a client of Langfuse's REST API.
//
// Shape: a Client belongs to one project. It authenticates, sends JSON, and
// after 429, 5xx and broken connections retries requests that are safe to
// repeat. Each resource of the API has a file of its own.
package langfuse
