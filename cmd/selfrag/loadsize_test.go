package main

import (
	"os"
	"strconv"
)

// loadOf returns a size of the load from the environment, or otherwise if it is
// not set. make soak-serve sets larger sizes.
func loadOf(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}
