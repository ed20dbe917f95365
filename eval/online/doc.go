// Package online compares the arms of an experiment that runs on a server, by
// what the server logged: what people think of the answers, and what these cost
// in time and abstentions.
//
// Shape: a Log reads the lines of feedback and of traces (log.go) and joins
// them by answer. Compare takes two of its arms and compares the units that they
// were assigned to, such as users: all that is known of one unit counts once,
// as its mean, since a unit's answers depend on each other. The statistics are
// those of package eval for two groups.
package online
