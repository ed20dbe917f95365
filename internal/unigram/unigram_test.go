package unigram

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the files of testdata anew")

// vocabulary is small enough to tell by hand what text becomes: longer pieces
// are likelier than their parts.
var vocabulary = []string{
	"<s>", "<pad>", "</s>", "<unk>", "▁", "a", "b", "c", "ab", "abc", "▁a", "▁ab", "é", "▁é", "1", "2", "▁1", "ﬁ", "fi", "f", "i",
	"가", "나", "각", "가나", "▁가나", "～", "~", "!", "▁!", "🙂", "<", "/", "s", ">", "▁<", "다", "\"", "\\", "ｱ", "ア", "<mask>",
}

// score is the log probability of a piece.
func score(id int) float64 {
	switch piece := vocabulary[id]; {
	case id < 4 || piece == "<mask>":
		return 0
	case piece == "▁":
		return -4
	default:
		return -10 + 1.5*float64(len([]rune(piece)))
	}
}

type object = map[string]any

// variants are what tokenizer.json files known here say of normalisation and
// words.
func variants() map[string][2]any {
	var nmt, join any
	for text, into := range map[string]*any{nmtNFKC: &nmt, oneSpace: &join} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			panic(err)
		}
	}
	precompiled := object{"type": "Precompiled", "precompiled_charsmap": charsMapOf(replacements)}
	metaspace := object{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}
	return map[string][2]any{
		"nmt":             {nmt, metaspace},
		"charsmap":        {precompiled, object{"type": "Metaspace", "replacement": "▁", "add_prefix_space": true}},
		"charsmap-joined": {object{"type": "Sequence", "normalizers": []any{precompiled, join}}, object{"type": "Metaspace", "replacement": "▁", "add_prefix_space": true, "prepend_scheme": "always"}},
		"charsmap-fields": {object{"type": "Sequence", "normalizers": []any{precompiled}}, object{
			"type": "Sequence", "pretokenizers": []any{object{"type": "WhitespaceSplit"}, metaspace},
		}},
	}
}

// replacements are some of those in SentencePiece's table nmt_nfkc. That of "ab"
// is none of them: it is as long as two letters.
var replacements = map[string]string{
	"\t": " ", "\n": " ", "\r": " ", "\u3000": " ", "\u00a0": " ", "▁": " ", "\ufffd": " ", "\u200b": " ", "\u200d": " ", "\x01": "", "\u00ad": "",
	"e\u0301": "é", "ﬁ": "fi", "①": "1", "½": "1/2", "ｱ": "ア", "Ａ": "a", "가\u11a8": "각", "\u1100\u1161": "가", "\u1102\u1161": "나", "！": "!",
	"E\u0301": "é", "E": "f",
}

