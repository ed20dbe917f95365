package ingest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// koreanOf writes CP949.
func koreanOf(text string) (string, error) { return korean.EUCKR.NewEncoder().String(text) }

var littleEndian = binary.LittleEndian

func utf16Bytes(order binary.AppendByteOrder, text string) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, unit)
	}
	return string(b)
}

func encoded(t testing.TB, encode func(string) (string, error), text string) string {
	t.Helper()
	s, err := encode(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestDecode(t *testing.T) {
	const text = "등대지기는 조수를 읽는다.\nThe gate opens at high water 🌊.\n똠방각하 펲시콜라\n"
	const bmp = "등대지기는 조수를 읽는다.\n가 관 각 The gate.\n똠방각하\n"
	le, be := binary.LittleEndian, binary.BigEndian
	cp949 := encoded(t, korean.EUCKR.NewEncoder().String, bmp)
	tests := []struct{ name, raw, want string }{
		{"UTF-8", text, text},
		{"UTF-8 with a mark", "\ufeff" + text, text},
		{"UTF-16 LE with a mark", "\xff\xfe" + utf16Bytes(le, text), text},
		{"UTF-16 BE with a mark", "\xfe\xff" + utf16Bytes(be, text), text},
		{"UTF-16 LE", utf16Bytes(le, text), text},
		{"UTF-16 BE", utf16Bytes(be, text), text},
		{"UTF-16 LE, Korean", utf16Bytes(le, bmp), bmp},
		{"UTF-16 BE, Korean", utf16Bytes(be, bmp), bmp},
		{"UTF-16 LE, English", utf16Bytes(le, "plain words\n"), "plain words\n"},
		{"CP949 beyond EUC-KR", cp949, bmp},
		{"EUC-KR, mostly English", encoded(t, korean.EUCKR.NewEncoder().String, "mostly English 단어"), "mostly English 단어"},
		{"EUC-KR with some Han", encoded(t, korean.EUCKR.NewEncoder().String, "대한민국(大韓民國) 헌법 제1조"), "대한민국(大韓民國) 헌법 제1조"},
		{"Windows and old Mac line ends", "a\r\nb\rc\n", "a\nb\nc\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, _, err := decode([]byte(tt.raw)); got != tt.want || err != nil {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	random := make([]byte, 4096)
	for i := range random {
		random[i] = byte(i * i >> 3)
	}
	tests := []struct{ name, raw string }{
		{"PNG", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01"},
		{"ZIP", "PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00"},
		{"PDF", "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nstream\n\x78\x9c\x03\x00\x00"},
		{"bytes", string(random)},
		{"zeros", strings.Repeat("\x00", 64)},
		{"half a unit of UTF-16", "\xff\xfea\x00b"},
		{"half a surrogate pair", "\xff\xfea\x00\x3d\xd8"},
		{"Latin-1", encoded(t, charmap.ISO8859_1.NewEncoder().String, "un café très crème, señor")},
		{"GBK", encoded(t, simplifiedchinese.GBK.NewEncoder().String, "人工智能是计算机科学的一个分支，我们在这里有很多关于他的文章。")},
		{"Shift JIS", encoded(t, japanese.ShiftJIS.NewEncoder().String, "人工知能は計算機科学の一分野です。これはテストです。")},
		{"EUC-JP", encoded(t, japanese.EUCJP.NewEncoder().String, "人工知能は計算機科学の一分野です。これはテストです。")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, _, err := decode([]byte(tt.raw)); err != errNotText {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func FuzzLoadText(f *testing.F) {
	for _, s := range []string{"text", "\xff\xfea\x00", "\xfe\xff\x00a", "a\x00b\x00", "\xb0\xa1\xb0\xa2", "\xef\xbb\xbf", "\r\n\r", "\xff\xfe\x00\xd8"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		text, _, err := decode(raw)
		if err == nil && (!utf8.ValidString(text) || strings.ContainsAny(text, "\x00\r")) {
			t.Errorf("%q gives %q", raw, text)
		}
	})
}

func TestMarkdownTitle(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"heading", "# Travel *policy* #\n\ntext", "Travel *policy*"},
		{"heading below text", "text\n\n## 여비 규정\n", "여비 규정"},
		{"underlined", "Travel policy\n=============\n", "Travel policy"},
		{"underlined, second level", "\nTravel policy\n---\n", "Travel policy"},
		{"front matter", "---\nlayout: x\ntitle: \"On call: 2026\"\n---\n# Other\n", "On call: 2026"},
		{"front matter without title", "---\nlayout: x\n---\n# Heading\n", "Heading"},
		{"front matter that never ends", "---\ntitle: x\n# Heading\n", "Heading"},
		{"a comment in code", "```sh\n# not this\n```\n# This\n", "This"},
		{"no heading", "just text\n", ""},
		{"a hash tag", "#tag\n", ""},
		{"an empty heading", "#\n# Second\n", "Second"},
		{"a rule below a paragraph's second line", "one\ntwo\n---\n", ""},
		{"empty", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := markdown(t.Context(), []byte(tt.text), 0)
			if c.title != tt.want || c.text != tt.text || err != nil {
				t.Errorf("got %q, %q, %v", c.title, c.text, err)
			}
		})
	}
}

func TestHTML(t *testing.T) {
	const chrome = `<header>Menu top</header><nav>Home</nav><aside>Ads</aside><footer>Imprint</footer><script>var x = "code"</script><style>p{}</style><noscript>no</noscript><template>t</template>`
	tests := []struct{ name, page, title, text string }{
		{"paragraphs", "<title> On\n call </title><body><h1>Title</h1><p>One  two\n three.</p><p>Four<br>five.</p>", "On call", "Title\n\nOne two three.\n\nFour\nfive."},
		{"title of the heading", "<h1>The <em>only</em> one</h1>text", "The only one", "The only one\n\ntext"},
		{"no menus", chrome + "<div>Text <b>bo</b>ld.</div>" + chrome, "", "Text bold."},
		{"main part", "<p>outside</p><main><article><header><h1>H</h1></header><p>in</p><nav>not</nav></article></main>", "H", "H\n\nin"},
		{"main part by role", "<div>outside</div><div role=main>in</div>", "", "in"},
		{"articles", "<div>outside</div><article>one</article><article>two</article>", "", "one\n\ntwo"},
		{
			"table", "<table><caption>Rates</caption><thead><tr><th>City<th>Per day</thead><tr><td>Rotterdam <td><p>€ 95</p><p>net</p><tr><td>Bristol<td></table><p>after",
			"", "Rates\nCity | Per day\nRotterdam | € 95 net\nBristol |\n\nafter",
		},
		{"a table in a cell", "<table><tr><td>a<td><table><tr><td>b<td>c</table><td>d</table>", "", "a | b | c | d"},
		{"lists", "<p>See:</p><ul><li>one<li>two <ul><li>deep</ul></ul>", "", "See:\n\none\ntwo\n\ndeep"},
		{"preformatted", "<p>Run:</p><pre>\na  b\n\n  c\n</pre><p>end", "", "Run:\n\na  b\n\n  c\n\nend"},
		{"Korean without spaces added", "<p>등대<b>지기</b>는</p>", "", "등대지기는"},
		{"hidden text", "<p>seen</p><p hidden>unseen</p>", "", "seen"},
		{"entities", "<p>a&nbsp;&lt;b&gt; &amp; c</p>", "", "a <b> & c"},
		{"a title in a picture", "<svg><title>icon</title></svg><h1>H</h1>", "H", "H"},
		{"broken", "<p>a<div><b>b</p></i>c", "", "a\n\nb\n\nc"},
		{"declared encoding", "<meta charset=windows-1252><p>caf\xe9", "", "café"},
		{"CP949", "<meta charset=euc-kr><p>" + encoded(t, korean.EUCKR.NewEncoder().String, "등대지기"), "", "등대지기"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := html(t.Context(), []byte(tt.page), 1<<20)
			if c.title != tt.title || c.text != tt.text || err != nil {
				t.Errorf("got %q, %q, %v\nwant %q, %q", c.title, c.text, err, tt.title, tt.text)
			}
		})
	}
}

// loadAll loads a file of that name and content.
func loadAll(t testing.TB, name, content string, maxBytes int64) []loaded {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	var all []loaded
	err := loaderFor(name)(t.Context(), file{path: path, source: name, bytes: int64(len(content)), pdfs: pdfs()}, maxBytes, func(l loaded) error {
		all = append(all, l)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestJSONLinesInOtherEncodings(t *testing.T) {
	const content = `{"_id": "가", "text": "연차는 5일까지 이월됩니다."}` + "\n" + `{"_id": "b", "text": "plain"}` + "\n"
	for name, encoding := range map[string]encoding.Encoding{
		"CP949":                    korean.EUCKR,
		"UTF-16, little endian":    unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
		"UTF-16, big endian":       unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
		"UTF-8 with an order mark": unicode.UTF8BOM,
	} {
		encoded, err := encoding.NewEncoder().String(content)
		if err != nil {
			t.Fatal(err)
		}
		got := loadAll(t, "c.jsonl", encoded, 300)
		if len(got) != 2 || got[0].err != nil || got[1].err != nil {
			t.Fatalf("%s: got %+v", name, got)
		}
		if got[0].doc.Source != "c.jsonl#가" || got[0].doc.Text != "연차는 5일까지 이월됩니다." || got[1].doc.Text != "plain" {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

func TestJSONLinesOfFlashRAG(t *testing.T) {
	content := `{"id": "0", "contents": "\"Tamsin bridge\"\nIt has two lanes.\nIt is old."}` + "\n" +
		`{"id": 1, "contents": "한 줄뿐인 글입니다.", "page": 2}` + "\n" + `{"id": "0", "contents": "a\nb"}` + "\n" + `{"id": "x", "contents": 3}`
	got := loadAll(t, "c.jsonl", content, 300)
	if len(got) != 4 || got[2].err == nil || got[3].err == nil {
		t.Fatalf("got %+v", got)
	}
	first, second := got[0].doc, got[1].doc
	if first.Title != "Tamsin bridge" || first.Text != "It has two lanes.\nIt is old." || first.Source != "c.jsonl#0" || first.Metadata["_id"] != "0" {
		t.Errorf("got %+v", first)
	}
	if second.Title != "" || second.Text != "한 줄뿐인 글입니다." || second.Source != "c.jsonl#1" || second.Metadata["page"] != 2.0 || second.Metadata["contents"] != nil {
		t.Errorf("got %+v", second)
	}
}

func TestJSONLinesOfMuchMetadata(t *testing.T) {
	line := func(n int) string { return `{"_id": "a", "text": "x", "abstract": "` + strings.Repeat("y", n) + `"}` }
	most := maxMetadata - len("_id") - len("a") - len("abstract")
	if got := loadAll(t, "c.jsonl", line(most), 1<<20); len(got) != 1 || got[0].err != nil {
		t.Errorf("got %+v", got)
	}
	if got := loadAll(t, "c.jsonl", line(most+1), 1<<20); len(got) != 1 || got[0].err == nil || !strings.Contains(got[0].err.Error(), "32769 bytes") {
		t.Errorf("got %+v", got)
	}
}

func TestJSONLines(t *testing.T) {
	content := "\ufeff" + `{"_id": "a b", "title": " The \n title", "text": "First\r\nline.", "page": 3, "draft": true, "tags": ["x"], "none": null}` + "\r\n" +
		"\n" +
		`{"text": "no id"}` + "\n" +
		`{"_id": 7, "text": "number"}` + "\n" +
		`not JSON` + "\n" +
		`["a list"]` + "\n" +
		`{"_id": "e", "text": " "}` + "\n" +
		`{"_id": "a b", "text": "again"}` + "\n" +
		`{"_id": {}, "text": "object"}` + "\n" +
		"{\"text\": \"\xff\"}\n" +
		`{"text": "` + strings.Repeat("long ", 100) + `"}` + "\n" +
		`{"_id": "last", "text": "without a line end"}`
	got := loadAll(t, "c.jsonl", content, 300)
	type outcome struct{ source, text, err string }
	want := []outcome{
		{"c.jsonl#a b", "First\nline.", ""},
		{"c.jsonl#line 3", "no id", ""},
		{"c.jsonl#7", "number", ""},
		{"c.jsonl#line 5", "", "not a JSON object"},
		{"c.jsonl#line 6", "", "not a JSON object"},
		{"c.jsonl#line 7", "", `no "text"`},
		{"c.jsonl#line 8", "", `_id "a b" is that of line 1 already`},
		{"c.jsonl#line 9", "", "neither text nor a number"},
		{"c.jsonl#line 10", "", "encoding of the line is unknown"},
		{"c.jsonl#line 11", "", "too long"},
		{"c.jsonl#last", "without a line end", ""},
	}
	if len(got) != len(want) {
		t.Fatalf("%d lines, want %d: %+v", len(got), len(want), got)
	}
	var size int64
	for i, w := range want {
		l := got[i]
		size += l.bytes
		if l.doc.Source != w.source || l.doc.Text != w.text || (l.err == nil) != (w.err == "") || l.err != nil && !strings.Contains(l.err.Error(), w.err) {
			t.Errorf("got %q, %q, %v, want %+v", l.doc.Source, l.doc.Text, l.err, w)
		}
	}
	if size != int64(len(content))-1-3 { // but for the empty line and the byte order mark
		t.Errorf("%d bytes of %d are accounted for", size, len(content))
	}
	first := got[0].doc
	if first.Title != "The title" || !reflect.DeepEqual(first.Metadata, map[string]any{"_id": "a b", "page": 3.0, "draft": true}) {
		t.Errorf("got %+v", first)
	}
	if first.ID == got[1].doc.ID || len(first.ID) != 64 {
		t.Errorf("ids %q and %q", first.ID, got[1].doc.ID)
	}
	if empty := loadAll(t, "c.jsonl", "\n\n", 10); len(empty) != 1 || empty[0].err != errEmpty {
		t.Errorf("got %+v", empty)
	}
}

func FuzzLoadJSONL(f *testing.F) {
	for _, s := range []string{`{"_id":"a","text":"b"}`, "\n\n", `{"text":"a"}` + "\n" + `{"text":"b"}`, "{", "\ufeff{}", `{"_id":1e999,"text":"x"}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, content string) {
		sources := map[string]bool{}
		for _, l := range loadAll(t, "c.jsonl", content, 64) {
			if l.err != nil {
				continue
			}
			if !utf8.ValidString(l.doc.Text) || strings.TrimSpace(l.doc.Text) == "" || l.doc.ID == "" {
				t.Errorf("%q gives %+v", content, l.doc)
			}
			if sources[l.doc.Source] {
				t.Errorf("%q gives source %q twice", content, l.doc.Source)
			}
			sources[l.doc.Source] = true
		}
	})
}

// A line far longer than any buffer, below the limit.
func TestHugeLine(t *testing.T) {
	text := strings.Repeat("가나다 ", 1_000_000)
	got := loadAll(t, "c.jsonl", fmt.Sprintf(`{"text": %q}`, text), 64<<20)
	if len(got) != 1 || got[0].err != nil || got[0].doc.Text != text {
		t.Fatalf("%d documents", len(got))
	}
	runes := []rune(text)
	checkSplit(t, runes, split(runes, 500, 100), 500)
	unbroken := bytes.Runes([]byte(strings.Repeat("x", 10<<20)))
	checkSplit(t, unbroken, split(unbroken, 500, 100), 500)
}
