// Package langfuse is a client of Langfuse's REST API.
//
// Shape: there is one Client for a project. It authenticates, sends JSON, and
// repeats requests that are safe to repeat after 429, 5xx and broken
// connections. Each resource of the API has a file of its own.
package langfuse
