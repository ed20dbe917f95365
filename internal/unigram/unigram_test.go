package unigram

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// shown writes tokens as pieces with their places, without the two around.
func shown(t testing.TB, tokens []Token) string {
	t.Helper()
	last := len(tokens) - 1
	if last < 1 || tokens[0] != (Token{ID: 0}) || tokens[last] != (Token{ID: 2}) {
		t.Fatalf("got %v, not a text between <s> and </s>", tokens)
	}
	var out []string
	for _, token := range tokens[1:last] {
		out = append(out, fmt.Sprintf("%s@%d-%d", vocabulary[token.ID], token.Start, token.End))
	}
	return strings.Join(out, " ")
}

func TestEncode(t *testing.T) {
	const (
		every  = ""
		spaced = "those whose words hold the space before them"
	)
	for _, c := range []struct {
		name, only, text, want string
	}{
		{"nothing", every, "", ""},
		{"one word", every, "abc", "▁@0-1 abc@0-3"},
		{"the likeliest pieces", every, "ababc", "▁ab@0-2 abc@2-5"},
		{"words", spaced, "ab 1 가나", "▁ab@0-2 ▁1@2-4 ▁가나@4-11"},
		{"words", "charsmap-fields", "ab 1 가나", "▁ab@0-2 ▁1@3-4 ▁가나@5-11"},
		{"a space before", spaced, " ab", "▁ab@0-3"},
		{"a space before", "charsmap-fields", " ab", "▁ab@1-3"},
		{"a space behind", "nmt", "ab ", "▁ab@0-2 ▁@2-3"},
		{"a space behind", "charsmap", "ab ", "▁ab@0-2 ▁@2-3"},
		{"a space behind", "charsmap-fields", "ab ", "▁ab@0-2"},
		{"one space of many", "nmt", "ab \t\n 1  ", "▁ab@0-2 ▁1@2-7 ▁@7-9"},
		{"one space of many", "charsmap-joined", "ab \t\n 1  ", "▁ab@0-2 ▁1@2-7 ▁@7-9"},
		{"one space of many", "charsmap-fields", "ab \t\n 1  ", "▁ab@0-2 ▁1@6-7"},
		{"every space", "charsmap", "ab \t1", "▁ab@0-2 ▁@2-3 ▁1@3-5"},
		{"the space of CJK", spaced, "ab　1", "▁ab@0-2 ▁1@2-6"},
		{"a mark in the text is a space", spaced, "ab▁1", "▁ab@0-2 ▁1@2-6"},
		{"unknown ones are one", every, "가漢字나", "▁@0-3 가@0-3 <unk>@3-9 나@9-12"},
		{"unknown ones of two words are two", spaced, "漢 字", "▁@0-3 <unk>@0-3 ▁@3-4 <unk>@4-7"},
		{"full width", "nmt", "Ａｂ１！", "▁@0-3 <unk>@0-3 b@3-6 1@6-9 !@9-12"},
		{"full width", "charsmap", "ａ！", "▁@0-3 <unk>@0-3 !@3-6"},
		{"half width", every, "ｱ", "▁@0-3 ア@0-3"},
		{"the full-width tilde stays", every, "1～2~", "▁1@0-1 ～@1-4 2@4-5 ~@5-6"},
		{"a ligature", every, "ﬁ", "▁@0-3 fi@0-3"},
		{"a fraction", "charsmap", "½", "▁1@0-2 /@0-2 2@0-2"},
		{"marks", every, "e\u0301a", "▁é@0-3 a@3-4"},
		{"letters of Hangul", "nmt", "\u1100\u1161\u1102\u1161", "▁가나@0-12"},
		{"letters of Hangul with an end", "nmt", "\u1100\u1161\u11a8", "▁@0-9 각@0-9"},
		// A whole letter of nine bytes is looked up by parts, of which there are none.
		{"letters of Hangul", "charsmap", "\u1100\u1161", "▁@0-3 <unk>@0-6"},
		{"the shortest beginning decides for a letter", "charsmap", "E\u0301b", "▁@0-3 f@0-3 b@3-4"},
		{"a line's end is one letter", "charsmap", "ab\r\n1", "▁ab@0-2 ▁1@2-5"},
		{"control characters", "nmt", "a\x01b\u008f\x7fc", "▁@0-1 abc@0-7"},
		{"a control character before a mark", "nmt", "e\x01\u0301", "▁é@0-4"},
		{"a control character before a mark", "charsmap", "e\x01\u0301", "▁@0-1 <unk>@0-4"},
		{"emoji", every, "🙂!", "▁@0-4 🙂@0-4 !@4-5"},
		{"joined emoji", "nmt", "🙂\u200d🙂", "▁@0-4 🙂@0-4 ▁@4-7 🙂@7-11"},
		{"broken bytes are white space", "nmt", "ab\xff\xfe1", "▁ab@0-2 ▁1@2-5"},
		{"broken bytes are white space", "charsmap-joined", "ab\xff\xfe1", "▁ab@0-2 ▁1@2-5"},
		{"broken bytes are white space", "charsmap-fields", "ab\xff\xfe1", "▁ab@0-2 ▁1@4-5"},
		{"special tokens are text", every, "</s>", "▁<@0-1 /@1-2 s@2-3 >@3-4"},
		{"special tokens are text", every, "ab<s>", "▁ab@0-2 <@2-3 s@3-4 >@4-5"},
		{"NUL", every, "ab\x00", "▁ab@0-2 <unk>@2-3"},
		{"quotes", every, `"\`, `▁@0-1 "@0-1 \@1-2`},
	} {
		for variant := range variants() {
			if c.only != every && c.only != variant && (c.only != spaced || variant == "charsmap-fields") {
				continue
			}
			if got := shown(t, open(t, variant).Encode(c.text, 512)); got != c.want {
				t.Errorf("%s, %s: %q is\n%s\nwant\n%s", c.name, variant, c.text, got, c.want)
			}
		}
	}
}

func TestEncodeLimit(t *testing.T) {
	tokenizer := open(t, "nmt")
	for limit, want := range map[int]string{
		-1: "", 0: "", 1: "", 2: "", 3: "▁@0-1", 4: "▁@0-1 abc@0-3", 5: "▁@0-1 abc@0-3 ▁1@3-5", 6: "▁@0-1 abc@0-3 ▁1@3-5 2@5-6", 99: "▁@0-1 abc@0-3 ▁1@3-5 2@5-6",
	} {
		if got := shown(t, tokenizer.Encode("abc 12", limit)); got != want {
			t.Errorf("limit %d: got %q, want %q", limit, got, want)
		}
	}
	if n := tokenizer.Size(); n != len(vocabulary) {
		t.Errorf("%d pieces, want %d", n, len(vocabulary))
	}
}

// checkTokens holds what is true of the tokens of any text: they lie in it,
// one behind the other, and have ids of the model.
func checkTokens(t *testing.T, tokenizer *Tokenizer, text string, limit int, tokens []Token) {
	t.Helper()
	if n := len(tokens); n < 2 || n > max(limit, 2) {
		t.Fatalf("%q: %d tokens, limit %d", text, n, limit)
	}
	if last := tokens[len(tokens)-1]; tokens[0] != (Token{ID: tokenizer.begin}) || last != (Token{ID: tokenizer.end}) {
		t.Fatalf("%q: not between two special tokens: %v", text, tokens)
	}
	before := Token{}
	for _, token := range tokens[1 : len(tokens)-1] {
		if token.ID < 0 || int(token.ID) >= tokenizer.Size() {
			t.Fatalf("%q: token %v is none of %d", text, token, tokenizer.Size())
		}
		if token.Start < before.Start || token.End < before.End || token.Start > token.End || token.End > len(text) {
			t.Fatalf("%q: token %v behind %v", text, token, before)
		}
		for _, id := range []int{0, 1, 2, len(vocabulary) - 1} {
			if int(token.ID) == id {
				t.Fatalf("%q: the text made the special token %s", text, vocabulary[id])
			}
		}
		before = token
	}
}

func FuzzEncode(f *testing.F) {
	for _, text := range []string{"", " ", "ab 가나\u1100\u1161\u11a8 e\u0301 ～ｱ ½", "</s><mask>", "\x00\xff\r\n\u200d🙂", strings.Repeat("漢", 90) + " ab"} {
		f.Add(text, 512)
		f.Add(text, 3)
	}
	tokenizers := map[string]*Tokenizer{}
	for variant := range variants() {
		tokenizers[variant] = open(f, variant)
	}
	f.Fuzz(func(t *testing.T, text string, limit int) {
		for _, tokenizer := range tokenizers {
			tokens := tokenizer.Encode(text, limit)
			checkTokens(t, tokenizer, text, limit, tokens)
			// A smaller limit cuts, and changes nothing before the cut.
			whole := tokenizer.Encode(text, math.MaxInt)
			for i, token := range tokens[:len(tokens)-1] {
				if whole[i] != token {
					t.Fatalf("%q, limit %d: token %d is %v, without a limit %v", text, limit, i, token, whole[i])
				}
			}
		}
	})
}
