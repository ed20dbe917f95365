//go:build !race

package trace_test

// slowed is a factor for time limits without the race detector.
const slowed = 1
