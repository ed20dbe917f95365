// Package metrics counts what the agent and the search do, for Prometheus. It
// needs no server: it writes a file in Prometheus' text format, or serves an
// HTTP handler.
//
// Shape: a Metrics has a registry of its own. Follow wraps the event stream of
// a turn and passes each event on unchanged. Searched counts the result of a
// search outside a turn. Queue watches a queue. The other packages know nothing
// of the counting. A nil Metrics counts nothing, so callers need no check for
// nil.
//
// The number of values of every label is bounded: beyond a fixed number, new
// values are counted as "other". No question, passage or user name is ever a
// label.
package metrics
