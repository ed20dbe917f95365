// Package httpapi serves a serve.Service over HTTP: the OpenAI-compatible API
// under /v1, our own API under /api/v1, and routes for operators (/healthz,
// /readyz, /metrics). openapi.yaml describes both APIs.
//
// Shape: routes.go lists every route with its need and its cost. A request
// passes the layers of server.go in order: its id and log line, its key
// (access.go), its rate and its slot (limits.go), then its handler. The handler
// gets an exchange with the caller's serve.Scope, and writes an answer or
// returns an error. errors.go writes errors in the form of the called API.
//
// Chat completions send verified text only. While the agent works, the stream
// carries comments or status events; then it carries the answer in pieces
// (chatstream.go).
package httpapi
