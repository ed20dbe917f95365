package charset

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"

	"selfrag/retrieval/ingest/filetest"
)

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
	korean949 := filetest.CP949(t, bmp)
	tests := []struct{ name, raw, want string }{
		{"UTF-8", text, text},
		{"UTF-8 with a mark", "\ufeff" + text, text},
		{"UTF-16 LE with a mark", "\xff\xfe" + filetest.UTF16(le, text), text},
		{"UTF-16 BE with a mark", "\xfe\xff" + filetest.UTF16(be, text), text},
		{"UTF-16 LE", filetest.UTF16(le, text), text},
		{"UTF-16 BE", filetest.UTF16(be, text), text},
		{"UTF-16 LE, Korean", filetest.UTF16(le, bmp), bmp},
		{"UTF-16 BE, Korean", filetest.UTF16(be, bmp), bmp},
		{"UTF-16 LE, English", filetest.UTF16(le, "plain words\n"), "plain words\n"},
		{"CP949 beyond EUC-KR", korean949, bmp},
		{"EUC-KR, mostly English", filetest.CP949(t, "mostly English 단어"), "mostly English 단어"},
		{"EUC-KR with some Han", filetest.CP949(t, "대한민국(大韓民國) 헌법 제1조"), "대한민국(大韓民國) 헌법 제1조"},
		{"Windows and old Mac line ends", "a\r\nb\rc\n", "a\nb\nc\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, _, err := Decode([]byte(tt.raw)); got != tt.want || err != nil {
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
			if got, _, err := Decode([]byte(tt.raw)); err != errNotText {
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
		text, _, err := Decode(raw)
		if err == nil && (!utf8.ValidString(text) || strings.ContainsAny(text, "\x00\r")) {
			t.Errorf("%q gives %q", raw, text)
		}
	})
}
