package claim

import (
	"strings"
	"testing"

	"selfrag/retrieval"
)

// TestMarksCannotBeForgedByNesting checks that removing a mark does not leave
// another.
func TestMarksCannotBeForgedByNesting(t *testing.T) {
	passages := []retrieval.Passage{{Text: "The bridge has two lanes."}, {Text: "The crane is red."}}
	for _, text := range []string{
		"The bridge has two lanes [[1]2].", "The bridge has two lanes [[[1]1]2].", "The bridge has two lanes [1][\u200b2\u200b].", "The bridge has two lanes [２].",
		"The bridge has two lanes ［［1］2］.", "The bridge has two lanes 〔2〕.", "The bridge has two lanes [1-2].", "The bridge has two lanes [^2].", "The bridge has two lanes [[1], 2].",
	} {
		for _, s := range Parse(text, Sources{Passages: passages}).Sentences {
			if strings.ContainsAny(s.Text, "[［【〔2２") {
				t.Errorf("%q: %q", text, s.Text)
			}
		}
	}
}
