// Package serve holds the operations that the service offers over every
// protocol: ask, search, rerank, ingest, collections, sources, sessions and
// feedback.
//
// Shape: a Service itself has no operation. Service.For takes a Grant and
// returns a Scope, and all operations are methods of the Scope. A Grant names
// one tenant and what the caller may do there. A Scope reaches collections only
// through the Library of its tenant. Engine, Ingester and the other interfaces
// only receive collections that came from that Library. Code can therefore not
// search without naming a tenant. The zero Grant allows nothing.
//
//	key -> Grant -> Scope -> Library of the tenant -> Collection -> Engine
//
// The interfaces are declared here and implemented where parts are wired
// (cmd/selfrag). Package httpapi serves HTTP, and package keys holds keys and
// the audit log. MCP and the web page call the same Scope.
//
// While an experiment runs, a question that names no strategy gets the strategy
// of an arm (arms.go). Its answer, trace, metrics and feedback carry the
// assignment (assignment.go).
//
// Uploads are jobs (jobs.go). An acknowledged upload is on disk, under names
// that the service chooses, and survives a restart.
package serve
