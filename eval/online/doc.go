// Package online compares the arms of an experiment on a server by the logs of
// the server: how people rate the answers, and what these cost in time and
// abstentions.
//
// Shape: a Log reads lines of feedback and of traces (log.go) and joins them by
// answer. Compare takes two arms and compares their units, such as users.
// Everything known about a unit counts once, as a mean, because the answers of
// a unit depend on each other. The statistics are those of package eval for two
// groups.
package online
