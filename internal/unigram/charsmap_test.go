package unigram

import (
	"testing"
)

// A table may say anything: it is looked up within its bounds.
func FuzzCharsMap(f *testing.F) {
	f.Add(charsMapOf(replacements), "e\u0301 ﬁ")
	f.Add(charsMapOf(map[string]string{"a": "b"}), "aa")
	f.Fuzz(func(t *testing.T, encoded, text string) {
		table, err := parseCharsMap(encoded)
		if err != nil {
			return
		}
		for _, m := range table.normal(text) {
			if m.start > m.end || m.end > len(text) {
				t.Fatalf("%q: %v lies outside", text, m)
			}
		}
	})
}
