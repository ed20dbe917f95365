// Package httpapi serves a serve.Service over HTTP: the OpenAI-compatible API
// under /v1, this program's own API under /api/v1, and routes for operators
// (/healthz, /readyz, /metrics). openapi.yaml describes both APIs.
//
// Shape: routes.go lists every route, whether it needs a key, and whether it
// needs a slot. A slot is the permission to work with models. There is a fixed
// number of slots, and a request that needs one waits until one is free.
// Uploads have slots of their own. server.go handles a request in this order:
// give it an id and a log line, check its key (access.go), check its rate and
// wait for a slot (limits.go), call its handler. The handler gets an exchange,
// which holds the request, the writer of the answer and the caller's
// serve.Scope. The handler writes an answer or returns an error. errors.go
// writes the error in the form of the called API.
//
// Chat completions send verified text only. While the agent works, the stream
// carries comments or status events. After that it carries the answer in pieces
// (chatstream.go).
package httpapi
