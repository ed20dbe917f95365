package content

import (
	"maps"
	"math"
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
// name of the field, with an underscore after it if the name is taken.
func FreeKey(key string) string {
	if retrieval.IsTaken(key) {
		return key + "_"
	}
	return key
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
