package content

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"selfrag/retrieval"
)

// OwnMetadata returns the metadata of the whole document: that of the file, and
// where the text is hidden.
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

// FreeKey returns a key for metadata of a file: the key as the file has it, with
// an underscore behind it if IsTaken.
func FreeKey(key string) string {
	if IsTaken(key) {
		return key + "_"
	}
	return key
}

// IsTaken reports whether a key of metadata means something else: filters read
// the passage's own field of that name, or searches act on the key.
func IsTaken(key string) bool {
	return slices.Contains([]string{
		"id", "document", "source", "title", // fields of a passage, see retrieval.Filter
		SplitKey, retrieval.Places, retrieval.HiddenSpans, retrieval.ParentStart, retrieval.ParentEnd, retrieval.Places,
	}, key)
}

// Number returns a number of a file as metadata: a float64 if that is the same
// number, else the text as written. Ids above 2^53 would become each other.
func Number(written string) any {
	const exact = 1 << 53 // the integers below are float64s
	n, err := strconv.ParseFloat(written, 64)
	if err != nil || math.Abs(n) >= exact && !strings.ContainsAny(written, ".eE") {
		return written
	}
	return n
}
