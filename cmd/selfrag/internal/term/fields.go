package term

import (
	"fmt"
	"maps"
	"slices"
)

// Fields returns the fields of a document, each as a line of its name and its
// value, in the order of the names.
func Fields(fields map[string]any) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		out = append(out, OneLine(name)+": "+OneLine(fmt.Sprint(fields[name])))
	}
	return out
}
