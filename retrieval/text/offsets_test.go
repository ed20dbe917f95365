package text

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestOffsetsSliceByRunes(t *testing.T) {
	const seed = 5
	random := rand.New(rand.NewPCG(seed, seed))
	for name, s := range map[string]string{
		"empty": "", "one": "가", "ASCII": strings.Repeat("plain words ", 500), "mixed": strings.Repeat("연차 5 days 🌊 é\n", 700),
		"broken": strings.Repeat("a\xffb\xec", 800), "one step": strings.Repeat("x", offsetStep), "a step and one": strings.Repeat("é", offsetStep+1),
	} {
		o, runes := NewOffsets(s), []rune(s)
		if o.Len() != len(runes) {
			t.Fatalf("%s: %d runes, not %d", name, o.Len(), len(runes))
		}
		for range 300 {
			start := random.IntN(len(runes) + 1)
			end := start + random.IntN(len(runes)-start+1)
			if got, want := []rune(o.Slice(start, end)), runes[start:end]; string(got) != string(want) {
				t.Fatalf("%s: [%d:%d] is %q, not %q", name, start, end, string(got), string(want))
			}
		}
	}
}
