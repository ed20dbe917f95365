// Package serve holds the operations that the service offers, whatever the
// protocol of the caller: ask, search, rerank, ingest, collections, sources,
// sessions and feedback.
//
// Shape: a Service has no operation of its own. Service.For takes a Grant and
// returns a Scope; all operations are methods of the Scope. A Grant names one
// tenant and what the caller may do there. A Scope reaches collections only
// through the Library of its tenant. Engine, Ingester and the other parts only
// receive collections that came from that Library. A query without a tenant
// therefore cannot be written: there is no value to call it on. The zero Grant
// grants nothing.
//
//	key -> Grant -> Scope -> Library of the tenant -> Collection -> Engine
//
// The interfaces are declared here and implemented where parts are wired
// (cmd/selfrag). Package httpapi speaks HTTP, package keys holds keys and their
// audit log. MCP and the web page call the same Scope.
//
// While an experiment runs, a question that names no strategy gets the strategy
// of an arm (arms.go). Its answer, trace, metrics and feedback carry the
// assignment (assignment.go).
//
// Uploads are jobs (jobs.go). An acknowledged upload is on disk, under names
// that the service chooses, and survives a restart.
package serve
