// Package metrics counts what the agent and the search do, for Prometheus:
// without any server, in a file of its text format or behind an HTTP handler.
//
// Shape: a Metrics has a registry of its own. Follow wraps the event stream of
// a turn and hands each event on as it is; Searched takes the result of a
// search that no agent made; Queue watches a queue. Nothing else of the program
// knows that it is counted. A nil Metrics counts nothing, so callers need not
// ask whether there is one.
//
// The values of every label are bounded: beyond a fixed number of them, new
// ones are counted as "other". No question, passage or name of a user is ever a
// label.
package metrics