// tokenizerFileOf is the whole file.
func tokenizerFileOf(normaliser, splitter any, change func(file object)) []byte {
	pieces := make([][2]any, len(vocabulary))
	for id, piece := range vocabulary {
		pieces[id] = [2]any{piece, score(id)}
	}
	var added []object
	for _, id := range []int{0, 1, 2, 3, len(vocabulary) - 1} {
		added = append(added, object{
			"id": id, "content": vocabulary[id], "special": true, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
		})
	}
	special := func(token string, id int) object {
		return object{"id": token, "ids": []int{id}, "tokens": []string{token}}
	}
	around := func(token string) object { return object{"SpecialToken": object{"id": token, "type_id": 0}} }
	sequence := func(id string) object { return object{"Sequence": object{"id": id, "type_id": 0}} }
	file := object{
		"version": "1.0", "added_tokens": added, "normalizer": normaliser, "pre_tokenizer": splitter,
		"post_processor": object{
			"type": "TemplateProcessing", "single": []object{around("<s>"), sequence("A"), around("</s>")},
			"pair":           []object{around("<s>"), sequence("A"), around("</s>"), around("</s>"), sequence("B"), around("</s>")},
			"special_tokens": object{"<s>": special("<s>", 0), "</s>": special("</s>", 2)},
		},
		"model": object{"type": "Unigram", "unk_id": 3, "vocab": pieces, "byte_fallback": false},
	}
	if change != nil {
		change(file)
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(file); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// open is a variant as Load reads it. The files stay: tests of internal/onnx
// hold them to Hugging Face's library.
func open(t testing.TB, variant string) *Tokenizer {
	t.Helper()
	parts, ok := variants()[variant]
	if !ok {
		t.Fatalf("there is no variant %s", variant)
	}
	path, want := filepath.Join("testdata", variant+".json"), tokenizerFileOf(parts[0], parts[1], nil)
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
		t.Fatalf("%s is not what the test makes (%v): run it with -update", path, err)
	}
	tokenizer, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return tokenizer
}

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

// Files of other tokenizers are left to who knows them.
func TestUnsupported(t *testing.T) {
	nmt := variants()["nmt"]
	model := func(key string, value any) func(object) {
		return func(file object) { file["model"].(object)[key] = value }
	}
	post := func(key string, value any) func(object) {
		return func(file object) { file["post_processor"].(object)[key] = value }
	}
	set := func(key string, value any) func(object) { return func(file object) { file[key] = value } }
	precompiled := func(table any) func(object) {
		return set("normalizer", object{"type": "Precompiled", "precompiled_charsmap": table})
	}
	metaspace := func(change func(object)) func(object) {
		of := object{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"}
		change(of)
		return set("pre_tokenizer", of)
	}
	for name, change := range map[string]func(object){
		"WordPiece":                    model("type", "WordPiece"),
		"no unknown piece":             model("unk_id", nil),
		"an unknown piece beyond":      model("unk_id", len(vocabulary)),
		"an unknown piece below":       model("unk_id", -1),
		"bytes for unknown characters": model("byte_fallback", true),
		"no pieces":                    model("vocab", []any{}),
		"pieces without scores":        model("vocab", []any{"a", "b"}),
		"scores that are text":         model("vocab", []any{[]any{"a", "b"}}),
		"three in an entry":            model("vocab", []any{[]any{"a", 1, 2}}),
		"an object of pieces":          model("vocab", object{"a": 1}),
		"no normaliser":                set("normalizer", nil),
		"NFKC alone":                   set("normalizer", object{"type": "NFKC"}),
		"a table that is no base64":    precompiled("*"),
		"no table":                     precompiled(nil),
		"an empty table":               precompiled(""),
		"a table of four bytes":        precompiled("AAAAAA=="),
		"a table that is cut":          precompiled("ALQCAAAA"),
		"lower case behind the table": set("normalizer", object{"type": "Sequence", "normalizers": []any{
			object{"type": "Precompiled", "precompiled_charsmap": charsMapOf(replacements)}, object{"type": "Lowercase"},
		}}),
		"no splitter":              set("pre_tokenizer", nil),
		"another mark":             metaspace(func(of object) { of["replacement"] = "_" }),
		"no mark before the first": metaspace(func(of object) { of["prepend_scheme"] = "never" }),
		"no mark, as of old": metaspace(func(of object) {
			delete(of, "prepend_scheme")
			of["add_prefix_space"] = false
		}),
		"words that stay whole": metaspace(func(of object) { of["split"] = false }),
		"bytes":                 set("pre_tokenizer", object{"type": "ByteLevel"}),
		"nothing around":        set("post_processor", nil),
		"two behind": post("single", []object{
			{"SpecialToken": object{"id": "<s>"}}, {"Sequence": object{"id": "A"}}, {"SpecialToken": object{"id": "</s>"}}, {"SpecialToken": object{"id": "</s>"}},
		}),
		"unknown around":       post("single", []object{{"SpecialToken": object{"id": "<x>"}}, {"Sequence": object{"id": "A"}}, {"SpecialToken": object{"id": "</s>"}}}),
		"other ids around":     post("special_tokens", object{"<s>": object{"ids": []int{7}}, "</s>": object{"ids": []int{2}}}),
		"RoBERTa's own around": post("type", "RobertaProcessing"),
		"an added word":        set("added_tokens", []object{{"id": 5, "content": "a", "special": false}}),
	} {
		if got, err := parse(tokenizerFileOf(nmt[0], nmt[1], change)); got != nil || !errors.Is(err, ErrUnsupported) {
			t.Errorf("%s: got %v, want ErrUnsupported", name, err)
		}
	}
	for _, text := range []string{"", "[", "[1]", "null", "{}", `{"model": 1}`, "\xff"} {
		if _, err := parse([]byte(text)); !errors.Is(err, ErrUnsupported) {
			t.Errorf("%q: got %v, want ErrUnsupported", text, err)
		}
	}
}

func TestLoadErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokenizer.json")
	if _, err := Load(path); !errors.Is(err, os.ErrNotExist) || errors.Is(err, ErrUnsupported) {
		t.Errorf("no file: got %v", err)
	}
	if err := os.WriteFile(path, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); !errors.Is(err, ErrUnsupported) || !strings.Contains(err.Error(), path) {
		t.Errorf("another file: got %v, want ErrUnsupported and the path", err)
	}
}

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

func FuzzParse(f *testing.F) {
	for _, parts := range variants() {
		f.Add(tokenizerFileOf(parts[0], parts[1], nil))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		tokenizer, err := parse(data)
		if (tokenizer == nil) == (err == nil) {
			t.Fatalf("got %v, %v", tokenizer, err)
		}
		if err != nil {
			if !errors.Is(err, ErrUnsupported) {
				t.Fatalf("got %v, want ErrUnsupported", err)
			}
			return
		}
		tokenizer.Encode("ab 가나 e\u0301\x00\xff", 16)
	})
}

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
