//go:build onnx && !notokenizers

package onnx

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"selfrag/internal/unigram"
)

// oddTexts are what tokenizers differ in, if they do.
var oddTexts = []string{
	"", " ", "\t\n", "a", "ab 가나", " ab  가나 ", "query: 강은 어디에서 시작합니까?", "passage: The river rises in the hills.",
	"ONNX Runtime은 CPU에서도 빠르고, 東京でも動く。", "2026. 3. 1. 부터 시행한다", "제3조(목적) ① 이 규정은 ② 같다.",
	"Ｆｕｌｌ－ｗｉｄｔｈ　１２３！～", "ｱｲｳ ﾊﾟ ﷺ ㎏ ㈜ ½ ﬁ ﬀ Ⅷ ℃ ™", "1～2 ~3", "\u1112\u1161\u11ab\u1100\u1173\u11af 한글", "e\u0301 E\u0301 a\u030a\u0301 \u0301",
	"\u1112\u1161 가\u11a8", "🙂🙃 👨\u200d👩\u200d👧 🇰🇷 👍🏽 ❤️", "zero\u200bwidth\u200d\ufeffjoined\u00ad", "a\r\nb\rc\vd\fe", "\x01\x02a\x7fb\u0085c\u008fd\u009f",
	"e\x01\u0301 \u1100\x01\u1161", "漢字かな交じり文と한국어와English", "▁ab ▁", "a▁b", "“quotes” ‘single’ — dash… «guillemets»", "नमस्ते दुनिया", "مرحبا بالعالم",
	"สวัสดีชาวโลก", "ไม้ ก\u0e49\u0e33", "ÅÅ Å ﹟ ﹏", "\u2028\u2029\u1680\u3000\u00a0\u2003x", "a\u034fb", "\U000e0001 \U0001f9ff \U0010ffff",
	strings.Repeat("가나다라마바사아자차카타파하", 30), strings.Repeat("x", 900), strings.Repeat("word 단어 ", 400), "<", "s>", "[CLS]", `"quoted\"`,
	"fi\u0301 \u1e9b\u0323 \u0344 \u0390", "ＡＢＣ①②③½e\u0301E\u0301ｱ！", "\ufffd \ufffd\ufffdx", "broken \xff\xfe\x80 bytes \xed\x95",
}

// sameIDs holds the ids of each text to those of Hugging Face's library, which
// reads the same file.
func sameIDs(t *testing.T, path string, texts []string) {
	t.Helper()
	own, err := openTokenizer(path, 4096)
	if err != nil {
		t.Fatal(err)
	}
	if own.unigram == nil {
		t.Fatalf("%s is left to the library", path)
	}
	library, err := openLibraryTokenizer(path, 4096)
	if err != nil {
		t.Fatal(err)
	}
	defer library.close()
	differ := 0
	for _, text := range texts {
		got, err := own.encode(text)
		if err != nil {
			t.Fatal(err)
		}
		want, err := library.encode(text)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got.ids, want.ids) || !reflect.DeepEqual(got.special, want.special) || !reflect.DeepEqual(got.types, want.types) {
			if differ++; differ <= 9 {
				t.Errorf("%.80q:\n%.300v, the library\n%.300v", text, fmt.Sprint(got.ids), fmt.Sprint(want.ids))
			}
			continue
		}
		if plain(text) && !reflect.DeepEqual(got.spans, want.spans) {
			t.Errorf("%.80q: places\n%.300v, the library's\n%.300v", text, fmt.Sprint(got.spans), fmt.Sprint(want.spans))
		}
	}
	t.Logf("%d texts, %d of them with other ids", len(texts), differ)
}

// plain reports whether a text is its own normal form, so that there is only
// one opinion of where its tokens stand.
func plain(text string) bool {
	return !strings.Contains(text, "  ") && strings.IndexFunc(text, func(r rune) bool {
		return r > unicode.MaxASCII && !unicode.Is(unicode.Hangul, r) || r < ' ' || r >= 0x1100 && r < 0x1200 || r >= 0x3000 && r < 0xac00 || r > 0xd7a3
	}) < 0
}

// Every kind of file that package unigram knows, with a small vocabulary.
func TestUnigramVariants(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "unigram", "testdata", "*.json"))
	if err != nil || len(files) < 4 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	texts := append([]string(nil), oddTexts...)
	letters := []string{"a", "b", "c", "é", "e\u0301", "E\u0301", "E", "e", "가", "나", "각", "\u1100", "\u1161", "\u1102\u1161", "\u11a8", " ", "  ", "\t", "\n", "\r\n", "▁", "ﬁ", "①", "½", "～", "ｱ", "Ａ", "！", "🙂", "\u200d", "\x01", "\u00ad", "\u0301", "漢", "1", "\u3000"}
	for _, one := range letters {
		for _, two := range letters {
			for _, three := range []string{"", "a", "\u0301", " "} {
				texts = append(texts, one+two+three)
			}
		}
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { sameIDs(t, file, texts) })
	}
}

// What looks like a special token in a document is text to us; the library
// would end the text there.
func TestSpecialTokensInText(t *testing.T) {
	path := filepath.Join("..", "unigram", "testdata", "nmt.json")
	own, err := openTokenizer(path, 64)
	if err != nil {
		t.Fatal(err)
	}
	got, err := own.encode("a</s>b<mask>")
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range got.ids {
		if end := i == 0 || i == len(got.ids)-1; (id == 0 || id == 2) != end || got.special[i] != end || fmt.Sprint(id) == fmt.Sprint(41) {
			t.Errorf("token %d of %v is %d", i, got.ids, id)
		}
	}
}

// A file that unigram does not know goes to the library.
func TestTokenizerFallsBack(t *testing.T) {
	for _, name := range []string{"xlm-roberta", "bert"} {
		path := filepath.Join("..", "..", "retrieval", "embed", "testdata", "tiny", name, "tokenizer.json")
		if _, err := unigram.Load(path); err == nil {
			t.Errorf("%s: it is known", path)
		}
		opened, err := openTokenizer(path, 64)
		if err != nil || opened.library == nil {
			t.Fatalf("%s: %v", path, err)
		}
		opened.close()
	}
	if _, err := openTokenizer(filepath.Join(t.TempDir(), "none.json"), 64); !os.IsNotExist(unwrapped(err)) {
		t.Errorf("got %v", err)
	}
}

func unwrapped(err error) error {
	for {
		inner, ok := err.(interface{ Unwrap() error })
		if !ok {
			return err
		}
		err = inner.Unwrap()
	}
}
