//go:build !race

package trace_test

// slowed is how much longer what is timed may take than in the program.
const slowed = 1
