package unigram

import (
	"errors"
	"fmt"
	"testing"
)

// The vocabulary is read by hand, for speed: as JSON says.
func TestReadVocabulary(t *testing.T) {
	for name, c := range map[string]struct {
		raw    string
		pieces map[string]int32
		scores []float64
	}{
		"as Go writes it":   {`[["a",-1.5],["b",0]]`, map[string]int32{"a": 0, "b": 1}, []float64{-1.5, 0}},
		"with white space":  {" [ [ \"a\" ,\n\t-1e-3 ] , [\"b\",2.5E1] ] ", map[string]int32{"a": 0, "b": 1}, []float64{-0.001, 25}},
		"escapes":           {`[["\u2581\"\\",1],["\ud83d\ude42",2]]`, map[string]int32{"▁\"\\": 0, "🙂": 1}, []float64{1, 2}},
		"brackets in texts": {`[["[",1],["],",2]]`, map[string]int32{"[": 0, "],": 1}, []float64{1, 2}},
		// As Hugging Face's library does.
		"the last of two": {`[["a",1],["a",2]]`, map[string]int32{"a": 1}, []float64{1, 2}},
	} {
		var got Tokenizer
		if err := got.readVocabulary([]byte(c.raw)); err != nil || fmt.Sprint(got.ids) != fmt.Sprint(c.pieces) || fmt.Sprint(got.scores) != fmt.Sprint(c.scores) {
			t.Errorf("%s: got %v, %v, %v", name, got.ids, got.scores, err)
		}
	}
	for _, raw := range []string{``, `[`, `[["a",1]`, `[["a",1],`, `[["a"1]]`, `[["a",]]`, `[[1,1]]`, `[["a,1]]`, `[["a\`, `[["a",1-]]`} {
		var got Tokenizer
		if err := got.readVocabulary([]byte(raw)); !errors.Is(err, ErrUnsupported) {
			t.Errorf("%s: got %v, want ErrUnsupported", raw, err)
		}
	}
}
