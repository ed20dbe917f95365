package ingest

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"selfrag/retrieval"
)

// freeKey is a key of a document's own metadata, with an underscore behind it
// where the name means something else: filters read the passage's own field of
// that name, and searches act on these keys.
func freeKey(key string) string {
	if isTaken(key) {
		return key + "_"
	}
	return key
}

func isTaken(key string) bool {
	return slices.Contains([]string{
		"id", "document", "source", "title", // fields of a passage, see retrieval.Filter
		splitKey, retrieval.Places, retrieval.HiddenSpans, retrieval.ParentStart, retrieval.ParentEnd, retrieval.Places,
	}, key)
}

// number is a number of a file as metadata: a float64 if that is the same
// number, else the text as written. Ids above 2^53 would become each other.
func number(written string) any {
	const exact = 1 << 53 // the integers below are float64s
	n, err := strconv.ParseFloat(written, 64)
	if err != nil || math.Abs(n) >= exact && !strings.ContainsAny(written, ".eE") {
		return written
	}
	return n
}
