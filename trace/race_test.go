//go:build race

package trace_test

// slowed is a factor for time limits under the race detector.
const slowed = 5
