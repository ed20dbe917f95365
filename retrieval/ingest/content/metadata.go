package content

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"selfrag/retrieval"
)

// OwnMetadata returns the metadata of the whole document: what the file says about
// itself, and where the text is hidden.
func (c Content) OwnMetadata() map[string]any {
	hidden := HiddenMetadata(c.Hidden)
	if c.Metadata == nil {
		return hidden
	}
	out := maps.Clone(c.Metadata)
	maps.Copy(out, hidden)
	return out
}

// SplitKey is the key of a document's metadata that says how it was read and
// split.
const SplitKey = "split"

// FreeKey returns the key under which a field of a file is kept as metadata: the
// name of the field, with an underscore after it if IsTaken.
func FreeKey(key string) string {
	if IsTaken(key) {
		return key + "_"
	}
	return key
}

// IsTaken reports whether a key of metadata has a meaning of its own, so that a
// file may not use it: a filter takes it for a field of the passage, such as
// "source", or the program sets it itself.
func IsTaken(key string) bool {
	return slices.Contains([]string{
		"id", "document", "source", "title", // fields of a passage, see retrieval.Filter
		SplitKey, retrieval.Places, retrieval.HiddenSpans, retrieval.ParentStart, retrieval.ParentEnd, retrieval.Places,
	}, key)
}

// Number returns a number in a file as a value of metadata: a float64, or the text
// as written if a float64 is not exact. Otherwise different ids above 2^53 would
// become equal.
func Number(written string) any {
	const exact = 1 << 53 // each integer below is exact as a float64
	n, err := strconv.ParseFloat(written, 64)
	if err != nil || math.Abs(n) >= exact && !strings.ContainsAny(written, ".eE") {
		return written
	}
	return n
}
