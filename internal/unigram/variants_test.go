package unigram

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
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
