// Package online compares the arms of an experiment on a server, from the logs
// of the server. It compares how people rate the answers, how long answers
// take, and how often the agent abstains.
//
// Shape: a Log reads lines of feedback and of traces (log.go) and joins them by
// answer. Compare compares two arms. A unit, such as a user, gets all its
// answers from one arm. Compare uses the mean over the answers of each unit as
// one value, because the answers of a unit are not independent. The statistics
// are in package eval (Unpaired).
package online
