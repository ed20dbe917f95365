// Package httpapi serves a serve.Service over HTTP: the OpenAI-compatible API
// under /v1, our own under /api/v1, as openapi.yaml describes both, and what
// operators need (/healthz, /readyz, /metrics).
//
// Shape: routes.go lists every route with what it needs and costs. A request
// goes through the layers of server.go in order: its id and log line, its key
// (access.go), its rate and a slot (limits.go), then its handler, which gets an
// exchange with the caller's serve.Scope and writes an answer or returns an
// error. errors.go writes errors in the form of the API that was called.
//
// Only verified text leaves in chat completions: while the agent works, the
// stream has comments or status events, and then the answer in pieces
// (chatstream.go).
package httpapi
