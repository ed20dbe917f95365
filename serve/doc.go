// Package serve holds what the service does for its callers, whatever protocol
// they speak: ask, search, rerank, ingest, collections, sources, sessions and
// feedback.
//
// Shape: a Service has no operation of its own. Service.For takes a Grant, which
// names one tenant and what the caller may do there, and gives a Scope; all
// operations are methods of the Scope. A Scope reaches collections only through
// the Library of its tenant, and Engine, Ingester and the rest are handed
// collections that came from there. So a query without a tenant cannot be
// written: there is no value to call it on. The zero Grant grants nothing.
//
//	key -> Grant -> Scope -> Library of the tenant -> Collection -> Engine
//
// The interfaces are declared here and implemented where parts are wired
// (cmd/selfrag). HTTP is in httpapi, keys and their audit log in keys; MCP and
// the web page call the same Scope.
//
// While an experiment runs, a question that names no strategy gets that of an arm
// (arms.go), which its answer, its trace, its metrics and its feedback tell
// (assignment.go).
//
// Uploads are jobs (jobs.go): what was acknowledged is on the disk, under names
// of our own, and survives a restart.
package serve
