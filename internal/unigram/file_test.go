package unigram

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

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
