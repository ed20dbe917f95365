//go:build race

package trace_test

// slowed is how much longer the race detector may make what is timed.
const slowed = 5
