package main

import (
	"os"
	"strconv"
)

// loadOf reads a size of the load from the environment: make soak-serve sets
// the long form.
func loadOf(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}
